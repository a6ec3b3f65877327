"""Where in a file the cursor is: in a tag's name, an attribute, a value, or between elements, however broken the file.

The tolerant tree says what is around; what is not in it yet, such as a lone ``<``, is read from the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from rateml.ide.analysis import Analysis
from rateml.syntax.tree import Element, XmlAttribute

Kind: TypeAlias = Literal[
    "content", "element name", "closing name", "attribute name", "space in tag", "value", "comment", "nowhere"
]
_NAME_BEFORE: Final = re.compile(r"[\w.:\-]*\Z")
_NAME_AFTER: Final = re.compile(r"[\w.:\-]*")
_LONGEST: Final = 200
"""No name that anyone writes is longer."""


@dataclass(frozen=True, slots=True)
class Context:
    """``path`` are the elements around the tag or text that the cursor is in, outermost first.

    ``element`` is the one whose opening or closing tag it is in, None where the tree has none yet. ``start`` and
    ``end`` bound the word under the cursor, or the whole value.
    """

    kind: Kind
    offset: int
    path: tuple[Element, ...]
    start: int
    end: int
    element: Element | None = None
    attribute: XmlAttribute | None = None

    @property
    def parent(self) -> Element | None:
        """The innermost element around the tag or text."""
        return self.path[-1] if self.path else None


def path_at(analysis: Analysis, offset: int) -> tuple[Element, ...]:
    """The elements around an offset, outermost first."""
    found: list[Element] = []
    element = analysis.document.root
    text = analysis.text
    while element is not None and _holds(element, offset, text):
        found.append(element)
        children = element.children
        number = bisect_right(children, offset, key=lambda child: child.span.start) - 1
        if number >= 0 and children[number].span.start == offset:
            number -= 1
        element = children[number] if number >= 0 else None
    return tuple(found)


def _holds(element: Element, offset: int, text: str) -> bool:
    """Whether an offset is inside; right behind an element that is not closed is inside, and blanks after that too."""
    span = element.span
    if span.start < offset < span.end:
        return True
    if offset < span.end or offset <= span.start:
        return False
    if _unfinished(element, text):
        return not text[span.end : offset].strip()
    empty = element.tag_span.end == span.end and text.endswith("/>", 0, span.end)
    return offset == span.end and element.close_span is None and not empty


def _unfinished(element: Element, text: str) -> bool:
    """Whether the opening tag has no ``>``."""
    return not text.endswith(">", 0, element.tag_span.end)


def context_at(analysis: Analysis, offset: int) -> Context:
    """The context of an offset; an offset outside the text is brought into it."""
    text = analysis.text
    offset = max(0, min(offset, len(text)))
    path = path_at(analysis, offset)
    comments = analysis.document.comments
    comment = next((c for c in comments if c.span.start < offset < c.span.end), None)
    if comment is not None:
        return Context("comment", offset, path, comment.span.start, comment.span.end)
    element = path[-1] if path else None
    if element is not None and _in_tag(element, offset, text):
        return _tag_context(element, path[:-1], offset, text)
    opened = text.rfind("<!--", 0, offset)
    if opened >= 0 and opened > text.rfind("-->", 0, offset):
        return Context("comment", offset, path, opened, len(text))
    return _outside_tags(path, offset, text)


def _in_tag(element: Element, offset: int, text: str) -> bool:
    tag = element.tag_span
    if offset < tag.end:
        return True
    return _unfinished(element, text) and not text[tag.end : offset].strip()


def _tag_context(element: Element, path: tuple[Element, ...], offset: int, text: str) -> Context:
    name = element.name_span
    if offset <= name.end:
        return Context("element name", offset, path, name.start, name.end, element)
    for a in element.attributes:
        if a.value_start <= offset <= a.value_end:
            return Context("value", offset, path, a.value_start, a.value_end, element, a)
        if _still_open(a, offset, text):
            return Context("value", offset, path, a.value_start, offset, element, a)
        if a.start <= offset <= a.name_end:
            return Context("attribute name", offset, path, a.start, a.name_end, element, a)
    start, end = _word(text, offset)
    before = text[name.end : start]
    if before.rstrip().endswith("=") or before[-1:] in ("'", '"'):
        # A value that has no quotes yet, or the place right behind a closing quote.
        return Context("nowhere", offset, path, offset, offset, element)
    kind: Kind = "space in tag" if start == end else "attribute name"
    return Context(kind, offset, path, start, end, element)


def _still_open(a: XmlAttribute, offset: int, text: str) -> bool:
    """Whether an offset belongs to a value whose quote is not closed yet.

    The scanner cannot tell the blanks and the ``/`` there from the end of the tag; who is writing can.
    """
    return a.end == a.value_end < offset and not text[a.value_end : offset].strip(" \t/")


def _outside_tags(path: tuple[Element, ...], offset: int, text: str) -> Context:
    inner = path[-1] if path else None
    if inner is not None and inner.close_span is not None:
        close = inner.close_span
        if close.start <= offset <= close.end:
            return Context("closing name", offset, path[:-1], close.start, close.end, inner)
    start, end = _word(text, offset)
    if text[start - 1 : start] == "<" and start:
        return Context("element name", offset, path, start, end)
    if text[max(0, start - 2) : start] == "</":
        return Context("closing name", offset, path, start, end)
    return Context("content", offset, path, start, end)


def _word(text: str, offset: int) -> tuple[int, int]:
    """The name that the offset is in or touches."""
    low = max(0, offset - _LONGEST)
    before = _NAME_BEFORE.search(text[low:offset])
    after = _NAME_AFTER.match(text, offset, offset + _LONGEST)
    return (low + before.start() if before else offset), (after.end() if after else offset)
