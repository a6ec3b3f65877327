"""RML405: a value has no unit where it needs one.

Only what is dimensionless is written as a bare number; 0 needs no unit, for it is the same in all.

Example::

    <Constant name="MSEC" dimension="time" value="1"/>

Fix: ``value="1 ms"``.

RML406: a value has a unit of another dimension.

The unit says what is measured; it must be that of the Parameter, Constant or attribute.

Example::

    <Constant name="tau" dimension="time" value="10 mV"/>

Fix: a unit of the right dimension: ``value="10 ms"``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.axes import own_parameters
from rateml.checks.each_type import each_type
from rateml.diagnostics import Code, Diagnostic, Edit, Fix, Related
from rateml.model.dimension import NONE, SPEED, TIME, UNKNOWN, Dimension, Quantity
from rateml.model.nodes import Component, ComponentType, Ident, Model


def quantity_dimension(model: Model) -> Iterator[Diagnostic]:
    """Every quantity against what it is a value of."""
    yield from _types(model)
    for component in model.components:
        component_type = model.type(component.type.text)
        if component_type is not None:
            for name, dimension, quantity in _of_component(model, component, component_type):
                yield from _fault(model, name, dimension, quantity)


@each_type
def _types(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    for name, dimension, quantity in _of_type(type):
        yield from _fault(model, name, dimension, quantity)


def _of_type(type: ComponentType) -> Iterator[tuple[Ident | str, Dimension, Quantity | None]]:
    yield "rml:dt", TIME, type.dt
    for p in type.parameters:
        for bound in (p.low, p.high, p.step):
            yield p.name, p.dimension, bound
    for c in type.constants:
        yield c.name, c.dimension, c.value
    for s in type.dynamics.states if type.dynamics else ():
        for bound in (s.low, s.high):
            yield s.name, s.dimension, bound


def _of_component(
    model: Model, component: Component, type: ComponentType
) -> Iterator[tuple[Ident | str, Dimension, Quantity | None]]:
    parameters = {p.name.text: p for p in type.parameters}
    for value in component.values:
        parameter = parameters.get(value.name.text)
        if parameter is not None:
            yield parameter.name, parameter.dimension, value.value
    functions = {c.name.text: model.type(c.type.text) for c in type.children}
    for call in component.children:
        function = functions.get(call.name.text)
        own = {p.name.text: p for p in function.parameters} if function else {}
        for value in call.values:
            if value.name.text in own:
                yield own[value.name.text].name, own[value.name.text].dimension, value.value
    yield "rml:speed", SPEED, component.speed
    swept = own_parameters(model, type)
    for axis in component.sweep:
        parameter = swept.get(axis.name.text)
        if parameter is None and axis.name.text != "speed":
            continue
        for written in axis.written:
            if parameter is not None:
                yield parameter.name, parameter.dimension, written
            else:
                yield "speed", SPEED, written


def _fault(model: Model, name: Ident | str, dimension: Dimension, quantity: Quantity | None) -> Iterator[Diagnostic]:
    if quantity is None or dimension is UNKNOWN or quantity.dimension is UNKNOWN:
        return
    related = (Related(name.span, "declared here"),) if isinstance(name, Ident) else ()
    if quantity.dimension is None:
        if quantity.value == 0 or dimension == NONE:
            return
        fitting = [u for u in model.units.values() if u.dimension == dimension]
        units = [u.symbol for u in sorted(fitting, key=lambda u: u.power != dimension.base_power)]
        help = "such as " + ", ".join(f"'{quantity.text} {u}'" for u in units[:3]) if units else "declare a <Unit>"
        written = [f"{quantity.text} {u}" for u in units[:3]]
        fixes = tuple(Fix(f"write '{w}'", (Edit(quantity.span, w),), guess=True) for w in written)
        yield Code.BARE_NUMBER.at(
            quantity.span, name=name, dimension=dimension, text=quantity.text, help=help, fixes=fixes, related=related
        )
    elif quantity.dimension != dimension:
        units = [u.symbol for u in model.units.values() if u.dimension == dimension]
        yield Code.QUANTITY_DIMENSION.at(
            quantity.span,
            help="its units are " + ", ".join(units) if units else "a plain number, without a unit",
            name=name,
            expected=dimension,
            text=quantity.text,
            found=quantity.dimension,
            related=related,
        )
