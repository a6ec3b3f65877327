"""The expressions of a type together with the attributes they are written in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rateml.checks.declarations import dynamics_of, sites
from rateml.checks.edits import attribute_of
from rateml.checks.once import once
from rateml.model.nodes import ComponentType, ConditionalDerivedVariable, Model
from rateml.syntax.expr import Expr
from rateml.syntax.tree import XmlAttribute
from rateml.text import Span


class Written(NamedTuple):
    """An expression with its nodes, as in ``Site``, and the attribute whose value it is."""

    expr: Expr
    nodes: tuple[Expr, ...]
    attribute: XmlAttribute


def written(model: Model, type: ComponentType) -> tuple[Written, ...]:
    """Every expression that a LEMS simulator reads."""
    return _by_type(model)[type.span]


@once
def _by_type(model: Model) -> Mapping[Span, tuple[Written, ...]]:
    return {type.span: tuple(_written(model, type)) for type in model.types}


def _written(model: Model, type: ComponentType) -> Iterator[Written]:
    nodes = {id(site.expr): site.nodes for site in sites(type)}
    for expr, span, name in _places(type):
        attribute = attribute_of(model, span, name)
        if attribute is not None:
            yield Written(expr, nodes[id(expr)], attribute)


def _places(type: ComponentType) -> Iterator[tuple[Expr, Span, str]]:
    for p in type.derived_parameters:
        yield p.value, p.span, "value"
    dynamics = dynamics_of(type)
    for variable in dynamics.derived:
        if isinstance(variable, ConditionalDerivedVariable):
            for case in variable.cases:
                if case.condition is not None:
                    yield case.condition, case.span, "condition"
                yield case.value, case.span, "value"
        elif variable.value is not None:
            yield variable.value, variable.span, "value"
    for d in dynamics.derivatives:
        yield d.value, d.span, "value"
    for a in dynamics.on_start:
        yield a.value, a.span, "value"
    for event in dynamics.on_conditions:
        yield event.test, event.span, "test"
        for a in event.assignments:
            yield a.value, a.span, "value"
