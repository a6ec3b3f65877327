"""``Component`` elements: parameter values, couplings and sweeps."""

from __future__ import annotations

from typing import cast

from rateml.diagnostics import Code
from rateml.model.dimension import Quantity
from rateml.model.nodes import Attribute, Component, ComponentType, Ident, Reduce
from rateml.model.quantity import parse_quantity
from rateml.model.read import Reader
from rateml.model.sweep import read_bind, read_sweep
from rateml.syntax.tree import RML, Element

_OF_COUPLINGS = ("model", "input", "bind", "delayed", "speed", "weights", "reduce")


def read_component(reader: Reader, element: Element, type: ComponentType | None) -> Component:
    """One component; ``type`` is the component type it names, if there is one."""
    _foreign_parts(reader, element, type)
    bind = element.attribute("bind", RML)
    sweep = element.attribute("sweep", RML)
    reduce = reader.ident(element, "reduce", RML)
    weights = reader.ident(element, "weights", RML)
    if weights and weights.text == "local":
        help = "leave it out for the structural connectome"
        reader.faults.append(
            Code.NOT_YET.at(weights.span, what="local connections on surfaces", done="available", help=help)
        )
    return Component(
        id=reader.name(element, "id"),
        type=reader.ident(element, "type") or Ident("", element.name_span),
        span=element.span,
        values=_values(reader, element),
        model=reader.ident(element, "model", RML),
        input=reader.ident(element, "input", RML),
        bind=read_bind(reader, bind) if bind else (),
        delayed=reader.flag(element, "delayed", True),
        speed=reader.quantity(element, "speed", RML),
        weights=weights,
        reduce=cast("Reduce", reduce.text) if reduce and reduce.text in ("self", "mean") else "sum",
        sweep=read_sweep(reader, sweep) if sweep else (),
    )


def _values(reader: Reader, element: Element) -> tuple[Attribute, ...]:
    found: list[Attribute] = []
    for a in element.attributes:
        if a.name.namespace or a.name.prefix or a.name.local in ("id", "type"):
            continue
        quantity = parse_quantity(a.value, a.value_span, reader.units, a.offsets)
        if not isinstance(quantity, Quantity):
            reader.faults.append(quantity)
            quantity = Quantity(0.0, None, a.value, a.value_span)
        found.append(Attribute(Ident(a.name.local, a.name_span), quantity))
    return tuple(found)


def _foreign_parts(reader: Reader, element: Element, type: ComponentType | None) -> None:
    """Attributes and children that mean nothing on this component."""
    if type and type.role == "model":
        for local in _OF_COUPLINGS:
            attribute = element.attribute(local, RML)
            if attribute:
                help = "it belongs on the Component of a coupling"
                reader.faults.append(
                    Code.ATTRIBUTE_OF_OTHER_ROLE.at(
                        attribute.name_span, name=attribute.name.text, role="model component", help=help
                    )
                )
    children = {c.name.text for c in type.children} if type else set()
    for child in element.children:
        if child.name.local not in children:
            reader.faults.append(
                Code.UNKNOWN_ELEMENT.at(child.name_span, name=child.name.text, parent=element.name.text)
            )
