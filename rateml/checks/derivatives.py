"""Every state has one derivative, and only states are assigned."""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import by_name, dynamics_of, place_of
from rateml.diagnostics import Code, Diagnostic, Related, did_you_mean, rename
from rateml.model.nodes import ComponentType, Ident, Model


def missing_derivative(model: Model) -> Iterator[Diagnostic]:
    """A state variable has no TimeDerivative, or two of them.

    Fix: give each state exactly one. A state that does not move has ``value="0"``; a quantity that follows
    from others is a DerivedVariable.
    """
    for type in model.types:
        if type.role != "model":
            continue
        dynamics = dynamics_of(type)
        first: dict[str, Ident] = {}
        for derivative in dynamics.derivatives:
            name = derivative.variable
            if name.text in first:
                related = (Related(first[name.text].span, "the first is here"),)
                yield Code.SECOND_DERIVATIVE.at(name.span, name=name, related=related)
            first.setdefault(name.text, name)
        missing = {s.name.text for s in dynamics.states} - first.keys()
        known = {s.name.text for s in dynamics.states}
        strays = [n for n in first if n not in known]
        for state in dynamics.states:
            if state.name.text in missing and state.name.text and not strays:
                help = f'add <TimeDerivative variable="{state.name}" value="…"/>'
                yield Code.MISSING_DERIVATIVE.at(state.name.span, name=state.name, help=help)


def not_a_state(model: Model) -> Iterator[Diagnostic]:
    """A TimeDerivative or a StateAssignment names something that is no state variable.

    Only state variables have derivatives and can be set by OnStart and OnCondition. Everything else
    follows from them.

    Example: ``<StateAssignment variable="lfp" value="0"/>`` where ``lfp`` is a DerivedVariable.

    Fix: name a state variable.
    """
    for type in model.types:
        if type.role != "model":
            continue
        dynamics = dynamics_of(type)
        targets = [d.variable for d in dynamics.derivatives] + [a.variable for a in dynamics.on_start]
        targets += [a.variable for event in dynamics.on_conditions for a in event.assignments]
        states = [s.name.text for s in dynamics.states]
        for target in targets:
            if target.text and target.text not in states:
                yield _fault(type, target, states)


def _fault(type: ComponentType, target: Ident, states: list[str]) -> Diagnostic:
    other = by_name(type).get(target.text)
    if other:
        related = (Related(other.name.span, f"it is a {other.kind}"),)
        return Code.NOT_A_STATE.at(target.span, name=target, place=place_of(type), related=related)
    return Code.NOT_A_STATE.at(
        target.span,
        name=target,
        place=place_of(type),
        help=did_you_mean(target.text, states),
        fixes=rename(target.span, target.text, states),
    )


def assigned_twice(model: Model) -> Iterator[Diagnostic]:
    """OnStart, or one OnCondition, assigns a variable twice.

    The assignments of one block happen at the same time, so a second one has no meaning.

    Fix: remove one of them.
    """
    for type in model.types:
        dynamics = dynamics_of(type)
        for block in (dynamics.on_start, *(event.assignments for event in dynamics.on_conditions)):
            first: dict[str, Ident] = {}
            for assignment in block:
                name = assignment.variable
                if name.text and name.text in first:
                    related = (Related(first[name.text].span, "first assigned here"),)
                    yield Code.ASSIGNED_TWICE.at(name.span, name=name, related=related)
                first.setdefault(name.text, name)
