"""A source file and half-open spans of character offsets into it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple


class Span(NamedTuple):
    """Half-open range ``[start, end)`` of character offsets into the file named ``file``.

    A named tuple, because a check makes thousands of them at every keystroke.
    """

    start: int
    end: int
    file: str = ""

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of ``other``."""
        return Span(self.start, other.end, self.file)


@dataclass(frozen=True, slots=True)
class Position:
    """A place as people count: line and column start at 1, columns are characters."""

    line: int
    column: int


@dataclass(frozen=True)
class SourceFile:
    """The text of one file, with the only conversion from offsets to lines and columns."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        while (at := self.text.find("\n", starts[-1])) >= 0:
            starts.append(at + 1)
        return starts

    @property
    def line_count(self) -> int:
        return len(self._starts)

    def position(self, offset: int) -> Position:
        """Line and column of a character offset; an offset past the end is the end."""
        offset = max(0, min(offset, len(self.text)))
        row = bisect_right(self._starts, offset) - 1
        return Position(row + 1, offset - self._starts[row] + 1)

    def offset(self, position: Position) -> int:
        """Character offset of a line and column; a column past its line is the line's end."""
        row = max(0, min(position.line - 1, len(self._starts) - 1))
        return min(self._starts[row] + max(0, position.column - 1), self.line_end(row + 1))

    def line_start(self, line: int) -> int:
        """Offset of the first character of a line (from 1)."""
        return self._starts[line - 1]

    def line_end(self, line: int) -> int:
        """Offset of the line break that ends a line (from 1), or of the end of the text."""
        end = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
        return end - 1 if end > self._starts[line - 1] and self.text[end - 1] == "\r" else end

    def line(self, number: int) -> str:
        """The text of a line (from 1) without its line break."""
        return self.text[self.line_start(number) : self.line_end(number)]

    def slice(self, span: Span) -> str:
        return self.text[span.start : span.end]
