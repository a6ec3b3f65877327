"""What stands inside an element: its children, each with the comments that go where it goes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rateml.syntax.tree import Comment, Element


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on a line of its own, and whether a blank line stands before it."""

    comment: Comment
    blank: bool


@dataclass(frozen=True, slots=True)
class Item:
    """An element, the comments on the lines before it, and those behind it on its last line."""

    element: Element
    before: tuple[Remark, ...]
    blank: bool
    behind: tuple[Comment, ...] = ()

    @property
    def opens_blank(self) -> bool:
        """Whether a blank line stands before the item with its comments."""
        return self.before[0].blank if self.before else self.blank

    def opening(self, blank: bool) -> Item:
        """The item with or without a blank line before it."""
        if self.before:
            return replace(self, before=(replace(self.before[0], blank=blank), *self.before[1:]))
        return replace(self, blank=blank)


@dataclass(frozen=True, slots=True)
class Content:
    """The inside of an element: comments behind its tag, items, and comments after the last of them."""

    head: tuple[Comment, ...]
    items: tuple[Item, ...]
    foot: tuple[Remark, ...]

    @property
    def empty(self) -> bool:
        return not (self.head or self.items or self.foot)


class Comments:
    """The comments of a file, to be found by place."""

    def __init__(self, comments: Sequence[Comment]) -> None:
        self.comments = comments
        self.starts = [c.span.start for c in comments]

    def between(self, start: int, end: int) -> Sequence[Comment]:
        return self.comments[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def beside(self, start: int, end: int, children: Sequence[Element]) -> Iterator[Comment]:
        """Those of ``[start, end)`` that are in none of the children."""
        for child in children:
            yield from self.between(start, child.span.start)
            start = child.span.end
        yield from self.between(start, end)


def content(text: str, start: int, end: int, children: Sequence[Element], comments: Comments) -> Content:
    """The pieces in ``text[start:end]``."""
    pieces: list[Element | Comment] = [*children, *comments.beside(start, end, children)]
    pieces.sort(key=lambda piece: piece.span.start)
    head: list[Comment] = []
    items: list[Item] = []
    waiting: list[Remark] = []
    behind: list[Comment] = []
    at = start

    def close() -> None:
        if behind:
            items[-1] = replace(items[-1], behind=tuple(behind))
            behind.clear()

    for piece in pieces:
        lines = text.count("\n", at, piece.span.start)
        at = piece.span.end
        if isinstance(piece, Element):
            close()
            items.append(Item(piece, tuple(waiting), lines > 1))
            waiting.clear()
        elif lines or waiting:
            waiting.append(Remark(piece, lines > 1))
        elif items:
            behind.append(piece)
        else:
            head.append(piece)
    close()
    return Content(tuple(head), tuple(items), tuple(waiting))
