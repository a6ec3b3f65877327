"""``ComponentType`` elements: declarations and, through ``build_dynamics``, their mathematics."""

from __future__ import annotations

from typing import cast

from rateml.diagnostics import Code
from rateml.model.build_dynamics import read_dynamics
from rateml.model.dimension import Quantity
from rateml.model.nodes import (
    Child,
    ComponentType,
    Constant,
    DerivedParameter,
    Exposure,
    Ident,
    Parameter,
    ParameterKind,
    Requirement,
    Role,
    Scheme,
)
from rateml.model.read import Reader, without
from rateml.syntax.tree import RML, Element

_ROLES = ("model", "coupling", "function")
_ONLY_DERIVED = ("StateVariable", "TimeDerivative", "OnStart", "OnCondition")


def read_type(reader: Reader, element: Element) -> ComponentType:
    """One component type; a missing or misspelt role reads as a model."""
    role = reader.ident(element, "role", RML)
    kind: Role = cast("Role", role.text) if role and role.text in _ROLES else "model"
    scheme = reader.ident(element, "scheme", RML)
    _foreign_parts(reader, element, kind)
    constants = tuple(
        Constant(
            reader.name(e),
            reader.dimension(e),
            reader.quantity(e, "value") or Quantity(0.0, None, "0", e.name_span),
            e.span,
            reader.text(e, "description"),
        )
        for e in element.named("Constant")
    )
    name = reader.name(element)
    return ComponentType(
        name=name,
        role=kind,
        span=element.span,
        description=reader.text(element, "description"),
        scheme=cast("Scheme", scheme.text) if scheme and scheme.text in ("euler", "heun", "rk4") else None,
        dt=reader.quantity(element, "dt", RML),
        parameters=tuple(_parameter(reader, e) for e in element.named("Parameter")),
        derived_parameters=tuple(
            DerivedParameter(
                reader.name(e), reader.dimension(e), reader.needed(e), e.span, reader.text(e, "description")
            )
            for e in element.named("DerivedParameter")
        ),
        constants=constants,
        requirements=tuple(
            Requirement(
                reader.name(e),
                reader.dimension(e),
                e.span,
                reader.text(e, "description"),
                reader.flag(e, "optional", False),
            )
            for e in element.named("Requirement")
        ),
        exposures=tuple(
            Exposure(reader.name(e), reader.dimension(e), e.span, reader.text(e, "description"))
            for e in element.named("Exposure")
        ),
        children=tuple(_child(reader, e) for e in element.named("Child")),
        dynamics=read_dynamics(reader, element, constants, f"{kind} '{name.text}'"),
    )


def _parameter(reader: Reader, element: Element) -> Parameter:
    kind = reader.ident(element, "type", RML)
    return Parameter(
        reader.name(element),
        reader.dimension(element),
        element.span,
        reader.text(element, "description"),
        reader.quantity(element, "min", RML),
        reader.quantity(element, "max", RML),
        reader.quantity(element, "step", RML),
        reader.flag(element, "regional", False),
        cast("ParameterKind", kind.text) if kind and kind.text in ("integer", "boolean") else "real",
    )


def _child(reader: Reader, element: Element) -> Child:
    return Child(reader.name(element), reader.ident(element, "type") or Ident("", element.name_span), element.span)


def _foreign_parts(reader: Reader, element: Element, role: Role) -> None:
    """What only a model type may have: states and their equations, a scheme and a step."""
    if role == "model":
        return
    for local in ("scheme", "dt"):
        attribute = element.attribute(local, RML)
        if attribute:
            fault = Code.ATTRIBUTE_OF_OTHER_ROLE
            fixes = (without(element, attribute),)
            place = f"{role} type"
            reader.faults.append(fault.at(attribute.name_span, name=attribute.name.text, role=place, fixes=fixes))
    for child in element.named("Child"):
        help = 'only a type with rml:role="model" calls functions'
        fault = Code.ELEMENT_OF_OTHER_ROLE
        reader.faults.append(fault.at(child.name_span, name=child.name.local, role=f"{role} type", help=help))
    for child in (e for dynamics in element.named("Dynamics") for e in dynamics.children):
        if child.name.local in _ONLY_DERIVED:
            help = 'states and their equations belong to a type with rml:role="model"'
            fault = Code.ELEMENT_OF_OTHER_ROLE
            reader.faults.append(fault.at(child.name_span, name=child.name.local, role=f"{role} type", help=help))
