"""RML307: OnStart, or one OnCondition, assigns a variable twice.

The assignments of one block happen at the same time, so a second one has no meaning.

Example::

    <OnStart>
        <StateAssignment variable="V" value="0"/>
        <StateAssignment variable="V" value="1"/>
    </OnStart>

Fix: remove one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import dynamics_of
from rateml.checks.each_type import each_type
from rateml.checks.edits import cut_element
from rateml.diagnostics import Code, Diagnostic, Fix, Related
from rateml.model.nodes import ComponentType, Ident, Model
from rateml.syntax.expr import Expr


@each_type
def assigned_twice(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """The targets within each block."""
    dynamics = dynamics_of(type)
    for block in (dynamics.on_start, *(event.assignments for event in dynamics.on_conditions)):
        first: dict[str, Ident] = {}
        values: dict[str, Expr] = {}
        for assignment in block:
            name = assignment.variable
            if name.text and name.text in first:
                related = (Related(first[name.text].span, "first assigned here"),)
                same = assignment.value == values[name.text]
                fixes = (Fix("remove it", (cut_element(model, assignment.span),)),) if same else ()
                yield Code.ASSIGNED_TWICE.at(name.span, name=name, related=related, fixes=fixes)
            first.setdefault(name.text, name)
            values.setdefault(name.text, assignment.value)
