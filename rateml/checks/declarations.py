"""What a component type declares, and the expressions it holds: the two views most rules start from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from rateml.checks.once import once
from rateml.model.dimension import NONE, TIME, UNKNOWN, Dimension
from rateml.model.nodes import ComponentType, ConditionalDerivedVariable, DerivedVariable, Dynamics, Ident
from rateml.syntax.expr import Call, Expr, Name, walk
from rateml.text import Span

Kind: TypeAlias = Literal[
    "parameter", "derived parameter", "constant", "requirement", "state variable", "derived variable", "child"
]
Place: TypeAlias = Literal["derived parameter", "derived", "derivative", "diffusion", "start", "event"]
_NOWHERE = Dynamics((), (), (), (), (), Span(0, 0))


class Declared(NamedTuple):
    """A name of a component type."""

    name: Ident
    kind: Kind
    dimension: Dimension


class Site(NamedTuple):
    """An expression, where it stands and what it must yield.

    ``owner`` is the variable it defines or assigns; ``dimension`` is None for a condition. ``nodes`` are those of
    the expression, parents first, in the order they are written; ``names`` and ``calls`` those of them.
    """

    expr: Expr
    place: Place
    owner: Ident
    dimension: Dimension | None
    nodes: tuple[Expr, ...]
    names: tuple[Name, ...]
    calls: tuple[Call, ...]


def place_of(type: ComponentType) -> str:
    """How messages name a component type."""
    return f"{type.role} '{type.name.text}'"


def dynamics_of(type: ComponentType) -> Dynamics:
    """The dynamics of a type, or empty ones."""
    return type.dynamics or _NOWHERE


@once
def declarations(type: ComponentType) -> tuple[Declared, ...]:
    """Everything in the one scope of a type, kind by kind."""
    dynamics = dynamics_of(type)
    found = (
        *(Declared(p.name, "parameter", p.dimension) for p in type.parameters),
        *(Declared(p.name, "derived parameter", p.dimension) for p in type.derived_parameters),
        *(Declared(c.name, "constant", c.dimension) for c in type.constants),
        *(Declared(r.name, "requirement", r.dimension) for r in type.requirements),
        *(Declared(c.name, "child", UNKNOWN) for c in type.children),
        *(Declared(s.name, "state variable", s.dimension) for s in dynamics.states),
        *(Declared(d.name, "derived variable", d.dimension) for d in dynamics.derived),
    )
    return tuple(d for d in found if d.name.text)


@once
def by_name(type: ComponentType) -> Mapping[str, Declared]:
    """The declarations by name; of two with one name the first."""
    return {d.name.text: d for d in reversed(declarations(type))}


def derived_exprs(variable: DerivedVariable | ConditionalDerivedVariable) -> Iterator[tuple[Expr, bool]]:
    """The expressions of a derived variable; True marks conditions."""
    if isinstance(variable, DerivedVariable):
        if variable.value is not None:
            yield variable.value, False
        return
    for case in variable.cases:
        if case.condition is not None:
            yield case.condition, True
        yield case.value, False


@once
def sites(type: ComponentType) -> tuple[Site, ...]:
    """Every expression of a type."""
    return tuple(_sites(type))


def _sites(type: ComponentType) -> Iterator[Site]:
    for p in type.derived_parameters:
        yield _site(p.value, "derived parameter", p.name, p.dimension)
    dynamics = dynamics_of(type)
    dimension = {s.name.text: s.dimension for s in reversed(dynamics.states)}
    for variable in dynamics.derived:
        for expr, condition in derived_exprs(variable):
            yield _site(expr, "derived", variable.name, None if condition else variable.dimension)
    for d in dynamics.derivatives:
        own = dimension.get(d.variable.text, UNKNOWN)
        yield _site(d.value, "derivative", d.variable, own if own is UNKNOWN else own / TIME)
        if d.diffusion is not None:
            yield _site(d.diffusion, "diffusion", d.variable, own if own is UNKNOWN else own * own / TIME)
    for a in dynamics.on_start:
        yield _site(a.value, "start", a.variable, dimension.get(a.variable.text, UNKNOWN))
    for event in dynamics.on_conditions:
        yield _site(event.test, "event", Ident("test", event.span), None)
        for a in event.assignments:
            yield _site(a.value, "event", a.variable, dimension.get(a.variable.text, UNKNOWN))


def _site(expr: Expr, place: Place, owner: Ident, dimension: Dimension | None) -> Site:
    nodes = tuple(walk(expr))
    names = tuple(node for node in nodes if isinstance(node, Name))
    return Site(expr, place, owner, dimension, nodes, names, tuple(node for node in nodes if isinstance(node, Call)))


@once
def environment(type: ComponentType) -> Mapping[str, Dimension]:
    """The dimension of every name an expression of the type may use."""
    found = {"t": TIME}
    for d in declarations(type):
        found.setdefault(d.name.text, d.dimension)
    if type.role == "coupling":
        for p in type.parameters:
            found.setdefault(f"{p.name.text}_i", p.dimension)
            found.setdefault(f"{p.name.text}_j", p.dimension)
        if any(r.name.text == "n_node" for r in type.requirements):
            found["n_node"] = NONE
    return found
