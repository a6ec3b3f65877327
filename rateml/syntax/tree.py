"""The element tree that the XML scanner makes: names, attributes and values, each with its exact span."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rateml.diagnostics import Diagnostic
from rateml.text import Offsets, SourceFile, Span, Table

LEMS: str = "http://www.neuroml.org/lems/0.7.6"
RML: str = "urn:rateml:1"


class QName(NamedTuple):
    """A name as written (``text``) and as namespaces make it out; ``namespace`` is empty for none."""

    text: str
    prefix: str
    local: str
    namespace: str

    def __str__(self) -> str:
        return self.text


class XmlAttribute(NamedTuple):
    """``value_span`` lies inside the quotes; ``offsets`` leads from the decoded ``value`` to the source.

    Its places are numbers until someone asks for a span: of most attributes no one does.
    """

    name: QName
    value: str
    file: str
    start: int
    name_end: int
    value_start: int
    value_end: int
    end: int
    table: Table = None

    @property
    def span(self) -> Span:
        return Span(self.start, self.end, self.file)

    @property
    def name_span(self) -> Span:
        return Span(self.start, self.name_end, self.file)

    @property
    def value_span(self) -> Span:
        return Span(self.value_start, self.value_end, self.file)

    @property
    def offsets(self) -> Offsets:
        return Offsets(self.file, self.value_start, self.table)


@dataclass(frozen=True, slots=True)
class Element:
    """``tag_span`` covers the opening tag; ``close_span`` the name in the closing tag, None without one.

    ``text_spans`` are the pieces of text directly inside that are not blank.
    """

    name: QName
    span: Span
    tag_span: Span
    name_span: Span
    close_span: Span | None
    attributes: tuple[XmlAttribute, ...]
    children: tuple[Element, ...]
    text_spans: tuple[Span, ...] = ()

    def attribute(self, local: str, namespace: str = "") -> XmlAttribute | None:
        """The attribute of that name; of duplicates the first."""
        for attribute in self.attributes:
            name = attribute.name
            if name.local == local and name.namespace == namespace:
                return attribute
        return None

    def named(self, local: str) -> tuple[Element, ...]:
        """The direct children with that local name."""
        return tuple(child for child in self.children if child.name.local == local)

    def walk(self) -> Iterator[Element]:
        """This element and everything inside it, in document order."""
        pending = [self]
        while pending:
            element = pending.pop()
            yield element
            pending.extend(reversed(element.children))


@dataclass(frozen=True, slots=True)
class Comment:
    """``text`` is what stands between ``<!--`` and ``-->``; ``span`` covers those too."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds; ``diagnostics`` are its faults as XML, and empty when it is well-formed.

    ``comments`` are all of the file's, in document order: the elements do not hold them.
    """

    source: SourceFile
    root: Element | None
    diagnostics: tuple[Diagnostic, ...]
    comments: tuple[Comment, ...] = ()
