"""An element while the scanner is still inside it, and the resolution of its names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from rateml.syntax.tree import RML, Element, QName, XmlAttribute
from rateml.text import Span, Table

_XMLNS: Final = "http://www.w3.org/2000/xmlns/"


class OpenAttribute(NamedTuple):
    """An attribute as written, before its prefix is known; see ``XmlAttribute``."""

    text_name: str
    value: str
    start: int
    name_end: int
    value_start: int
    value_end: int
    end: int
    table: Table = None


class Scope:
    """The prefixes that are declared somewhere, and the names made out there so far: a file has few, many times."""

    __slots__ = ("attributes", "declared", "elements", "prefixes")

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes
        self.declared = tuple(prefixes.items())
        self.elements: dict[str, QName] = {}
        self.attributes: dict[str, QName] = {}

    def inside(self, attributes: list[OpenAttribute]) -> Scope:
        """The scope inside an element with these attributes."""
        declared = {
            a.text_name.partition(":")[2]: a.value
            for a in attributes
            if a.text_name == "xmlns" or a.text_name.startswith("xmlns:")
        }
        return Scope({**self.prefixes, **declared}) if declared else self


class Open:
    """Grows while the scanner reads; ``finish`` makes the frozen element. ``told``: its end is already missed."""

    __slots__ = (
        "attributes",
        "children",
        "comments_before",
        "elements_before",
        "faults_before",
        "name",
        "name_span",
        "resolved",
        "scope",
        "start",
        "tag_end",
        "text",
        "text_name",
        "told",
    )

    def __init__(self, text_name: str, start: int, name_span: Span) -> None:
        self.text_name = text_name
        self.start = start
        self.name_span = name_span
        self.tag_end = 0
        self.begins(0, 0, 0)
        self.told = False
        self.attributes: list[OpenAttribute] = []
        self.children: list[Element] = []
        self.text: list[Span] = []

    def begins(self, faults: int, comments: int, elements: int) -> None:
        """How many of each there are before it."""
        self.faults_before, self.comments_before, self.elements_before = faults, comments, elements

    def resolve(self, outer: Scope) -> Iterator[Span]:
        """Find the namespace of the element and of its attributes; yields where undeclared prefixes stand."""
        file = self.name_span.file
        self.scope = scope = outer.inside(self.attributes)
        name = scope.elements.get(self.text_name)
        if name is None:
            name = scope.elements[self.text_name] = _resolve(self.text_name, scope.prefixes, scope.prefixes.get("", ""))
        if _strange(name, scope.prefixes):
            yield Span(self.name_span.start, self.name_span.start + len(name.prefix), file)
        self.name = name
        resolved = []
        for a in self.attributes:
            name = scope.attributes.get(a.text_name)
            if name is None:
                name = scope.attributes[a.text_name] = _resolve_attribute(a.text_name, scope.prefixes)
            if name.prefix and name.namespace != _XMLNS and _strange(name, scope.prefixes):
                yield Span(a.start, a.start + len(name.prefix), file)
            resolved.append(XmlAttribute(name, a.value, file, *a[2:]))
        self.resolved = tuple(resolved)

    def finish(self, end: int, close_span: Span | None) -> Element:
        file = self.name_span.file
        return Element(
            self.name,
            Span(self.start, end, file),
            Span(self.start, self.tag_end, file),
            self.name_span,
            close_span,
            self.resolved,
            tuple(self.children),
            tuple(self.text),
        )


def _resolve_attribute(text: str, prefixes: Mapping[str, str]) -> QName:
    if text == "xmlns" or text.startswith("xmlns:"):
        return QName(text, "xmlns", text.removeprefix("xmlns:"), _XMLNS)
    return _resolve(text, prefixes, "")


def _resolve(text: str, prefixes: Mapping[str, str], default: str) -> QName:
    prefix, colon, local = text.partition(":")
    if not colon:
        return QName(text, "", text, default)
    return QName(text, prefix, local, prefixes.get(prefix, RML if prefix == "rml" else ""))


def _strange(name: QName, prefixes: Mapping[str, str]) -> bool:
    """Whether a name has a prefix that nothing declares."""
    return ":" in name.text and name.prefix not in prefixes
