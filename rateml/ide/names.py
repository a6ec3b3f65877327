"""Every name of a model: where it is declared and where it is used, in expressions, attributes and Components.

A ``Symbol`` is what a name stands for; a variable and an exposure of the same name that it feeds are one symbol,
for people see one thing there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from rateml.checks.couplings import FIXED, couplings, formal_of
from rateml.checks.declarations import by_name, declarations, dynamics_of, sites
from rateml.checks.once import once
from rateml.ide.analysis import Analysis
from rateml.model.dimension import DIMENSIONS, UNITS
from rateml.model.nodes import (
    Component,
    ComponentType,
    DerivedVariable,
    Ident,
    Model,
    StateAssignment,
    TimeDerivative,
)
from rateml.syntax.tree import RML, Element
from rateml.text import Span

Kind: TypeAlias = Literal[
    "type",
    "component",
    "dimension",
    "unit",
    "parameter",
    "derived parameter",
    "constant",
    "requirement",
    "state variable",
    "derived variable",
    "child",
    "exposure",
]
ROLE_NAMES: Final = ("pre", "post", *FIXED)
"""Names that mean something to couplings: they cannot be others."""


class Symbol(NamedTuple):
    """What a name stands for; ``owner`` is the component type that declares it, empty for names of the whole file.

    For a requirement ``v_i`` or ``v_j`` of a coupling the name is ``v_i`` or ``v_j``.
    """

    kind: Kind
    name: str
    owner: str = ""


class Occurrence(NamedTuple):
    """A place where a symbol is written; ``suffix`` follows its name there: ``_i`` for the parameter ``p`` in ``p_i``.

    ``formal``: what is written is the name of a requirement without its ``_i`` or ``_j``.
    """

    symbol: Symbol
    span: Span
    declares: bool = False
    suffix: str = ""
    formal: bool = False


@once
def occurrences(model: Model) -> tuple[Occurrence, ...]:
    """All of a model's, in no particular order; a place may stand for two symbols."""
    return tuple(_occurrences(model))


@once
def _by_symbol(model: Model) -> Mapping[Symbol, tuple[Occurrence, ...]]:
    found: dict[Symbol, list[Occurrence]] = {}
    for o in occurrences(model):
        found.setdefault(o.symbol, []).append(o)
    return {s: tuple(sorted(os, key=lambda o: (o.span.file, o.span.start))) for s, os in found.items()}


def of_symbol(model: Model, symbol: Symbol) -> tuple[Occurrence, ...]:
    """Where a symbol is written, file by file and from top to bottom."""
    return _by_symbol(model).get(symbol, ())


def occurrence_at(analysis: Analysis, offset: int) -> Occurrence | None:
    """What is written at an offset of the file, or ends right before it; the shortest if there are several."""
    if analysis.model is None:
        return None
    file = analysis.file
    here = [o for o in occurrences(analysis.model) if o.span.start <= offset <= o.span.end and o.span.file == file]
    inside = [o for o in here if offset < o.span.end] or here
    return min(inside, key=lambda o: (o.span.end - o.span.start, not o.declares), default=None)


def declaration_of(model: Model, symbol: Symbol) -> Occurrence | None:
    """Where a symbol is declared first; None for what is built in or missing."""
    return next((o for o in of_symbol(model, symbol) if o.declares), None)


def owner_of(model: Model, symbol: Symbol) -> ComponentType | None:
    return model.type(symbol.owner) if symbol.owner else None


def _occurrences(model: Model) -> Iterator[Occurrence]:
    yield from _definitions(model)
    for type in model.types:
        if type.name.text:
            yield Occurrence(Symbol("type", type.name.text), type.name.span, True)
        yield from _members(model, type)
        yield from _expressions(type)
        yield from _attributes(model, type)
    for component in model.components:
        if component.id.text:
            yield Occurrence(Symbol("component", component.id.text), component.id.span, True)
        if component.type.text:
            yield Occurrence(Symbol("type", component.type.text), component.type.span)
        yield from _values(model, component)
    yield from _wiring(model)


def _definitions(model: Model) -> Iterator[Occurrence]:
    """Dimensions and units: declared in the file, used all over it."""
    for root in model.roots:
        for element in root.walk():
            local = element.name.local
            name = element.attribute("symbol" if local == "Unit" else "name")
            if local in ("Dimension", "Unit") and name is not None:
                yield Occurrence(
                    Symbol("dimension" if local == "Dimension" else "unit", name.value), name.value_span, True
                )
            dimension = element.attribute("dimension")
            if dimension is not None and dimension.value in model.dimensions:
                yield Occurrence(Symbol("dimension", dimension.value), dimension.value_span)
            yield from _units(model, element)


def _units(model: Model, element: Element) -> Iterator[Occurrence]:
    local = element.name.local
    for a in element.attributes:
        rml = a.name.namespace == RML
        quantity = (
            (rml and a.name.local in ("min", "max", "step", "dt", "speed", "periodic"))
            or (local == "Constant" and a.name.local == "value")
            or (local == "Component" and not a.name.prefix and a.name.local not in ("id", "type"))
        )
        if not quantity or a.table is not None:
            continue
        value = a.value.rstrip()
        at = len(value)
        while at and (value[at - 1].isalnum() or value[at - 1] == "_"):
            at -= 1
        symbol = value[at:].lstrip("0123456789")
        if symbol in model.units:
            end = a.value_start + len(value)
            yield Occurrence(Symbol("unit", symbol), Span(end - len(symbol), end, a.file))


def member(type: ComponentType, name: str) -> Symbol | None:
    """The symbol that a name is in the scope of a type."""
    declared = by_name(type).get(name)
    return Symbol(declared.kind, name, type.name.text) if declared else None


@once
def _fed(type: ComponentType) -> Mapping[str, Symbol]:
    """The exposures that variables of the same name feed: one symbol with those."""
    dynamics = dynamics_of(type)
    return {
        v.name.text: Symbol(
            "state variable" if v in dynamics.states else "derived variable", v.name.text, type.name.text
        )
        for v in (*dynamics.derived, *dynamics.states)
        if v.exposure is not None and v.exposure.text == v.name.text
    }


def exposure_symbol(type: ComponentType, name: str) -> Symbol:
    return _fed(type).get(name) or Symbol("exposure", name, type.name.text)


def _members(model: Model, type: ComponentType) -> Iterator[Occurrence]:
    del model
    for declared in declarations(type):
        name = declared.name
        known = by_name(type)[name.text]
        yield Occurrence(Symbol(known.kind, name.text, type.name.text), name.span, True)
    for exposure in type.exposures:
        if exposure.name.text:
            symbol = exposure_symbol(type, exposure.name.text)
            yield Occurrence(symbol, exposure.name.span, symbol.kind == "exposure")
    for child in type.children:
        if child.type.text:
            yield Occurrence(Symbol("type", child.type.text), child.type.span)


def _expressions(type: ComponentType) -> Iterator[Occurrence]:
    known = by_name(type)
    own = {p.name.text for p in type.parameters}
    for site in sites(type):
        for name in site.names:
            declared = known.get(name.id)
            if declared is not None:
                yield Occurrence(Symbol(declared.kind, name.id, type.name.text), name.span)
            elif type.role == "coupling" and name.id[-2:] in ("_i", "_j") and name.id[:-2] in own:
                yield Occurrence(Symbol("parameter", name.id[:-2], type.name.text), name.span, suffix=name.id[-2:])


def _attributes(model: Model, type: ComponentType) -> Iterator[Occurrence]:
    """``variable``, ``exposure``, ``select`` and ``rml:periodic``."""
    dynamics = dynamics_of(type)
    assigned: list[TimeDerivative | StateAssignment] = [
        *dynamics.derivatives,
        *dynamics.on_start,
        *(a for c in dynamics.on_conditions for a in c.assignments),
    ]
    for node in assigned:
        symbol = member(type, node.variable.text)
        if symbol is not None:
            yield Occurrence(symbol, node.variable.span)
    for variable in (*dynamics.states, *dynamics.derived):
        if variable.exposure is not None and variable.exposure.text:
            yield Occurrence(exposure_symbol(type, variable.exposure.text), variable.exposure.span)
        if isinstance(variable, DerivedVariable) and variable.select is not None:
            yield from _select(model, type, variable.select)
    for state in dynamics.states:
        element = model.element(state.span)
        period = element.attribute("periodic", RML) if element else None
        symbol = member(type, period.value) if period else None
        if period is not None and symbol is not None:
            yield Occurrence(symbol, period.value_span)


def _select(model: Model, type: ComponentType, select: Ident) -> Iterator[Occurrence]:
    child, slash, exposure = select.text.partition("/")
    symbol = member(type, child)
    if symbol is None or len(select.text) != select.span.end - select.span.start:
        return
    start = select.span.start
    yield Occurrence(symbol, Span(start, start + len(child), select.span.file))
    function = next((model.type(c.type.text) for c in type.children if c.name.text == child), None)
    if slash and function is not None and exposure:
        at = start + len(child) + 1
        yield Occurrence(exposure_symbol(function, exposure), Span(at, at + len(exposure), select.span.file))


def _values(model: Model, component: Component) -> Iterator[Occurrence]:
    """The attributes of a Component and of the calls inside it, and the axes of its sweep."""
    type = model.type(component.type.text)
    if type is None:
        return
    for value in component.values:
        if any(p.name.text == value.name.text for p in type.parameters):
            yield Occurrence(Symbol("parameter", value.name.text, type.name.text), value.name.span)
    functions = {c.name.text: model.type(c.type.text) for c in type.children}
    for call in component.children:
        yield Occurrence(Symbol("child", call.name.text, type.name.text), call.name.span)
        element = model.element(call.span)
        if element is not None and element.close_span is not None:
            yield Occurrence(Symbol("child", call.name.text, type.name.text), element.close_span)
        function = functions.get(call.name.text)
        for value in call.values if function else ():
            assert function is not None
            if any(p.name.text == value.name.text for p in function.parameters):
                yield Occurrence(Symbol("parameter", value.name.text, function.name.text), value.name.span)
    for axis in component.sweep:
        yield from _axis(type, functions, axis.name)


def _axis(type: ComponentType, functions: Mapping[str, ComponentType | None], name: Ident) -> Iterator[Occurrence]:
    first, dot, second = name.text.partition(".")
    start, file = name.span.start, name.span.file
    if not dot:
        if any(p.name.text == first for p in type.parameters):
            yield Occurrence(Symbol("parameter", first, type.name.text), name.span)
        return
    function = functions.get(first)
    if function is not None and name.span.end - start == len(name.text):
        yield Occurrence(Symbol("child", first, type.name.text), Span(start, start + len(first), file))
        if any(p.name.text == second for p in function.parameters):
            at = start + len(first) + 1
            yield Occurrence(Symbol("parameter", second, function.name.text), Span(at, at + len(second), file))


def _wiring(model: Model) -> Iterator[Occurrence]:
    """What couplings name: the model component, its input, and the variables that are bound."""
    for c in couplings(model):
        component = c.component
        if component.model is not None and component.model.text:
            yield Occurrence(Symbol("component", component.model.text), component.model.span)
        if component.input is not None and any(r.name.text == component.input.text for r in c.model.requirements):
            yield Occurrence(Symbol("requirement", component.input.text, c.model.name.text), component.input.span)
        for binding in component.bind:
            for requirement in c.type.requirements:
                if formal_of(requirement) == binding.formal.text:
                    symbol = Symbol("requirement", requirement.name.text, c.type.name.text)
                    yield Occurrence(symbol, binding.formal.span, formal=True)
            actual = member(c.model, binding.actual.text)
            if actual is not None:
                yield Occurrence(actual, binding.actual.span)


def built_in(symbol: Symbol) -> bool:
    """Whether a dimension or unit is the language's own."""
    return symbol.name in (DIMENSIONS if symbol.kind == "dimension" else UNITS if symbol.kind == "unit" else ())
