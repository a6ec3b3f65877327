"""Diagnostics as people read them in a terminal, and as programs read them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rateml.diagnostics.diagnostic import Diagnostic, Edit, Related, Severity
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
_TAB: Final = 4
_WIDEST: Final = 160
_BEFORE: Final = 60


def render_text(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile], color: bool = False) -> str:
    """Every diagnostic with its source line underlined, and a line that counts them."""
    every = tuple(diagnostics)
    blocks = ["\n".join(_block(d, sources, color)) for d in every]
    return "\n\n".join([*blocks, summary(every)]) + "\n" if every else ""


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """``2 errors, 1 warning``; ``no errors`` for none."""
    counts = dict.fromkeys(Severity, 0)
    for d in diagnostics:
        counts[d.severity] += 1
    words = {s: "note" if s is Severity.INFORMATION else s.name.lower() for s in Severity}
    parts = [f"{n} {words[s]}{'' if n == 1 else 's'}" for s, n in counts.items() if n]
    return ", ".join(parts) or "no errors"


def render_json(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile]) -> str:
    """A JSON list with one object for each diagnostic; lines and columns start at 1, offsets at 0."""
    return json.dumps([_object(d, sources) for d in diagnostics], indent=2, ensure_ascii=False)


def _block(d: Diagnostic, sources: Mapping[str, SourceFile], color: bool) -> Iterator[str]:
    tint = _COLORS[d.severity]
    head = _paint(f"{d.severity.name.lower()}[{d.code.id}]", tint, color)
    yield head + _paint(f": {printable(d.message)}", _BOLD, color)
    places = [Related(d.span, ""), *d.related]
    width = max((len(str(_line(place.span, sources))) for place in places), default=1)
    for index, place in enumerate(places):
        if index:
            yield f"{' ' * width} {_paint('=', _BLUE, color)} note: {printable(place.message)}"
        yield from _excerpt(place.span, sources, width, _BLUE if index else tint, color)
    for line in d.help.splitlines():
        yield f"{' ' * width} {_paint('=', _BLUE, color)} help: {printable(line)}"


def _line(span: Span, sources: Mapping[str, SourceFile]) -> int:
    source = sources.get(span.file)
    return source.position(span.start).line if source else 1


def _excerpt(span: Span, sources: Mapping[str, SourceFile], width: int, tint: str, color: bool) -> Iterator[str]:
    source = sources.get(span.file)
    arrow, bar = _paint("-->", _BLUE, color), _paint("|", _BLUE, color)
    if source is None:
        yield f"{' ' * width}{arrow} {span.file}"
        return
    at = source.position(span.start)
    yield f"{' ' * width}{arrow} {span.file}:{at.line}:{at.column}"
    shown, lead, carets = underlined(source, span)
    number = _paint(f"{at.line:>{width}}", _BLUE, color)
    yield f"{' ' * width} {bar}"
    yield f"{number} {bar} {shown}".rstrip()
    yield f"{' ' * width} {bar} {' ' * lead}{_paint('^' * carets, tint, color)}"


def underlined(source: SourceFile, span: Span) -> tuple[str, int, int]:
    """The first line of a span as a terminal shows it, with the columns before the span and under it.

    Of a long line only the part around the span is shown.
    """
    line = source.position(span.start).line
    start, end = source.line_start(line), source.line_end(line)
    text = source.text
    here = min(span.start, end)
    first, last = start, end
    if end - start > _WIDEST:
        first = max(start, here - _BEFORE)
        last = min(end, first + _WIDEST)
    left = ("…" if first > start else "") + expand(text[first:here])
    marked = expand(text[here : min(span.end, last)], columns(left))
    right = expand(text[max(here, min(span.end, last)) : last], columns(left + marked))
    return left + marked + right + ("…" if last < end else ""), columns(left), max(1, columns(marked))


def expand(text: str, column: int = 0) -> str:
    """Tabs as spaces, from the given column on, and characters that a terminal would obey made visible."""
    shown: list[str] = []
    for char in text:
        piece = " " * (_TAB - column % _TAB) if char == "\t" else printable(char)
        shown.append(piece)
        column += columns(piece)
    return "".join(shown)


def printable(text: str) -> str:
    """Control characters replaced, so that text from a file cannot steer the terminal."""
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs", "Cf") and c != "\u200d" else c for c in text)


def columns(text: str) -> int:
    """How many columns a terminal needs: two for wide characters, none for combining ones."""
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char) or char == "\u200d":
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _paint(text: str, tint: str, color: bool) -> str:
    return f"{tint}{text}{_RESET}" if color else text


def _object(d: Diagnostic, sources: Mapping[str, SourceFile]) -> dict[str, object]:
    return {
        "code": d.code.id,
        "severity": d.severity.name.lower(),
        "message": d.message,
        "file": d.span.file,
        "range": _range(d.span, sources),
        "help": d.help,
        "related": [{"file": r.span.file, "range": _range(r.span, sources), "message": r.message} for r in d.related],
        "fixes": [{"title": f.title, "edits": [_edit(e, sources) for e in f.edits]} for f in d.fixes],
    }


def _edit(edit: Edit, sources: Mapping[str, SourceFile]) -> dict[str, object]:
    return {"file": edit.span.file, "range": _range(edit.span, sources), "text": edit.text}


def _range(span: Span, sources: Mapping[str, SourceFile]) -> dict[str, object]:
    source = sources.get(span.file)

    def place(offset: int) -> dict[str, int]:
        if source is None:
            return {"offset": offset}
        at = source.position(offset)
        return {"line": at.line, "column": at.column, "offset": offset}

    return {"start": place(span.start), "end": place(span.end)}
