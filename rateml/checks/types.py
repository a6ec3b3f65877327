"""Numbers where numbers are needed, conditions where conditions are."""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import sites
from rateml.diagnostics import Code, Diagnostic, Edit, Fix
from rateml.model.nodes import Model
from rateml.syntax.expr import Expr, Logic, Missing, Name, Relation, children
from rateml.text import Span


def wrong_type(model: Model) -> Iterator[Diagnostic]:
    """A number stands where a condition is needed, or a condition where a number is.

    Comparisons, ``.and.`` and ``.or.`` yield conditions, and these appear only in ``condition`` and
    ``test``. A number is not a condition by itself: compare it with zero.

    Example: ``<Case condition="modification" …/>``

    Fix: ``modification .neq. 0``.
    """
    for type in model.types:
        for site in sites(type):
            yield from _faults(site.expr, boolean=site.dimension is None)


def _faults(expr: Expr, boolean: bool) -> Iterator[Diagnostic]:
    if isinstance(expr, Missing):
        return
    is_boolean = isinstance(expr, (Relation, Logic))
    if boolean and not is_boolean:
        end = Span(expr.span.end, expr.span.end, expr.span.file)
        fixes: tuple[Fix, ...] = ()
        if isinstance(expr, Name):
            fixes = (Fix(f"compare with zero: {expr.id} .neq. 0", (Edit(end, " .neq. 0"),)),)
        help = f"write '{expr.id} .neq. 0'" if isinstance(expr, Name) else "compare it with something"
        yield Code.NOT_BOOLEAN.at(expr.span, help=help, fixes=fixes)
        return
    if is_boolean and not boolean:
        help = "choose between values with a ConditionalDerivedVariable"
        yield Code.NOT_REAL.at(expr.span, help=help)
        return
    for child in children(expr):
        yield from _faults(child, boolean=isinstance(expr, Logic))
