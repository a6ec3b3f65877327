"""The dependency graph of variables, as a call hierarchy: who is computed from whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rateml.checks.cascade import innermost
from rateml.checks.declarations import by_name, sites
from rateml.ide.analysis import Analysis
from rateml.ide.names import Symbol, occurrence_at, owner_of
from rateml.model.nodes import ComponentType, Model
from rateml.text import Span


class Node(NamedTuple):
    """A variable: ``span`` is the element that declares it, ``name_span`` its name there."""

    symbol: Symbol
    span: Span
    name_span: Span


class Call(NamedTuple):
    """Another variable and the places where the one's equations name the other."""

    node: Node
    places: tuple[Span, ...]


def call_node(analysis: Analysis, offset: int) -> Node | None:
    """The variable at an offset."""
    found = occurrence_at(analysis, offset)
    model = analysis.model
    owner = owner_of(model, found.symbol) if model and found else None
    if found is None or model is None or owner is None:
        return None
    return node_of(model, owner, found.symbol.name)


def node_of(model: Model, type: ComponentType, name: str) -> Node | None:
    declared = by_name(type).get(name)
    if declared is None:
        return None
    span = innermost(model.roots, declared.name.span).span
    return Node(Symbol(declared.kind, name, type.name.text), span, declared.name.span)


def uses_of(analysis: Analysis, symbol: Symbol) -> tuple[Call, ...]:
    """The variables whose equations name this one: what it affects."""
    model = analysis.model
    type = owner_of(model, symbol) if model else None
    if model is None or type is None:
        return ()
    return tuple(_gathered(model, type, ((o, at) for o, n, at in _edges(type) if n == symbol.name)))


def used_by(analysis: Analysis, symbol: Symbol) -> tuple[Call, ...]:
    """The variables that the equations of this one name: what it is computed from."""
    model = analysis.model
    type = owner_of(model, symbol) if model else None
    if model is None or type is None:
        return ()
    return tuple(_gathered(model, type, ((n, at) for o, n, at in _edges(type) if o == symbol.name)))


def _edges(type: ComponentType) -> Iterator[tuple[str, str, Span]]:
    """Owner, the name it uses, and where."""
    own = {p.name.text for p in type.parameters}
    for site in sites(type):
        for name in site.names:
            id = name.id
            if type.role == "coupling" and id not in by_name(type) and id[-2:] in ("_i", "_j") and id[:-2] in own:
                id = id[:-2]
            yield site.owner.text, id, name.span


def _gathered(model: Model, type: ComponentType, edges: Iterator[tuple[str, Span]]) -> Iterator[Call]:
    places: dict[str, list[Span]] = {}
    for name, at in edges:
        places.setdefault(name, []).append(at)
    for name, spans in places.items():
        node = node_of(model, type, name)
        if node is not None:
            yield Call(node, tuple(spans))
