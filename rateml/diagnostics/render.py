"""Diagnostics as people read them in a terminal: the source with its faults underlined, notes and help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rateml.diagnostics.diagnostic import Diagnostic, Related, Severity
from rateml.diagnostics.line import Mark, printable, show_line, underline
from rateml.text import SourceFile, Span

_COLORS: Final = {
    Severity.ERROR: "\x1b[1;31m",
    Severity.WARNING: "\x1b[1;33m",
    Severity.INFORMATION: "\x1b[1;36m",
    Severity.HINT: "\x1b[1;32m",
}
_BLUE: Final = "\x1b[1;34m"
_BOLD: Final = "\x1b[1m"
_RESET: Final = "\x1b[0m"


def render_text(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile], color: bool = False) -> str:
    """Every diagnostic with its source line underlined, and a line that counts them."""
    every = tuple(diagnostics)
    blocks = ["\n".join(_Block(d, sources, color).lines()) for d in every]
    return "\n\n".join([*blocks, summary(every)]) + "\n" if every else ""


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """``2 errors, 1 warning``; ``no errors`` for none."""
    counts = dict.fromkeys(Severity, 0)
    for d in diagnostics:
        counts[d.severity] += 1
    words = {s: "note" if s is Severity.INFORMATION else s.name.lower() for s in Severity}
    parts = [f"{n} {words[s]}{'' if n == 1 else 's'}" for s, n in counts.items() if n]
    return ", ".join(parts) or "no errors"


@dataclass(frozen=True)
class _Block:
    """One diagnostic on its way to the terminal."""

    diagnostic: Diagnostic
    sources: Mapping[str, SourceFile]
    color: bool

    def paint(self, text: str, tint: str) -> str:
        return f"{tint}{text}{_RESET}" if self.color and text else text

    def lines(self) -> Iterator[str]:
        d = self.diagnostic
        tint = _COLORS[d.severity]
        head = self.paint(f"{d.severity.name.lower()}[{d.code.id}]", tint)
        yield head + self.paint(f": {printable(d.message)}", _BOLD)
        beside = [r for r in d.related if self.same_line(r)]
        elsewhere = [r for r in d.related if r not in beside]
        width = max(len(str(self.last_line(span))) for span in (d.span, *(r.span for r in elsewhere)))
        yield from self.excerpt(d.span, beside, width, tint)
        for related in elsewhere:
            yield f"{' ' * width} {self.paint('=', _BLUE)} note: {printable(related.message)}"
            yield from self.excerpt(related.span, [], width, _BLUE)
        for line in d.help.splitlines():
            yield f"{' ' * width} {self.paint('=', _BLUE)} help: {printable(line)}"

    def same_line(self, related: Related) -> bool:
        """Whether a related place can be marked in the line of the fault."""
        span, own = related.span, self.diagnostic.span
        source = self.sources.get(own.file)
        if source is None or span.file != own.file or (span.start < own.end and own.start < span.end):
            return False
        line = source.position(own.start).line
        lines = {source.position(offset).line for offset in (own.end, span.start, span.end)}
        shown = show_line(source, own)
        return lines == {line} and shown.start <= span.start and span.end <= shown.end

    def last_line(self, span: Span) -> int:
        source = self.sources.get(span.file)
        return source.position(span.end).line if source else 1

    def excerpt(self, span: Span, beside: list[Related], width: int, tint: str) -> Iterator[str]:
        """The line of a span with what is marked in it; of several lines the first and the last."""
        arrow, bar = self.paint("-->", _BLUE), self.paint("|", _BLUE)
        source = self.sources.get(span.file)
        if source is None:
            yield f"{' ' * width}{arrow} {printable(span.file)}"
            return
        at, end = source.position(span.start), source.position(max(span.start, span.end - 1))
        yield f"{' ' * width}{arrow} {printable(span.file)}:{at.line}:{at.column}"
        yield f"{' ' * width} {bar}"
        marks = [Mark(span, "^", tint, "from here" if end.line > at.line else "")]
        marks += [Mark(r.span, "-", _BLUE, r.message) for r in beside]
        yield from self.marked(source, at.line, marks, width)
        if end.line > at.line:
            if end.line > at.line + 1:
                yield f"{' ' * (width - 1)}{self.paint('...', _BLUE)}"
            start = source.line_start(end.line)
            text = source.line(end.line)
            rest = Span(start + len(text) - len(text.lstrip()), span.end, span.file)
            yield from self.marked(source, end.line, [Mark(rest, "^", tint, "to here")], width)

    def marked(self, source: SourceFile, line: int, marks: list[Mark], width: int) -> Iterator[str]:
        bar = self.paint("|", _BLUE)
        shown = show_line(source, marks[0].span)
        yield f"{self.paint(f'{line:>{width}}', _BLUE)} {bar} {shown.text}".rstrip()
        for row in underline(shown, marks):
            painted = "".join(self.paint(text, tint) if tint else text for text, tint in row)
            yield f"{' ' * width} {bar} {painted}".rstrip()
