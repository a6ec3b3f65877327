"""What a model means, item by item: what two models are compared by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from rateml.errors import InternalError
from rateml.ir.lower import DEFAULT_DT
from rateml.model.dimension import Quantity
from rateml.model.nodes import (
    ChildValues,
    Component,
    ComponentType,
    ConditionalDerivedVariable,
    DerivedVariable,
    Dynamics,
    Model,
    OnCondition,
)
from rateml.syntax.expr import Expr, Num
from rateml.syntax.spell import spell
from rateml.text import Span

Key: TypeAlias = tuple[str, str]
"""A kind and a name."""


@dataclass(frozen=True, slots=True)
class Value:
    """Equal meanings have no difference; ``text`` is for people, ``span`` where it is written, None for a default."""

    meaning: object
    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """``scope`` is the coupling or function that the item is part of, None for the model's own."""

    span: Span
    values: Mapping[str, Value]
    scope: Key | None = None


def inventory(model: Model) -> dict[Key, Item]:
    """Everything that says what a model without errors computes, in document order.

    Types and components that the model does not use, names of types of couplings, and descriptions are not in it.
    """
    component = model.of_role("model")[0]
    type_ = _type(model, component)
    settings = {
        "name": _words(type_.name.text, type_.name.span),
        "scheme": _words(type_.scheme or "heun", type_.span if type_.scheme else None),
        "time step": _quantity(type_.dt, DEFAULT_DT, "ms"),
    }
    found: dict[Key, Item] = {("model", ""): Item(type_.span, settings)}
    found |= _scope(type_, component, "", None)
    found |= _states(type_)
    for call in type_.children:
        function = model.type(call.type.text)
        if function is not None:
            scope = ("function", call.name.text)
            given = next((c for c in component.children if c.name.text == call.name.text), None)
            found[scope] = Item(call.span, {}, scope)
            found |= _scope(function, given, f"{call.name.text}.", scope)
    for coupling in model.of_role("coupling"):
        if coupling.model is None or coupling.model.text == component.id.text:
            scope = ("coupling", coupling.id.text)
            found[scope] = Item(coupling.span, dict(_wiring(coupling, _type(model, coupling))), scope)
            found |= _scope(_type(model, coupling), coupling, f"{coupling.id.text}.", scope)
    return found


def conditions(model: Model) -> dict[str, OnCondition]:
    """The OnConditions by name, in document order: the order in which they run."""
    dynamics = _type(model, model.of_role("model")[0]).dynamics
    return dict(_conditions(dynamics)) if dynamics else {}


def _conditions(dynamics: Dynamics) -> Iterator[tuple[str, OnCondition]]:
    seen: dict[str, int] = {}
    for condition in dynamics.on_conditions:
        test = spell(condition.test)
        seen[test] = seen.get(test, 0) + 1
        yield (test if seen[test] == 1 else f"{test} ({seen[test]})"), condition


def _scope(
    type_: ComponentType, given: Component | ChildValues | None, prefix: str, scope: Key | None
) -> Iterator[tuple[Key, Item]]:
    """What types of every role may have: parameters with their values, constants, derived values."""
    values = {a.name.text: a.value for a in given.values} if given else {}
    for p in type_.parameters:
        parts = {"value": _quantity(values.get(p.name.text)), "unit": _words(str(p.dimension), p.span)}
        parts |= {"range": _range(p.low, p.high, p.span), "step": _quantity(p.step)}
        parts |= {"regional": _words(str(p.regional).lower(), p.span), "type": _words(p.kind, p.span)}
        yield ("parameter", prefix + p.name.text), Item(p.span, parts, scope)
    for d in type_.derived_parameters:
        parts = {"value": _expr(d.value), "unit": _words(str(d.dimension), d.span)}
        yield ("derived parameter", prefix + d.name.text), Item(d.span, parts, scope)
    for c in type_.constants:
        parts = {"value": _quantity(c.value), "unit": _words(str(c.dimension), c.span)}
        yield ("constant", prefix + c.name.text), Item(c.span, parts, scope)
    for v in type_.dynamics.derived if type_.dynamics else ():
        parts = {"value": _derived(v), "unit": _words(str(v.dimension), v.span)}
        yield ("derived variable", prefix + v.name.text), Item(v.span, parts, scope)
    for axis in given.sweep if isinstance(given, Component) else ():
        values_text = ", ".join(f"{value:g}" for value in axis.values)
        parts = {"values": Value(axis.values, values_text, axis.span)}
        yield ("suggested sweep", prefix + axis.name.text), Item(axis.span, parts, scope)


def _states(type_: ComponentType) -> Iterator[tuple[Key, Item]]:
    """What only the type of the model has."""
    for r in type_.requirements:
        parts = {"unit": _words(str(r.dimension), r.span), "optional": _words(str(r.optional).lower(), r.span)}
        yield ("input", r.name.text), Item(r.span, parts)
    for e in type_.exposures:
        yield ("exposure", e.name.text), Item(e.span, {"unit": _words(str(e.dimension), e.span)})
    dynamics = type_.dynamics
    if dynamics is None:
        return
    rates = {d.variable.text: d for d in dynamics.derivatives}
    starts = {a.variable.text: a.value for a in dynamics.on_start}
    for s in dynamics.states:
        rate = rates[s.name.text]
        parts = {"derivative": _expr(rate.value)}
        parts["initial value"] = _expr(starts[s.name.text]) if s.name.text in starts else Value("0", "0")
        parts |= {"unit": _words(str(s.dimension), s.span), "range": _range(s.low, s.high, s.span)}
        parts["period"] = Value(s.period, f"{s.period:g}" if s.period else "none", s.span)
        yield ("state", s.name.text), Item(s.span, parts)
    for d in dynamics.derivatives:
        if d.diffusion is not None and d.diffusion != Num(0.0, d.span):
            yield ("noise", d.variable.text), Item(d.span, {"intensity": _expr(d.diffusion)})
    for name, condition in _conditions(dynamics):
        assigned = sorted(f"{a.variable.text} = {spell(a.value)}" for a in condition.assignments)
        yield ("condition", name), Item(condition.span, {"assignments": _words(", ".join(assigned), condition.span)})


def _wiring(c: Component, type_: ComponentType) -> Iterator[tuple[str, Value]]:
    """How a coupling is connected."""
    actual = {b.formal.text: b.actual.text for b in c.bind}
    formals = {f for f, _, end in (r.name.text.rpartition("_") for r in type_.requirements) if f and end in ("i", "j")}
    bound = sorted(f"{formal}={actual.get(formal, formal)}" for formal in formals | set(actual))
    speed = c.speed if c.delayed else None
    yield "input", _words(c.input.text if c.input else "", c.span)
    yield "variables", _words(", ".join(bound), c.span)
    yield "speed", _quantity(speed) if speed else Value(None, "undelayed", c.span)
    yield "weights", _words(c.weights.text if c.weights else "structural", c.span)
    yield "reduce", _words(c.reduce, c.span)


def _derived(v: DerivedVariable | ConditionalDerivedVariable) -> Value:
    """The last Case is the default, however it is written."""
    if isinstance(v, ConditionalDerivedVariable):
        *cases, last = v.cases
        parts = [f"{spell(c.value)} if {spell(c.condition) if c.condition else '?'}" for c in cases]
        return _words("; ".join([*parts, f"{spell(last.value)} otherwise"]), v.span)
    if v.value is not None:
        return _expr(v.value)
    return _words(v.select.text if v.select else "", v.span)


def _expr(expr: Expr) -> Value:
    return _words(spell(expr), expr.span)


def _words(text: str, span: Span | None) -> Value:
    return Value(text, text, span)


def _quantity(q: Quantity | None, default: float | None = None, unit: str = "") -> Value:
    """The author's spelling; equal when equal in base units."""
    if q is None:
        return Value(default, "none" if default is None else f"{default:g} {unit}")
    return Value(q.value, q.text.strip(), q.span)


def _range(low: Quantity | None, high: Quantity | None, span: Span) -> Value:
    ends = tuple(q.value if q else None for q in (low, high))
    return Value(ends, " to ".join(q.text.strip() if q else "any" for q in (low, high)), span)


def _type(model: Model, component: Component) -> ComponentType:
    found = model.type(component.type.text)
    if found is None:
        raise InternalError(f"component '{component.id}' has no type; a model with errors was compared")
    return found
