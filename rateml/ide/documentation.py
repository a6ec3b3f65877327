"""What there is to say, in Markdown: of elements, attributes, functions, units, and of each name of a model."""

from __future__ import annotations

from collections.abc import Iterator

from rateml_schema import Attribute, catalogue

from rateml.checks.declarations import by_name, dynamics_of, sites
from rateml.checks.dependencies import variable_graph
from rateml.ide.names import Symbol, of_symbol, owner_of
from rateml.model.dimension import UNKNOWN, Dimension, Quantity, base_unit
from rateml.model.nodes import (
    ComponentType,
    ConditionalDerivedVariable,
    Constant,
    DerivedParameter,
    Model,
    Requirement,
)
from rateml.syntax.functions import FUNCTIONS
from rateml.text import Span


def element_doc(name: str) -> str | None:
    """An element of the language."""
    element = catalogue().elements.get(name)
    if element is None:
        return None
    return f"**<{element.name}>** {element.documentation}" + _example(element.example)


def attribute_doc(element: str, name: str) -> str | None:
    """An attribute, ``name`` with its ``rml:``, of an element of the language."""
    attribute = attribute_of(element, name)
    if attribute is None:
        return None
    value = attribute.value
    meaning = value.value or (f"one of {', '.join(value.choices)}" if value.choices else "")
    needed = " *(required)*" if attribute.required else ""
    return (
        f"**{attribute.name}**{needed} {attribute.documentation}"
        + (f"\n\nA value is {meaning}." if meaning else "")
        + _example(attribute.example)
    )


def attribute_of(element: str, name: str) -> Attribute | None:
    known = catalogue().elements.get(element)
    return known.attributes.get(name) if known else None


def function_doc(name: str) -> str | None:
    """A function that expressions may call."""
    function = FUNCTIONS.get(name)
    if function is None:
        return None
    note = "" if function.core else "\n\nRateML's own: LEMS simulators do not know it."
    return f"```rateml\n{call_of(name)}\n```\n{function.summary}{note}"


def call_of(name: str) -> str:
    """``pow(x, y)``: a function with the names of its arguments."""
    return f"{name}({', '.join(argument_names(name))})"


def argument_names(name: str) -> tuple[str, ...]:
    function = FUNCTIONS[name]
    if name == "random":
        return ("a",)
    if name == "atan2":
        return ("y", "x")
    return ("x", "y")[: function.arity]


def dimension_doc(model: Model, name: str) -> str | None:
    dimension = model.dimensions.get(name)
    if dimension is None:
        return None
    units = [u.symbol for u in model.units.values() if u.dimension == dimension]
    return f"dimension **{name}**, in base units `{base_unit(dimension)}`" + (
        f"\n\nunits: {', '.join(units)}" if units else ""
    )


def unit_doc(model: Model, symbol: str) -> str | None:
    unit = model.units.get(symbol)
    if unit is None:
        return None
    if unit.dimension is UNKNOWN:
        return f"unit **{symbol}**"
    return f"unit **{symbol}** of {unit.dimension}: 1 {symbol} = {unit.to_base('1'):g} {base_unit(unit.dimension)}"


def symbol_doc(model: Model, symbol: Symbol) -> str | None:
    """What a name stands for: kind, dimension, unit, range, values, definition, and who uses it."""
    if symbol.kind == "dimension":
        return dimension_doc(model, symbol.name)
    if symbol.kind == "unit":
        return unit_doc(model, symbol.name)
    if symbol.kind == "component":
        component = model.component(symbol.name)
        return f"component **{symbol.name}** of type {component.type.text}" if component else None
    if symbol.kind == "type":
        type = model.type(symbol.name)
        return "\n\n".join(_type(model, type)) if type else None
    owner = owner_of(model, symbol)
    return "\n\n".join(_member(model, owner, symbol)) if owner else None


def _type(model: Model, type: ComponentType) -> Iterator[str]:
    yield f"{type.role} **{type.name.text}**"
    if type.description:
        yield type.description
    states = [s.name.text for s in dynamics_of(type).states]
    if states:
        yield f"states: {', '.join(states)}"
    if type.parameters:
        yield f"parameters: {', '.join(p.name.text for p in type.parameters)}"
    used = [c.id.text for c in model.components if c.type.text == type.name.text]
    if used:
        yield f"components: {', '.join(used)}"


def _member(model: Model, type: ComponentType, symbol: Symbol) -> Iterator[str]:
    name = symbol.name
    declared = by_name(type).get(name) if symbol.kind != "exposure" else None
    exposure = next((e for e in type.exposures if e.name.text == name), None)
    dimension = declared.dimension if declared else exposure.dimension if exposure else UNKNOWN
    head = f"{symbol.kind} **{name}** of {type.role} {type.name.text}"
    yield head if symbol.kind == "child" else f"{head}: {dimension_text(dimension)}"
    if symbol.kind != "exposure":
        equations = list(equations_of(model, type, name))
        if equations:
            yield "```rateml\n" + "\n".join(equations) + "\n```"
    description, low, high, period = _facts(type, name)
    description = description or (exposure.description if exposure else "")
    if description:
        yield description
    if low is not None or high is not None:
        yield f"range {low.text if low else '-∞'} … {high.text if high else '∞'}"
    if period is not None:
        yield f"an angle, of period {period:g}"
    values = [
        f"{c.id.text}: {v.value.text}"
        for c in model.components
        for v in c.values
        if _gives(model, type, c.type.text, v.name.text, symbol)
    ]
    if values:
        yield f"value {'; '.join(values)}"
    users = list(users_of(model, type, symbol))
    if users:
        yield f"used by {', '.join(users)}"


def _gives(model: Model, type: ComponentType, of: str, name: str, symbol: Symbol) -> bool:
    del model
    return symbol.kind == "parameter" and of == type.name.text and name == symbol.name


def dimension_text(dimension: Dimension) -> str:
    """``voltage [mV]``."""
    if dimension is UNKNOWN:
        return "of unknown dimension"
    return "dimensionless" if dimension.dimensionless else f"{dimension} [{base_unit(dimension)}]"


def equations_of(model: Model, type: ComponentType, name: str) -> Iterator[str]:
    """The lines that define a name, as the author spelled them."""
    for constant in type.constants:
        if constant.name.text == name:
            yield f"{name} = {constant.value.text}"
    for parameter in type.derived_parameters:
        if parameter.name.text == name:
            yield f"{name} = {_attribute(model, parameter.span, 'value')}"
    dynamics = dynamics_of(type)
    for variable in dynamics.derived:
        if variable.name.text != name:
            continue
        if isinstance(variable, ConditionalDerivedVariable):
            for case in variable.cases:
                condition = _attribute(model, case.span, "condition")
                yield f"{name} = {_attribute(model, case.span, 'value')}" + (
                    f"  if {condition}" if condition else "  otherwise"
                )
        else:
            yield f"{name} = {_attribute(model, variable.span, 'value') or _attribute(model, variable.span, 'select')}"
    for derivative in dynamics.derivatives:
        if derivative.variable.text == name:
            yield f"d{name}/dt = {_attribute(model, derivative.span, 'value')}"
            diffusion = _attribute(model, derivative.span, "diffusion")
            if diffusion:
                yield f"noise of intensity {diffusion}"


def _attribute(model: Model, span: Span, local: str) -> str:
    element = model.element(span)
    for attribute in element.attributes if element else ():
        if attribute.name.local == local:
            return " ".join(attribute.value.split())
    return ""


def _facts(type: ComponentType, name: str) -> tuple[str, Quantity | None, Quantity | None, float | None]:
    """Description, range and period of a name."""
    for p in type.parameters:
        if p.name.text == name:
            return p.description, p.low, p.high, None
    for s in dynamics_of(type).states:
        if s.name.text == name:
            return s.description, s.low, s.high, s.period
    others: tuple[DerivedParameter | Constant | Requirement, ...] = (
        *type.derived_parameters,
        *type.constants,
        *type.requirements,
    )
    for other in others:
        if other.name.text == name:
            return other.description, None, None, None
    for v in dynamics_of(type).derived:
        if v.name.text == name and not isinstance(v, ConditionalDerivedVariable):
            return v.description, None, None, None
    return "", None, None, None


def users_of(model: Model, type: ComponentType, symbol: Symbol) -> Iterator[str]:
    """The variables of the type in whose equations a name stands, each once; then how often others name it."""
    if symbol.kind == "exposure":
        return
    seen: dict[str, None] = {}
    for name, uses in variable_graph(type).items():
        if symbol.name in uses:
            seen[name] = None
    for site in sites(type):
        if site.place == "derived":
            continue
        if any(
            n.id == symbol.name or (type.role == "coupling" and n.id[:-2] == symbol.name and n.id[-2:] in ("_i", "_j"))
            for n in site.names
        ):
            label = {
                "derivative": f"d{site.owner.text}/dt",
                "diffusion": f"noise on {site.owner.text}",
                "start": "OnStart",
                "event": "OnCondition",
            }
            seen[label.get(site.place, site.owner.text)] = None
    yield from seen
    elsewhere = sum(
        not (type.span.file == o.span.file and type.span.start <= o.span.start < type.span.end)
        for o in of_symbol(model, symbol)
    )
    if elsewhere:
        yield f"{elsewhere} {'place' if elsewhere == 1 else 'places'} outside the type"


def _example(example: str) -> str:
    return f"\n\n```xml\n{example}\n```" if example else ""
