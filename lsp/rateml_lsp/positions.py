"""Positions of the protocol and offsets of a text: the only place that knows lines from 0 and code units."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from lsprotocol.types import Position, PositionEncodingKind, Range

from rateml.text import Span

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_WIDTHS: Final = {
    PositionEncodingKind.Utf8: "utf-8",
    PositionEncodingKind.Utf16: "utf-16-le",
}


class Lines:
    """The lines of one text, which end as the protocol says: with LF, CRLF or CR and nothing else."""

    def __init__(self, text: str, encoding: PositionEncodingKind | str) -> None:
        self.text = text
        self.codec = _WIDTHS.get(PositionEncodingKind(encoding), "")
        self.unit = 2 if self.codec == "utf-16-le" else 1
        self.ascii = text.isascii()
        self.starts = [0, *(m.end() for m in _LINE_END.finditer(text))]

    def offset(self, position: Position) -> int:
        """The offset of a position; what is past the end of its line or of the text is that end."""
        if position.line >= len(self.starts):
            return len(self.text)
        start = self.starts[position.line]
        line = self._line(position.line)
        if self.ascii or not self.codec or line.isascii():
            return start + min(position.character, len(line))
        data = line.encode(self.codec, "surrogatepass")[: position.character * self.unit]
        return start + len(data.decode(self.codec, "ignore"))

    def position(self, offset: int) -> Position:
        offset = max(0, min(offset, len(self.text)))
        row = bisect_right(self.starts, offset) - 1
        start = self.starts[row]
        if self.ascii or not self.codec:
            return Position(row, offset - start)
        before = self.text[start:offset]
        return Position(row, len(before.encode(self.codec, "surrogatepass")) // self.unit)

    def range(self, span: Span) -> Range:
        return Range(self.position(span.start), self.position(span.end))

    def span(self, range: Range, file: str) -> Span:
        start, end = self.offset(range.start), self.offset(range.end)
        return Span(min(start, end), max(start, end), file)

    def _line(self, row: int) -> str:
        end = self.starts[row + 1] if row + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[row] : end].rstrip("\r\n")
