"""An element while the scanner is still inside it, and the resolution of its names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rateml.syntax.tree import RML, Element, QName, XmlAttribute
from rateml.text import Offsets, Span

_XMLNS = "http://www.w3.org/2000/xmlns/"


@dataclass(frozen=True, slots=True)
class OpenAttribute:
    """An attribute as written, before its prefix is known."""

    text_name: str
    value: str
    span: Span
    name_span: Span
    value_span: Span
    offsets: Offsets


@dataclass(slots=True)
class Open:
    """Grows while the scanner reads; ``finish`` makes the frozen element. ``told``: its end is already missed."""

    text_name: str
    start: int
    name_span: Span
    tag_end: int = 0
    told: bool = False
    attributes: list[OpenAttribute] = field(default_factory=list)
    children: list[Element] = field(default_factory=list)
    text: list[Span] = field(default_factory=list)
    scope: dict[str, str] = field(default_factory=dict)
    name: QName = field(default_factory=lambda: QName("", "", "", ""))
    resolved: tuple[XmlAttribute, ...] = ()

    def resolve(self, scope: Mapping[str, str]) -> Iterator[Span]:
        """Find the namespace of the element and of its attributes; yields where undeclared prefixes stand."""
        self.name, strange = _resolve(self.text_name, self.name_span, scope, scope.get("", ""))
        yield from strange
        resolved = []
        for a in self.attributes:
            if a.text_name == "xmlns" or a.text_name.startswith("xmlns:"):
                name = QName(a.text_name, "xmlns", a.text_name.removeprefix("xmlns:"), _XMLNS)
            else:
                name, strange = _resolve(a.text_name, a.name_span, scope, "")
                yield from strange
            resolved.append(XmlAttribute(name, a.value, a.span, a.name_span, a.value_span, a.offsets))
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


def _resolve(text: str, span: Span, scope: Mapping[str, str], default: str) -> tuple[QName, list[Span]]:
    """The name, and where a prefix stands that nothing declares."""
    prefix, colon, local = text.partition(":")
    if not colon:
        return QName(text, "", text, default), []
    if prefix in scope:
        return QName(text, prefix, local, scope[prefix]), []
    at = Span(span.start, span.start + len(prefix), span.file)
    known = RML if prefix == "rml" else ""
    return QName(text, prefix, local, known), [at]
