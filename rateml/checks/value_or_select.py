"""RML308: a DerivedVariable has neither ``value`` nor ``select``, or both.

``value`` is an expression; ``select`` takes the result of a Child, a function that the model calls.

Example::

    <DerivedVariable name="rate" dimension="per_time"/>

Fix: keep one of the two.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import dynamics_of
from rateml.checks.each_type import each_type
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import ComponentType, DerivedVariable, Model


@each_type
def value_or_select(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """Derived variables with none or both."""
    for variable in dynamics_of(type).derived:
        if isinstance(variable, DerivedVariable) and (variable.value is None) == (variable.select is None):
            both = ", not both" if variable.value else ""
            help = "value is an expression, select the result of a Child"
            yield Code.VALUE_XOR_SELECT.at(variable.name.span, name=variable.name, both=both, help=help)
