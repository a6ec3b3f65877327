"""Elements of the texts scanned last: at a keystroke nearly all of a file is what it was, if some further on.

Whatever is read without a fault, and to its own end, is read in the same way wherever it stands.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from rateml.syntax.moved import moved_comment, moved_element
from rateml.syntax.tree import Comment, Element
from rateml.text.kept import Kept

_LONGEST: Final = 50_000
"""Characters of an element that is kept."""


class Place(NamedTuple):
    """What reading an element depends on beside its text: the prefixes around it, and how deep it may still go.

    Directly inside the ``outermost`` element stand those with others in them; deeper ones are kept when empty.
    """

    file: str
    prefixes: tuple[tuple[str, str], ...]
    outermost: bool


class Piece(NamedTuple):
    """An element with the comments in it; ``elements`` counts it and all inside."""

    text: str
    element: Element
    comments: tuple[Comment, ...]
    elements: int

    def at(self, start: int) -> tuple[Element, tuple[Comment, ...]]:
        """The element and its comments where they start there."""
        by = start - self.element.span.start
        if by == 0:
            return self.element, self.comments
        return moved_element(self.element, by), tuple(moved_comment(c, by) for c in self.comments)


_kept: Final[Kept[tuple[str, Place], Piece]] = Kept()
"""By opening tag and place: what starts in the same way has mostly not changed at all."""


def known_piece(text: str, start: int, place: Place) -> Piece | None:
    """What was read of the same characters as stand here."""
    piece = _kept.get((_tag(text, start), place))
    return piece if piece is not None and text.startswith(piece.text, start) else None


def keep_piece(text: str, place: Place, element: Element, comments: tuple[Comment, ...], elements: int) -> None:
    """Keep an element that was read without a fault, unless it is very long."""
    start, end, _ = element.span
    if end - start <= _LONGEST:
        _kept.keep((_tag(text, start), place), Piece(text[start:end], element, comments, elements), end - start)


def _tag(text: str, start: int) -> str:
    return text[start : text.find(">", start) + 1]
