"""The comments of an old file, each going where the element goes that it stands before or behind."""

from __future__ import annotations

from rateml.legacy.writing import New
from rateml.syntax.tree import Comment, Document, Element
from rateml.text import Span


class Remarks:
    """Hands out comments by the element they belong to; ``finish`` finds a place for those of what was left out."""

    def __init__(self, document: Document, root: Element) -> None:
        self.root = root
        self.of: dict[Span, list[Comment]] = {}
        self.foot: dict[Span, list[Comment]] = {}
        self.after: list[Comment] = []
        self.made: dict[Span, New] = {}
        self.attach(document)

    def attach(self, document: Document) -> None:
        text = document.source.text
        stack: list[Element] = []
        last: dict[Span, Element] = {}
        comments = iter(document.comments)
        comment = next(comments, None)
        elements = [*self.root.walk(), None]
        for element in elements:
            start = element.span.start if element else len(text)
            while comment is not None and comment.span.start < start:
                while stack and stack[-1].span.end <= comment.span.start:
                    stack.pop()
                parent = stack[-1] if stack else None
                before = last.get(parent.span) if parent else None
                if before and "\n" not in text[before.span.end : comment.span.start]:
                    self.of.setdefault(before.span, []).append(comment)
                elif element and (parent is None or element.span.end <= parent.span.end):
                    self.of.setdefault(element.span, []).append(comment)
                elif parent:
                    self.foot.setdefault(parent.span, []).append(comment)
                else:
                    self.after.append(comment)
                comment = next(comments, None)
            if element:
                while stack and stack[-1].span.end <= element.span.start:
                    stack.pop()
                if stack:
                    last[stack[-1].span] = element
                stack.append(element)

    def goes_to(self, element: Element, new: New) -> New:
        """Say what became of an element: its comments go there."""
        new.before = (*new.before, *self.of.pop(element.span, ()))
        self.made.setdefault(element.span, new)
        return new

    def finish(self, root: New) -> None:
        """Put the comments that are left before the next element that was kept, or at the end of what is around."""
        self.made.setdefault(self.root.span, root)
        self.settle(self.root, root)

    def settle(self, parent: Element, inside: New) -> None:
        """Only two levels down is anything left out, so the depth of an old file does not matter here."""
        waiting: list[Comment] = []
        for child in parent.children:
            waiting += self.of.pop(child.span, ())
            made = self.made.get(child.span)
            if made is None:
                waiting += self.everything_in(child)
                continue
            made.before = (*waiting, *made.before)
            waiting = []
            self.settle(child, made)
        inside.foot += [*waiting, *self.foot.pop(parent.span, ())]

    def everything_in(self, element: Element) -> list[Comment]:
        """The comments inside an element that was left out."""
        found: list[Comment] = []
        for inner in element.walk():
            found += [*self.of.pop(inner.span, ()), *self.foot.pop(inner.span, ())]
        return sorted(found, key=lambda c: c.span.start)
