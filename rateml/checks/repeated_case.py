"""RML606: a Case has the condition of an earlier one, so it is never reached.

The first Case whose condition holds gives the value.

Example::

    <Case condition="x .lt. 0" value="0"/>
    <Case condition="x .lt. 0" value="x"/>
    <Case value="1"/>

Fix: remove it, or correct its condition.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import dynamics_of
from rateml.checks.each_type import each_type
from rateml.checks.edits import cut_element
from rateml.diagnostics import Code, Diagnostic, Fix, Related
from rateml.model.nodes import Case, ComponentType, ConditionalDerivedVariable, Model
from rateml.syntax.expr import shape


@each_type
def repeated_case(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """Equal conditions within one variable."""
    for variable in dynamics_of(type).derived:
        seen: dict[tuple[object, ...], Case] = {}
        for case in variable.cases if isinstance(variable, ConditionalDerivedVariable) else ():
            condition = case.condition
            if condition is None:
                continue
            other = seen.setdefault(shape(condition), case)
            if other is not case:
                related = (Related((other.condition or condition).span, "the earlier one is here"),)
                differs = shape(other.value) != shape(case.value)
                fixes = (Fix("remove it", (cut_element(model, case.span),), guess=differs),)
                yield Code.REPEATED_CASE.at(condition.span, related=related, fixes=fixes)
