"""RML311: a number stands where a condition is needed.

``condition`` and ``test`` are true or false. A number is not a condition by itself: compare it with zero.

Example::

    <Case condition="modification" value="x"/>

Fix: ``modification .neq. 0``.

RML312: a condition stands where a number is needed.

Comparisons, ``.and.`` and ``.or.`` yield conditions, and these appear only in ``condition`` and ``test``.

Example::

    <DerivedVariable name="gate" dimension="none" value="(x .lt. 1) * x"/>

Fix: choose between values with a ConditionalDerivedVariable.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import sites
from rateml.checks.default_case import else_cases
from rateml.checks.each_type import each_type
from rateml.diagnostics import Code, Diagnostic, Edit, Fix
from rateml.model.nodes import ComponentType, Model
from rateml.syntax.expr import Expr, Logic, Missing, Name, Relation, children
from rateml.text import Span


@each_type
def wrong_type(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """Both types, from each expression down."""
    otherwise = {condition.span for condition in else_cases(type)}
    flags = {p.name.text for p in type.parameters if p.kind == "boolean"}
    for site in sites(type):
        boolean = site.dimension is None
        plain = not boolean and not any(isinstance(node, (Relation, Logic)) for node in site.nodes)
        if not plain and site.expr.span not in otherwise:
            yield from _faults(site.expr, boolean, flags)


def _faults(expr: Expr, boolean: bool, flags: set[str]) -> Iterator[Diagnostic]:
    waiting = [(expr, boolean)]
    while waiting:
        node, wanted = waiting.pop()
        fault = _fault(node, wanted, flags)
        if fault is not None:
            yield fault
        elif not isinstance(node, Missing):
            waiting.extend((child, isinstance(node, Logic)) for child in reversed(children(node)))


def _fault(expr: Expr, boolean: bool, flags: set[str]) -> Diagnostic | None:
    """What is wrong with the node itself."""
    if isinstance(expr, Missing):
        return None
    is_boolean = isinstance(expr, (Relation, Logic))
    if boolean and not is_boolean:
        end = Span(expr.span.end, expr.span.end, expr.span.file)
        shown = f"{expr.id} .neq. 0" if isinstance(expr, Name) else "… .neq. 0"
        certain = isinstance(expr, Name) and expr.id in flags
        fixes = (Fix(f"compare with zero: {shown}", (Edit(end, " .neq. 0"),), guess=not certain),)
        help = f"write '{expr.id} .neq. 0'" if isinstance(expr, Name) else "compare it with something"
        return Code.NOT_BOOLEAN.at(expr.span, help=help, fixes=fixes)
    if is_boolean and not boolean:
        help = "choose between values with a ConditionalDerivedVariable"
        return Code.NOT_REAL.at(expr.span, help=help)
    return None
