"""``Dynamics`` elements: state, derived variables, derivatives and events."""

from __future__ import annotations

from rateml.diagnostics import Code, Diagnostic, Related, did_you_mean, rename
from rateml.model.dimension import UNKNOWN
from rateml.model.nodes import (
    Case,
    ConditionalDerivedVariable,
    Constant,
    DerivedVariable,
    Dynamics,
    OnCondition,
    StateAssignment,
    StateVariable,
    TimeDerivative,
)
from rateml.model.quantity import parse_quantity
from rateml.model.read import NAME, Reader
from rateml.syntax.tree import RML, Element


def read_dynamics(reader: Reader, element: Element, constants: tuple[Constant, ...], place: str) -> Dynamics | None:
    """The dynamics of a component type; None when it has none."""
    every = element.named("Dynamics")
    for extra in every[1:]:
        related = (Related(every[0].name_span, "the first is here"),)
        reader.faults.append(Code.DYNAMICS_COUNT.at(extra.name_span, place=place, related=related))
    if not every:
        return None
    dynamics = every[0]
    starts = dynamics.named("OnStart")
    for extra in starts[1:]:
        related = (Related(starts[0].name_span, "the first is here"),)
        reader.faults.append(Code.SECOND_ON_START.at(extra.name_span, related=related))
    return Dynamics(
        states=tuple(_state(reader, e, constants) for e in dynamics.named("StateVariable")),
        derived=tuple(
            _derived(reader, e) if e.name.local == "DerivedVariable" else _conditional(reader, e)
            for e in dynamics.children
            if e.name.local in ("DerivedVariable", "ConditionalDerivedVariable")
        ),
        derivatives=tuple(
            TimeDerivative(reader.name(e, "variable"), reader.needed(e), reader.expr(e, "diffusion", RML), e.span)
            for e in dynamics.named("TimeDerivative")
        ),
        on_start=tuple(a for start in starts[:1] for a in _assignments(reader, start)),
        on_conditions=tuple(
            OnCondition(reader.needed(e, "test"), _assignments(reader, e), e.span)
            for e in dynamics.named("OnCondition")
        ),
        span=dynamics.span,
    )


def _state(reader: Reader, element: Element, constants: tuple[Constant, ...]) -> StateVariable:
    return StateVariable(
        reader.name(element),
        reader.dimension(element),
        element.span,
        reader.ident(element, "exposure"),
        reader.quantity(element, "min", RML),
        reader.quantity(element, "max", RML),
        _period(reader, element, constants),
        reader.text(element, "description"),
    )


def _period(reader: Reader, element: Element, constants: tuple[Constant, ...]) -> float | None:
    """The period of an angle: a number in base units, or a Constant of the type."""
    attribute = element.attribute("periodic", RML)
    if attribute is None:
        return None
    if not NAME.fullmatch(attribute.value):
        found = parse_quantity(attribute.value, attribute.value_span, reader.units, attribute.offsets)
        if isinstance(found, Diagnostic):
            reader.faults.append(found)
            return None
        value = found.value
    else:
        constant = next((c for c in constants if c.name.text == attribute.value), None)
        known = [c.name.text for c in constants]
        if constant is None:
            at = attribute.value_span
            help = did_you_mean(attribute.value, known) or "a period is a Constant of this type, or a number"
            fixes = rename(at, attribute.value, known)
            place = "the Constants of this type"
            reader.faults.append(Code.UNDEFINED_NAME.at(at, name=attribute.value, place=place, help=help, fixes=fixes))
            return None
        state = element.attribute("dimension")
        expected = reader.dimensions.get(state.value, UNKNOWN) if state else UNKNOWN
        if UNKNOWN not in (expected, constant.dimension) and expected != constant.dimension:
            reader.faults.append(
                Code.DIMENSION_MISMATCH.at(
                    attribute.value_span,
                    left=expected,
                    right=constant.dimension,
                    what="a period has the dimension of its variable",
                )
            )
            return None
        value = constant.value.value
    if value <= 0:
        reader.faults.append(Code.BAD_PERIOD.at(attribute.value_span, name=reader.text(element, "name")))
        return None
    return value


def _derived(reader: Reader, element: Element) -> DerivedVariable:
    return DerivedVariable(
        reader.name(element),
        reader.dimension(element),
        reader.expr(element, "value"),
        reader.ident(element, "select"),
        element.span,
        reader.ident(element, "exposure"),
        reader.text(element, "description"),
    )


def _conditional(reader: Reader, element: Element) -> ConditionalDerivedVariable:
    return ConditionalDerivedVariable(
        reader.name(element),
        reader.dimension(element),
        tuple(Case(reader.expr(e, "condition"), reader.needed(e), e.span) for e in element.named("Case")),
        element.span,
        reader.ident(element, "exposure"),
    )


def _assignments(reader: Reader, element: Element) -> tuple[StateAssignment, ...]:
    return tuple(
        StateAssignment(reader.name(e, "variable"), reader.needed(e), e.span) for e in element.named("StateAssignment")
    )
