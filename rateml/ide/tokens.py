"""Semantic tokens: what each name is, inside attribute values too, where a grammar sees only a string."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from rateml.checks.declarations import sites
from rateml.ide.analysis import Analysis
from rateml.ide.names import Kind, occurrences
from rateml.syntax.expr import Name, Num
from rateml.text import Span

TYPES: Final = (
    "type",
    "class",
    "parameter",
    "variable",
    "property",
    "enumMember",
    "function",
    "number",
    "interface",
    "namespace",
)
MODIFIERS: Final = ("declaration", "readonly")
_OF_KIND: Final[dict[Kind, tuple[str, bool]]] = {
    "type": ("class", False),
    "component": ("namespace", False),
    "dimension": ("type", False),
    "unit": ("enumMember", False),
    "parameter": ("parameter", False),
    "derived parameter": ("parameter", True),
    "constant": ("variable", True),
    "requirement": ("interface", False),
    "state variable": ("variable", False),
    "derived variable": ("property", False),
    "child": ("function", False),
    "exposure": ("interface", False),
}


class Token(NamedTuple):
    """``type`` is one of ``TYPES``; ``readonly`` what no simulation changes."""

    span: Span
    type: str
    declares: bool = False
    readonly: bool = False


def tokens(analysis: Analysis) -> tuple[Token, ...]:
    """The tokens of a file from top to bottom; no two overlap, and none goes over the end of a line."""
    found: list[Token] = []
    end = 0
    for token in sorted(_tokens(analysis), key=lambda t: (t.span.start, -t.span.end)):
        if token.span.start >= end and token.span.end > token.span.start and "\n" not in analysis.slice(token.span):
            found.append(token)
            end = token.span.end
    return tuple(found)


def _tokens(analysis: Analysis) -> Iterator[Token]:
    model, file = analysis.model, analysis.file
    if model is None:
        return
    for o in occurrences(model):
        if o.span.file == file:
            type, readonly = _OF_KIND[o.symbol.kind]
            yield Token(o.span, type, o.declares, readonly)
    for component_type in model.types:
        if component_type.span.file != file:
            continue
        for site in sites(component_type):
            for call in site.calls:
                yield Token(call.func_span, "function")
            for node in site.nodes:
                if isinstance(node, Num):
                    yield Token(node.span, "number")
                elif isinstance(node, Name) and node.id == "t":
                    yield Token(node.span, "variable", readonly=True)
