"""``Component`` elements: parameter values, couplings and sweeps."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from rateml.diagnostics import Code, did_you_mean, replace
from rateml.model.dimension import Quantity
from rateml.model.nodes import Attribute, ChildValues, Component, ComponentType, Ident, Reduce
from rateml.model.quantity import parse_quantity
from rateml.model.read import Reader, without
from rateml.model.sweep import read_bind, read_sweep
from rateml.syntax.tree import RML, Element

_OF_COUPLINGS = ("model", "input", "bind", "delayed", "speed", "weights", "reduce")


def read_component(reader: Reader, element: Element, type: ComponentType | None) -> Component:
    """One component; ``type`` is the component type it names, if there is one."""
    _foreign_parts(reader, element, type)
    bind = element.attribute("bind", RML)
    sweep = element.attribute("sweep", RML)
    reduce = reader.ident(element, "reduce", RML)
    summed = reduce is None or reduce.text not in ("self", "mean")
    if reduce and not summed:
        _delays_of_present(reader, element, reduce.text)
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
        values=_values(reader, element, _unprefixed(element, type)),
        model=reader.ident(element, "model", RML),
        input=reader.ident(element, "input", RML),
        bind=read_bind(reader, bind) if bind else (),
        delayed=summed and reader.flag(element, "delayed", True),
        speed=reader.quantity(element, "speed", RML),
        weights=weights,
        reduce=cast("Reduce", reduce.text) if reduce and not summed else "sum",
        sweep=read_sweep(reader, sweep) if sweep else (),
        children=_children(reader, element, type),
    )


def _delays_of_present(reader: Reader, element: Element, reduce: str) -> None:
    """What asks for a delay where ``rml:reduce`` takes present values; ``rml:delayed="false"`` only says so."""
    for local in ("speed", "delayed"):
        attribute = element.attribute(local, RML)
        if attribute and (local == "speed" or reader.flag(element, local, True)):
            reader.faults.append(
                Code.ATTRIBUTE_OF_OTHER_ROLE.at(
                    attribute.name_span,
                    name=attribute.name.text,
                    role=f'coupling with rml:reduce="{reduce}"',
                    help="it takes the present values of the nodes, without delay",
                    fixes=(without(element, attribute),),
                )
            )


def _children(reader: Reader, element: Element, type: ComponentType | None) -> tuple[ChildValues, ...]:
    """The elements that give values to the parameters of function calls."""
    calls = {c.name.text for c in type.children} if type else set()
    found = [c for c in element.children if c.name.local in calls]
    for child in found:
        for attribute in child.attributes:
            if attribute.name.prefix and attribute.name.prefix != "xmlns":
                fault, name = Code.ATTRIBUTE_OF_OTHER_ROLE, attribute.name.text
                at, fixes = attribute.name_span, (without(child, attribute),)
                reader.faults.append(fault.at(at, name=name, role="function call", fixes=fixes))
        for inner in child.children:
            fault = Code.UNKNOWN_ELEMENT
            reader.faults.append(fault.at(inner.name_span, name=inner.name.text, parent=child.name.text))
    return tuple(
        ChildValues(Ident(child.name.local, child.name_span), _values(reader, child), child.span) for child in found
    )


def _unprefixed(element: Element, type: ComponentType | None) -> Collection[str]:
    """RateML's own attributes that stand there without ``rml:``: no parameter of the type has their name."""
    if type is None or type.role == "function":
        return ()
    own = ("sweep",) if type.role == "model" else (*_OF_COUPLINGS, "sweep")
    parameters = {p.name.text for p in type.parameters}
    return [n for n in own if n not in parameters and element.attribute(n) and not element.attribute(n, RML)]


def _values(reader: Reader, element: Element, unprefixed: Collection[str] = ()) -> tuple[Attribute, ...]:
    found: list[Attribute] = []
    for a in element.attributes:
        if a.name.namespace or a.name.prefix or a.name.local in ("id", "type"):
            continue
        if a.name.local in unprefixed:
            meant, name = f"rml:{a.name.local}", a.name.local
            fault, fixes = Code.UNKNOWN_ATTRIBUTE, (replace(a.name_span, meant),)
            help = f"did you mean '{meant}'?"
            reader.faults.append(fault.at(a.name_span, element=element.name.text, name=name, help=help, fixes=fixes))
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
                fault, fixes = Code.ATTRIBUTE_OF_OTHER_ROLE, (without(element, attribute),)
                at, name = attribute.name_span, attribute.name.text
                reader.faults.append(fault.at(at, name=name, role="model component", help=help, fixes=fixes))
    children = {c.name.text for c in type.children} if type else set()
    for child in element.children:
        if child.name.local not in children:
            help = (
                did_you_mean(child.name.local, children) or "a Component holds only values for the Children of its type"
            )
            fault = Code.UNKNOWN_ELEMENT
            reader.faults.append(fault.at(child.name_span, name=child.name.text, parent=element.name.text, help=help))
