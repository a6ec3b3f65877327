"""RML309: the last Case of a conditional variable is not recognisably its default.

The first Case whose condition holds gives the value, so the last one must hold whenever no other does. That
is plain to see when it has no condition, when its condition is ``1 .eq. 1``, or when it is the exact
complement of the only other Case.

Example::

    <Case condition="x .lt. 0" value="0"/>
    <Case condition="x .gt. 0" value="x"/>

Fix: say what happens at 0: write ``x .geq. 0``, or ``1 .eq. 1``, or leave the last condition out. A
last condition ``else`` is left out by ``--fix``; any other is for you to decide.

RML310: no Case after this one can ever hold.

A Case that has no condition, or one that always holds, hides all those after it.

Example::

    <Case condition="1 .eq. 1" value="0"/>
    <Case condition="x .geq. 0" value="x"/>

Fix: move it to the end, or give it a condition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from rateml.checks.declarations import by_name, dynamics_of
from rateml.checks.each_type import each_type
from rateml.checks.edits import attribute_of, cut_attribute
from rateml.diagnostics import Code, Diagnostic, Fix, replace
from rateml.model.nodes import Case, ComponentType, ConditionalDerivedVariable, Model
from rateml.syntax.expr import MIRRORED, Expr, Logic, Name, Num, Relation, RelationOp, names, shape
from rateml.text import Span

_OPPOSITE: Final[dict[RelationOp, RelationOp]] = {
    "lt": "geq",
    "geq": "lt",
    "gt": "leq",
    "leq": "gt",
    "eq": "neq",
    "neq": "eq",
}


@each_type
def default_case(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """The conditions of every conditional variable."""
    for variable in dynamics_of(type).derived:
        if isinstance(variable, ConditionalDerivedVariable) and variable.cases:
            yield from _faults(model, variable)


def _faults(model: Model, variable: ConditionalDerivedVariable) -> Iterator[Diagnostic]:
    *before, last = variable.cases
    for case in before:
        if always(case.condition):
            yield Code.UNREACHABLE_CASE.at(_place(case), help="move it to the end or give it a condition")
            return
    if always(last.condition) or last.condition is None or _is_else(last):
        return
    if len(before) == 1 and before[0].condition and complementary(before[0].condition, last.condition):
        return
    help = "write '1 .eq. 1', or leave out its condition, if it is for all other cases"
    fixes: tuple[Fix, ...] = ()
    condition = attribute_of(model, last.span, "condition")
    if condition is not None:
        cut = cut_attribute(model, last.span, condition)
        fixes = (
            replace(condition.value_span, "1 .eq. 1", guess=True),
            Fix("leave out the condition", (cut,), guess=True),
        )
    yield Code.MISSING_DEFAULT_CASE.at(_place(last), name=variable.name, help=help, fixes=fixes)


def else_cases(type: ComponentType) -> Mapping[Name, Case]:
    """Last Cases whose condition is a word such as ``else`` that nothing declares, by that word."""
    known = by_name(type)
    every = (v.cases[-1] for v in dynamics_of(type).derived if isinstance(v, ConditionalDerivedVariable) and v.cases)
    return {
        case.condition: case
        for case in every
        if isinstance(case.condition, Name) and _is_else(case) and case.condition.id not in known
    }


def _is_else(case: Case) -> bool:
    return isinstance(case.condition, Name) and case.condition.id.lower() in ("else", "otherwise", "default")


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
    waiting = [(one, other)]
    while waiting:
        match waiting.pop():
            case Relation() as relation, Relation() as opposite if _opposite(relation, opposite):
                continue
            case Logic("and", left, right), Logic("or", other_left, other_right):
                waiting += [(right, other_right), (left, other_left)]
            case Logic("or", left, right), Logic("and", other_left, other_right):
                waiting += [(right, other_right), (left, other_left)]
            case _:
                return False
    return True


def _opposite(one: Relation, other: Relation) -> bool:
    """Whether the other comparison is the complement, its sides perhaps exchanged."""
    opposite = _OPPOSITE[one.op]
    written = Relation(opposite, one.left, one.right, other.span)
    mirrored = Relation(MIRRORED.get(opposite, opposite), one.right, one.left, other.span)
    return shape(other) in (shape(written), shape(mirrored)) and any(True for _ in names(one))
