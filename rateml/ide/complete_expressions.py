"""Completion inside expressions: the names that are in scope at this place, functions, operators in dots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rateml.checks.declarations import Place, by_name
from rateml.checks.dependencies import dependents, parameter_graph, variable_graph
from rateml.checks.undefined_name import Halves, visible_names
from rateml.ide.analysis import Analysis
from rateml.ide.context import Context
from rateml.ide.documentation import argument_names, call_of
from rateml.ide.expressions import place_of_value
from rateml.ide.items import Item, ItemKind
from rateml.model.nodes import ComponentType
from rateml.syntax.functions import FUNCTIONS
from rateml.syntax.tree import Element
from rateml.text import Span

_WORD: Final = re.compile(r"[A-Za-z0-9_]*\Z")
_OPERATORS: Final = {
    "lt": "less than",
    "gt": "greater than",
    "leq": "at most",
    "geq": "at least",
    "eq": "equal",
    "neq": "not equal",
    "and": "both",
    "or": "either",
}
_RANKS: Final = {
    "state variable": 1,
    "derived variable": 1,
    "requirement": 2,
    "parameter": 3,
    "derived parameter": 3,
    "constant": 4,
}


def expression_names(analysis: Analysis, here: Context) -> Iterator[Item]:
    """What may stand at the cursor of an expression."""
    place = place_of_value(here)
    text = analysis.text
    match = _WORD.search(text[here.start : here.offset])
    start = here.start + match.start() if match else here.offset
    end = here.offset
    while end < here.end and (text[end].isalnum() or text[end] == "_"):
        end += 1
    if text[start : start + 1].isdigit() and start < here.offset:
        return  # inside a number
    if start > here.start and text[start - 1] == ".":
        yield from _operators(analysis, here, start, end)
        return
    span = Span(start, end, analysis.file)
    type = analysis.type_at(here.offset)
    if type is not None and place is not None:
        yield from _names(type, place, _owner(here), span)
    for function in FUNCTIONS.values():
        if function.name == "random" and place != "start":
            continue
        called = text.startswith("(", end)
        places = ", ".join(f"${{{n}:{a}}}" for n, a in enumerate(argument_names(function.name), 1))
        yield Item(
            function.name,
            "function",
            span,
            function.name if called else f"{function.name}({places})",
            f"{call_of(function.name)}: {function.summary}",
            not called,
            5 if function.core else 6,
            ("function", function.name),
        )


def _operators(analysis: Analysis, here: Context, start: int, end: int) -> Iterator[Item]:
    """Comparisons and logic after a dot; a dot behind a digit may be that of a number."""
    text = analysis.text
    if text.startswith(".", end):
        end += 1
    for word, meaning in _OPERATORS.items():
        yield Item(f".{word}.", "operator", Span(start - 1, end, analysis.file), f".{word}.", meaning)
    del here


def _owner(here: Context) -> str:
    """The variable that the expression defines or assigns."""
    element: Element | None = here.element
    if element is not None and element.name.local == "Case":
        element = here.parent
    for key in ("name", "variable"):
        attribute = element.attribute(key) if element else None
        if attribute is not None:
            return attribute.value
    return ""


def _names(type: ComponentType, place: Place, owner: str, span: Span) -> Iterator[Item]:
    """The visible names, without those that would make what the expression defines depend on itself."""
    known = by_name(type)
    visible = visible_names(type, known, place)
    if type.role == "coupling":
        visible -= Halves(type).barred(owner)
    if owner and place in ("derived", "derived parameter"):
        visible -= dependents(
            parameter_graph(type) if place == "derived parameter" else variable_graph(type), owner
        ) | {owner}
    for name in sorted(visible):
        declared = known.get(name)
        if declared is not None:
            kind: ItemKind = (
                "constant"
                if declared.kind == "constant"
                else "parameter"
                if "parameter" in declared.kind
                else "variable"
            )
            about = ("symbol", declared.kind, name, type.name.text)
            yield Item(
                name,
                kind,
                span,
                name,
                f"{declared.kind}, {declared.dimension}",
                rank=_RANKS.get(declared.kind, 3),
                about=about,
            )
        elif name == "t":
            yield Item("t", "variable", span, "t", "the time, in ms", rank=4)
        else:
            of = "the source" if name.endswith("_j") else "the target"
            about = ("symbol", "parameter", name[:-2], type.name.text)
            yield Item(name, "parameter", span, name, f"parameter of {of}", rank=4, about=about)
