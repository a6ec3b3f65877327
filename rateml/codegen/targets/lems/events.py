"""OnConditions that come to the same whether they run one after the other or all at once.

In PyLEMS all see the states as they were before the first of them, and the time before the step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from rateml.checks.not_portable_event import opposite_bounds
from rateml.codegen.targets.lems.cases import both, substitute
from rateml.codegen.targets.tvb.conditions import is_wrap
from rateml.ir.program import Assign, Condition, Constant, Program, State
from rateml.model.dimension import TIME
from rateml.passes.rewrite import map_conditions
from rateml.syntax.expr import Binary, Call, Expr, Logic, Name, Num, Relation, RelationOp, names

CLOCK: Final = "t.now"
"""No Child can be named ``t``, so nothing else has this name."""
MOST: Final = 5
"""OnConditions that depend on one another; of n there are 2^n - 1 combinations."""

_OPPOSITE: Final[Mapping[RelationOp, RelationOp]] = {
    "lt": "geq",
    "geq": "lt",
    "gt": "leq",
    "leq": "gt",
    "eq": "neq",
    "neq": "eq",
}


def keep_time(program: Program) -> Program:
    """Before: ``t`` in an OnCondition. After: a state that starts at 0 and has the derivative 1."""
    exprs = (e for c in program.conditions for e in (c.test, *(a.value for a in c.assignments)))
    at = next((n.span for e in exprs for n in names(e) if n.id == "t"), None)
    if at is None:
        return program
    clock: Mapping[str, Expr] = {"t": Name(CLOCK, at)}
    state = State(CLOCK, TIME, Num(0.0, at), at, description="the time, as OnConditions see it")
    kept = map_conditions(program, lambda expr: substitute(expr, clock))
    return replace(
        kept,
        states=(*program.states, state),
        derivatives=(*program.derivatives, Assign(CLOCK, Num(1.0, at), at)),
    )


def wrap_angles(program: Program) -> Program:
    """Add an OnCondition that wraps each angle, where the file has none, and its period as a constant."""
    for state in program.states:
        wraps = [c for c in program.conditions if c.assignments[0].name == state.name and is_wrap(program, c)]
        if state.period is None or len(wraps) > 1:
            continue
        at = state.span
        period, angle = Name(f"{state.name}.period", at), Name(state.name, at)
        zero = Num(0.0, at)
        outside = Logic("or", Relation("lt", angle, zero, at), Relation("geq", angle, period, at), at)
        turns = Call("ceil", (Binary("-", zero, Binary("/", angle, period, at), at),), at, at)
        moved = Assign(state.name, Binary("+", angle, Binary("*", period, turns, at), at), at)
        program = replace(
            program,
            constants=(*program.constants, Constant(period.id, state.period, state.dimension, at)),
            conditions=(*(c for c in program.conditions if c not in wraps), Condition(outside, (moved,), at)),
        )
    return program


def make_simultaneous(conditions: Sequence[Condition]) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """The conditions of which no one reads what one before it assigns; and those that are too many for it.

    Before: ``x > 1: y = 0``, ``y < 1: z = 2``. After: ``x > 1 and 0 < 1: y = 0, z = 2``,
    ``x > 1 and 0 >= 1: y = 0``, ``x <= 1 and y < 1: z = 2``. One of these at most is true.
    """
    out: list[Condition] = []
    refused: list[Condition] = []
    for group in _groups(conditions):
        if len(group) == 1:
            out.append(group[0])
        elif len(group) > MOST:
            refused.append(group[0])
        else:
            out += _combined(group)
    return tuple(out), tuple(refused)


def _groups(conditions: Sequence[Condition]) -> list[list[Condition]]:
    """Conditions that depend on one another, directly or not, in document order."""
    groups: list[list[Condition]] = []
    for condition in conditions:
        apart = [g for g in groups if not any(_tied(earlier, condition) for earlier in g)]
        tied = [earlier for g in groups if g not in apart for earlier in g]
        groups = [*apart, [*sorted(tied, key=conditions.index), condition]]
    return groups


def _tied(earlier: Condition, later: Condition) -> bool:
    """Whether the earlier one assigns what the later one reads or assigns; bounds at the ends of a range do not tie."""
    touched = {a.name for a in later.assignments}
    touched |= {n.id for e in (later.test, *(a.value for a in later.assignments)) for n in names(e)}
    for assign in earlier.assignments:
        alone = len(earlier.assignments) == 1
        apart = alone and opposite_bounds(earlier.test, later.test, assign.name, assign.value)
        if assign.name in touched and not apart:
            return True
    return False


def _combined(group: Sequence[Condition]) -> list[Condition]:
    """One condition for each way in which the group's tests can come out, if it assigns anything."""
    ways: list[tuple[Expr | None, dict[str, Expr]]] = [(None, {})]
    for condition in group:
        following = []
        for test, values in ways:
            now = substitute(condition.test, values)
            assigned = {a.name: substitute(a.value, values) for a in condition.assignments}
            following += [(both(test, now), values | assigned), (both(test, _not(now)), values)]
        ways = following
    at = group[0].span
    return [
        Condition(test, tuple(Assign(name, value, at) for name, value in values.items()), at)
        for test, values in ways
        if test is not None and values
    ]


def _not(test: Expr) -> Expr:
    """The opposite test. A state that is not a number, for which both would be false, ends the run anyway."""
    match test:
        case Relation(op, left, right, span):
            return Relation(_OPPOSITE[op], left, right, span)
        case Logic(op, left, right, span):
            return Logic("or" if op == "and" else "and", _not(left), _not(right), span)
    return test
