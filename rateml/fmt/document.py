"""From text to text: the canonical form of a file that is well-formed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from rateml.diagnostics import Diagnostic
from rateml.fmt.arrange import arrange, attribute_order, parameter_names
from rateml.fmt.pieces import Comments, Content, Remark, content
from rateml.syntax.tree import Comment, Document, Element, XmlAttribute
from rateml.syntax.xml import scan
from rateml.text import SourceFile

_INDENT = 4


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text in canonical form; with ``diagnostics`` it is not well-formed, and ``text`` is as it was."""

    text: str
    diagnostics: tuple[Diagnostic, ...] = ()


def format_text(text: str, file: str = "model.xml") -> Formatted:
    """The text in canonical order and layout.

    Comments, values, entities, the author's line breaks inside a tag, single blank lines, the XML
    declaration, a byte order mark and the kind of line ends stay.
    """
    document = scan(SourceFile(file, text))
    if document.diagnostics or document.root is None:
        return Formatted(text, document.diagnostics)
    return Formatted(_Writer(document, document.root).written())


class _Writer:
    """Writes one document, element by element."""

    def __init__(self, document: Document, root: Element) -> None:
        self.text = document.source.text
        self.root = root
        self.comments = Comments(document.comments)
        self.parameters = parameter_names(root)
        self.newline = "\r\n" if "\r\n" in self.text else "\n"

    def written(self) -> str:
        start = len(self.text) - len(self.text.removeprefix("\ufeff"))
        lines = []
        if self.text.startswith("<?", start):
            end = self.text.index("?>", start) + 2
            lines.append(self.text[start:end])
            inside = content(self.text, end, len(self.text), [self.root], self.comments)
            first = inside.items[0]
            inside = replace(inside, head=(), items=(replace(first, before=_own_lines(inside.head) + first.before),))
        else:
            inside = content(self.text, start, len(self.text), [self.root], self.comments)
            first = inside.items[0]
            before = _own_lines(inside.head) + first.before
            inside = replace(inside, head=(), items=(replace(first, before=before).opening(False),))
        lines += self.inside(inside, "", None)
        return self.text[:start] + self.newline.join(lines) + self.newline

    def inside(self, inside: Content, indent: str, parent: Element | None) -> Iterator[str]:
        items = arrange(parent.name.local, inside.items) if parent else inside.items
        for item in items:
            yield from self.remarks(item.before, indent)
            if item.blank:
                yield ""
            *lines, last = self.element(item.element, indent, parent)
            yield from lines
            yield last + self.behind(item.behind)
        yield from self.remarks(inside.foot, indent)

    def remarks(self, remarks: tuple[Remark, ...], indent: str) -> Iterator[str]:
        for remark in remarks:
            if remark.blank:
                yield ""
            yield indent + self.comment(remark.comment)

    def behind(self, comments: tuple[Comment, ...]) -> str:
        return "".join(f" {self.comment(comment)}" for comment in comments)

    def comment(self, comment: Comment) -> str:
        return self.text[comment.span.start : comment.span.end]

    def element(self, element: Element, indent: str, parent: Element | None) -> Iterator[str]:
        tag = self.tag(element, indent, parent)
        name = element.name.text
        if element.close_span is None:
            yield f"{tag}/>"
            return
        closing = self.text.rindex("</", 0, element.close_span.start)
        if element.text_spans:  # text is its author's, with every space in it
            yield f"{tag}>{self.text[element.tag_span.end : closing]}</{name}>"
            return
        inside = content(self.text, element.tag_span.end, closing, element.children, self.comments)
        if inside.empty:
            yield f"{tag}/>"
            return
        yield f"{tag}>{self.behind(inside.head)}"
        yield from self.inside(inside, indent + " " * _INDENT, element)
        yield f"{indent}</{name}>"

    def tag(self, element: Element, indent: str, parent: Element | None) -> str:
        """The opening tag without its end: as many attributes on each line as its author put there."""
        counts = [0]
        at = element.name_span.end
        for attribute in element.attributes:
            if "\n" in self.text[at : attribute.span.start]:
                counts.append(0)
            counts[-1] += 1
            at = attribute.span.end
        attributes = iter(attribute_order(element, self.parameters(element, parent)))
        opening = f"{indent}<{element.name.text}"
        align = " " * (len(opening) + 1 if counts[0] else len(indent) + _INDENT)
        lines = []
        for count in counts:
            lines.append(" ".join(f"{a.name.text}={self.value(a)}" for a in islice(attributes, count)))
        first = f"{opening} {lines[0]}" if counts[0] else opening
        return self.newline.join([first, *(align + line for line in lines[1:])])

    def value(self, attribute: XmlAttribute) -> str:
        """The value as spelt, in double quotes where they can be."""
        span = attribute.value_span
        raw = self.text[span.start : span.end]
        quote = self.text[span.start - 1] if '"' in raw else '"'
        return f"{quote}{raw}{quote}"


def _own_lines(comments: tuple[Comment, ...]) -> tuple[Remark, ...]:
    return tuple(Remark(comment, blank=False) for comment in comments)
