"""RML623: a derived variable uses a conditional one (P3).

PyLEMS gives it the value of the step before, jLEMS refuses the file. Derivatives may use conditional
variables.

Example::

    <ConditionalDerivedVariable name="gate" dimension="none">…</ConditionalDerivedVariable>
    <DerivedVariable name="flow" dimension="none" value="gate * x"/>

Fix: write the product into the Cases, or into the TimeDerivative.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import derived_exprs, dynamics_of
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import ConditionalDerivedVariable, Model
from rateml.syntax.expr import names


def not_portable_conditional(model: Model) -> Iterator[Diagnostic]:
    """The first use in each derived variable."""
    for type in model.types:
        if type.role == "coupling":
            continue
        derived = dynamics_of(type).derived
        conditional = {v.name.text: v for v in derived if isinstance(v, ConditionalDerivedVariable)}
        for variable in derived:
            uses = (n for expr, _ in derived_exprs(variable) for n in names(expr))
            use = next((n for n in uses if n.id in conditional), None)
            if use is not None:
                related = (Related(conditional[use.id].name.span, "the conditional variable is here"),)
                code = Code.NOT_PORTABLE_CONDITIONAL
                yield code.at(use.span, name=variable.name, used=use.id, related=related)
