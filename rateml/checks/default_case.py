"""The last Case of a conditional variable is its default, and recognisably so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rateml.checks.declarations import dynamics_of
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import Case, ConditionalDerivedVariable, Model
from rateml.syntax.expr import Expr, Logic, LogicOp, Num, Relation, RelationOp, names
from rateml.text import Span

_OPPOSITE: Final[dict[RelationOp, RelationOp]] = {
    "lt": "geq",
    "geq": "lt",
    "gt": "leq",
    "leq": "gt",
    "eq": "neq",
    "neq": "eq",
}
_MIRROR: Final[dict[RelationOp, RelationOp]] = {"lt": "gt", "gt": "lt", "leq": "geq", "geq": "leq"}


def default_case(model: Model) -> Iterator[Diagnostic]:
    """The last Case is not recognisably the default, or a Case before it always holds.

    The first Case whose condition holds gives the value, so the last one must hold whenever no other does.
    That is plain to see when it has no condition, when its condition is ``1 .eq. 1``, or when it is the
    exact complement of the only other Case. A Case that always holds hides those after it.

    Example: ``<Case condition="x .lt. 0" …/>`` followed by ``<Case condition="x .gt. 0" …/>``: what at 0?

    Fix: drop the last condition, or write ``x .geq. 0``.
    """
    for type in model.types:
        for variable in dynamics_of(type).derived:
            if isinstance(variable, ConditionalDerivedVariable) and variable.cases:
                yield from _faults(variable)


def _faults(variable: ConditionalDerivedVariable) -> Iterator[Diagnostic]:
    *before, last = variable.cases
    for case in before:
        if always(case.condition):
            yield Code.UNREACHABLE_CASE.at(_place(case), help="move it to the end or give it a condition")
            return
    if always(last.condition) or last.condition is None:
        return
    if len(before) == 1 and before[0].condition and complementary(before[0].condition, last.condition):
        return
    help = "leave out its condition, or write '1 .eq. 1'"
    yield Code.MISSING_DEFAULT_CASE.at(_place(last), name=variable.name, help=help)


def _place(case: Case) -> Span:
    if case.condition is not None:
        return case.condition.span
    return Span(case.span.start + 1, min(case.span.start + 5, case.span.end), case.span.file)


def always(condition: Expr | None) -> bool:
    """Whether a condition is absent or written to hold always."""
    if condition is None:
        return True
    match condition:
        case Relation("eq", Num(left), Num(right)):
            return left == right
    return False


def complementary(one: Expr, other: Expr) -> bool:
    """Whether exactly one of two conditions holds, whatever the values: seen from how they are written."""
    match one, other:
        case Relation(op, left, right), Relation():
            opposite = _OPPOSITE[op]
            mirrored = Relation(_MIRROR.get(opposite, opposite), right, left, other.span)
            return other in (Relation(opposite, left, right, other.span), mirrored) and any(True for _ in names(one))
        case Logic(op, left, right), Logic(other_op, other_left, other_right):
            swapped: LogicOp = "or" if op == "and" else "and"
            return other_op == swapped and complementary(left, other_left) and complementary(right, other_right)
    return False
