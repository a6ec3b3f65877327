"""RML304: a state variable has no derivative.

A state is what is integrated: each has exactly one TimeDerivative. A quantity that follows from others at
every moment is a DerivedVariable.

Example::

    <StateVariable name="V" dimension="voltage"/>        (and no TimeDerivative for V)

Fix: add ``<TimeDerivative variable="V" value="…"/>``. A state that does not move has ``value="0"``.

RML305: a state variable has two derivatives.

They do not add; which one would count is not defined.

Example::

    <TimeDerivative variable="V" value="-V / tau"/>
    <TimeDerivative variable="V" value="I / C"/>

Fix: write one with the sum of both.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import dynamics_of
from rateml.checks.each_type import each_type
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import ComponentType, Ident, Model


@each_type
def derivative_count(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """Count the derivatives of every state."""
    if type.role != "model":
        return
    dynamics = dynamics_of(type)
    first: dict[str, Ident] = {}
    for derivative in dynamics.derivatives:
        name = derivative.variable
        if name.text in first:
            related = (Related(first[name.text].span, "the first is here"),)
            help = "write one TimeDerivative with the sum of both"
            yield Code.SECOND_DERIVATIVE.at(name.span, name=name, help=help, related=related)
        first.setdefault(name.text, name)
    missing = {s.name.text for s in dynamics.states} - first.keys()
    known = {s.name.text for s in dynamics.states}
    strays = [n for n in first if n not in known]
    for state in dynamics.states:
        if state.name.text in missing and state.name.text and not strays:
            help = f'add <TimeDerivative variable="{state.name}" value="…"/>'
            yield Code.MISSING_DERIVATIVE.at(state.name.span, name=state.name, help=help)
