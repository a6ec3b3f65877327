"""RML625: a Case has no condition (P5).

For rateml and PyLEMS that is the default. jLEMS fails on it.

Example::

    <Case value="x"/>

Fix: ``condition="1 .eq. 1"``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import dynamics_of
from rateml.checks.edits import add_attribute
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import ConditionalDerivedVariable, Model


def not_portable_default(model: Model) -> Iterator[Diagnostic]:
    """Cases without a condition."""
    for type in model.types:
        if type.role == "coupling":
            continue
        for variable in dynamics_of(type).derived:
            for case in variable.cases if isinstance(variable, ConditionalDerivedVariable) else ():
                element = model.element(case.span)
                if case.condition is None and element is not None:
                    fixes = add_attribute(model, case.span, "condition", "1 .eq. 1")
                    help = 'write condition="1 .eq. 1"'
                    yield Code.NOT_PORTABLE_DEFAULT.at(element.name_span, help=help, fixes=fixes)
