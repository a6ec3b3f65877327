"""Where each character of a decoded text stands in its source file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from rateml.text.source import Span

Table: TypeAlias = tuple[int, ...] | None
"""The source offset of every character and of the end; None where the text is the source itself."""


@dataclass(frozen=True, slots=True)
class Offsets:
    """Maps positions in a decoded text to source offsets.

    Without a ``table`` the text is the source itself from ``start`` on. With one, entry ``i`` is the source
    offset of character ``i`` and the last entry is where the text ends: one character may stand for an entity.
    """

    file: str = ""
    start: int = 0
    table: Table = None

    def at(self, index: int) -> int:
        """The source offset of position ``index`` of the decoded text."""
        if self.table is None:
            return self.start + index
        return self.table[min(index, len(self.table) - 1)]

    def span(self, start: int, end: int) -> Span:
        """The source span of characters ``[start, end)`` of the decoded text."""
        if self.table is None:
            return Span(self.start + start, self.start + end, self.file)
        return Span(self.at(start), self.at(end), self.file)

    def after(self, index: int) -> Offsets:
        """The offsets of the text that remains when the first ``index`` characters are cut off."""
        if self.table is None:
            return Offsets(self.file, self.start + index)
        return Offsets(self.file, self.at(index), self.table[index:])
