"""What a Program asks for that TVB cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rateml.codegen.targets.tvb.conditions import bounds, is_bound, is_wrap
from rateml.codegen.targets.tvb.reading import roots, shifts
from rateml.diagnostics import Code, Diagnostic
from rateml.ir.program import Program
from rateml.syntax.expr import names
from rateml.text import Span

_NO_TIME: Final = "make it a Parameter, or a state whose TimeDerivative is 1 per unit of time"


def limits(program: Program) -> Iterator[Diagnostic]:
    """One diagnostic for each thing that would have to come out wrong."""
    yield from _time(program)
    yield from _noise(program)
    yield from _conditions(program)
    yield from _angles(program)
    yield from _couplings(program)
    yield from _coupled_variables(program)


def _refuse(span: Span, what: str, help: str) -> Diagnostic:
    return Code.NOT_FOR_TARGET.at(span, target="tvb", what=what, help=help)


def _time(program: Program) -> Iterator[Diagnostic]:
    for assign in (*program.timed, *program.derived, *program.derivatives, *program.diffusion):
        at = next((n.span for n in names(assign.value) if n.id == "t"), None)
        if at is not None:
            yield _refuse(at, "the time t: TVB calls dfun without it", _NO_TIME)


def _noise(program: Program) -> Iterator[Diagnostic]:
    steady = {p.key for p in program.parameters} | {a.name for a in program.derived_parameters}
    steady |= {c.name for c in program.constants} | {"t"}
    for assign in program.diffusion:
        moving = roots(program.derived, [assign.value]) - steady
        if moving:
            yield _refuse(
                assign.value.span,
                f"noise on '{assign.name}' whose intensity depends on '{min(moving)}': TVB's nsig does not change",
                "let rml:diffusion be made of Parameters and Constants",
            )


def _conditions(program: Program) -> Iterator[Diagnostic]:
    for condition in program.conditions:
        if not is_bound(program, condition) and not is_wrap(program, condition):
            yield _refuse(
                condition.span,
                "this OnCondition: TVB's states have bounds that are numbers, and nothing else happens to them",
                'write a bound as test="x .lt. c" with x assigned the same c, a number or Constant; '
                "an angle is declared by rml:periodic",
            )
    found = bounds(program)
    for state in program.states:
        if state.period is not None and state.name in found:
            yield _refuse(state.span, f"bounds on the angle '{state.name}'", "remove its OnConditions: it is wrapped")


def _angles(program: Program) -> Iterator[Diagnostic]:
    rates = [a.value for a in program.derivatives]
    for state in program.states:
        if state.period is not None and shifts(program.derived, rates, state.name, state.period):
            yield _refuse(
                state.span,
                f"the angle '{state.name}', which the derivatives read outside sine and cosine: "
                "TVB does not wrap states",
                f"let the derivatives read '{state.name}' in sin and cos alone, with a period of 2 pi",
            )


def _couplings(program: Program) -> Iterator[Diagnostic]:
    summed = [c for c in program.couplings if c.reduce == "sum"]
    for coupling in summed[1:]:
        first = summed[0]
        if coupling.weights != first.weights:
            yield _refuse(
                coupling.span,
                f"a second pair of weights and lengths, '{coupling.weights}' beside '{first.weights}': "
                "TVB has one Connectivity",
                "let all couplings use the same rml:weights",
            )
        elif coupling.speed != first.speed:
            yield _refuse(
                coupling.span,
                f"delays of coupling '{coupling.id}' that differ from those of '{first.id}': TVB has one speed",
                'give all couplings the same rml:speed, or all rml:delayed="false"',
            )


def _coupled_variables(program: Program) -> Iterator[Diagnostic]:
    inputs = {i.name for i in program.inputs}
    values = {a.name: a for a in program.derived}
    for name in dict.fromkeys((*program.stored, *program.current)):
        if name not in values:
            continue
        reached = roots(program.derived, [values[name].value])
        if reached & inputs:
            yield _refuse(
                values[name].span,
                f"coupling through '{name}', which depends on the input '{min(reached & inputs)}': "
                "TVB keeps the past of states alone",
                "couple a state, or what follows from states and parameters",
            )


def unobservable(program: Program) -> Iterator[tuple[str, str]]:
    """The exposures that TVB's monitors cannot see, each with the reason: they see functions of the states."""
    states = {s.name for s in program.states} | {c.name for c in program.constants}
    inputs = {i.name for i in program.inputs}
    values = {a.name: a.value for a in program.derived}
    for exposure in program.exposures:
        if exposure.name not in values:
            continue
        reached = roots(program.derived, [values[exposure.name]])
        if reached & inputs:
            yield exposure.name, f"it depends on the input {min(reached & inputs)}"
        elif reached - states:
            yield exposure.name, f"it depends on the parameter {min(reached - states)}"
