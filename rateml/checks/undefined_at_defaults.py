"""RML605: an expression has no finite value with the values that a component gives.

Where an expression depends on parameters alone it is computed with the component's own values: a divisor
that is zero, the logarithm or root of what has none, or noise of an intensity below zero makes the simulation
diverge at its first step.
Cases whose condition does not hold are left out.

Example::

    <DerivedParameter name="rate" dimension="none" value="1 / (a - b)"/>
    <Component id="one" type="Model" a="1" b="1"/>

Fix: other values, or a Case that treats this one apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import by_name
from rateml.checks.default_values import Evaluation, scopes
from rateml.checks.edits import text_of
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Model
from rateml.syntax.expr import names


def undefined_at_defaults(model: Model) -> Iterator[Diagnostic]:
    """Every expression of a type, with the values of each of its components."""
    for scope in scopes(model):
        evaluation = Evaluation(scope.values)
        evaluation.run(scope.type)
        known = by_name(scope.type)
        for fault in evaluation.faults:
            text = text_of(model, fault.expr.span)
            shown = text if len(text) <= 40 else text[:40] + "…"
            problem = fault.problem.format(text=shown)
            used = [known[n.id] for n in names(fault.expr) if n.id in known]
            related = tuple(Related(d.name.span, f"a {d.kind}") for d in dict.fromkeys(used))[:3]
            at, component = fault.expr.span, scope.component.id
            yield Code.UNDEFINED_AT_DEFAULTS.at(at, problem=problem, component=component, related=related)
