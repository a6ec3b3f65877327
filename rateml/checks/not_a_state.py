"""RML306: a TimeDerivative or a StateAssignment names something that is no state variable.

Only state variables have derivatives and can be set by OnStart and OnCondition. Everything else follows
from them.

Example::

    <DerivedVariable name="lfp" dimension="none" value="x2 - x1"/>
    <StateAssignment variable="lfp" value="0"/>

Fix: name a state variable.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import by_name, dynamics_of, place_of
from rateml.checks.each_type import each_type
from rateml.diagnostics import Code, Diagnostic, Related, did_you_mean, rename
from rateml.model.nodes import ComponentType, Ident, Model


@each_type
def not_a_state(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """The targets of derivatives and assignments."""
    if type.role != "model":
        return
    dynamics = dynamics_of(type)
    groups = [[d.variable for d in dynamics.derivatives], [a.variable for a in dynamics.on_start]]
    groups += [[a.variable for a in event.assignments] for event in dynamics.on_conditions]
    states = [s.name.text for s in dynamics.states]
    for target, group in ((target, each) for each in groups for target in each):
        if target.text and target.text not in states:
            given = {t.text for t in group}
            yield _fault(type, target, [s for s in states if s not in given])


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
