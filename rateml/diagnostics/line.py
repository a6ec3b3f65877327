"""One line of a source file as a terminal shows it, and the marks under it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from rateml.text import SourceFile, Span

_TAB: Final = 4
_WIDEST: Final = 160
_BEFORE: Final = 60

Row: TypeAlias = list[tuple[str, str]]
"""Pieces of text with their colour, empty for none."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to underline with ``sign``, and what to say of it there."""

    span: Span
    sign: str
    tint: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """Characters ``[start, end)`` of a file as ``text``; long lines are cut, which ``…`` tells."""

    source: SourceFile
    start: int
    end: int
    text: str
    cut: bool

    def column(self, offset: int) -> int:
        """Where a character of the file stands in ``text``, in terminal columns."""
        lead = "…" if self.cut else ""
        return columns(lead + expand(self.source.text[self.start : min(offset, self.end)], columns(lead)))


def show_line(source: SourceFile, span: Span) -> Shown:
    """The line in which a span begins; of a long one the part around the span."""
    line = source.position(span.start).line
    start, end = source.line_start(line), source.line_end(line)
    first, last = start, end
    if end - start > _WIDEST:
        first = max(start, min(span.start, end) - _BEFORE)
        last = min(end, first + _WIDEST)
    lead = "…" if first > start else ""
    text = lead + expand(source.text[first:last], columns(lead)) + ("…" if last < end else "")
    return Shown(source, first, last, text, first > start)


def underline(shown: Shown, marks: list[Mark]) -> Iterator[Row]:
    """The rows under a line: the marks, and their labels, the last one beside its mark."""
    placed = []
    for mark in sorted(marks, key=lambda m: m.span.start):
        left = shown.column(mark.span.start)
        placed.append((left, max(1, shown.column(max(mark.span.start, mark.span.end)) - left), mark))
    row: Row = []
    at = 0
    for left, width, mark in placed:
        row += (" " * (left - at), ""), (mark.sign * width, mark.tint)
        at = left + width
    labelled = [(left, mark) for left, _, mark in placed if mark.label]
    if labelled and labelled[-1][1] is placed[-1][2]:
        _, mark = labelled.pop()
        row.append((f" {printable(mark.label)}", mark.tint))
    yield row
    while labelled:
        bars: Row = []
        at = 0
        for left, mark in labelled[:-1]:
            bars += (" " * (left - at), ""), ("|", mark.tint)
            at = left + 1
        left, mark = labelled.pop()
        gap = (" " * (left - at), "")
        yield [*bars, gap, ("|", mark.tint)]
        yield [*bars, gap, (printable(mark.label), mark.tint)]


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
