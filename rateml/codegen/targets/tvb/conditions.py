"""OnConditions as TVB has them: bounds of states. An angle is read modulo its period instead."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from rateml.ir.program import Assign, Condition, Program
from rateml.syntax.expr import MIRRORED, Binary, Expr, Name, Neg, Num, Relation, names


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest value of a state; infinite where it has none."""

    low: float = -math.inf
    high: float = math.inf


def bounds(program: Program) -> Mapping[str, Bounds]:
    """The bounds of every state that has any. TVB keeps them as rateml runs OnConditions: after every stage.

    Of bounds that cross, the later one holds, as when they run one after the other.
    """
    found: dict[str, Bounds] = {}
    for condition in program.conditions:
        read = _bound(program, condition)
        if read is None:
            continue
        state, side, value = read
        old = found.get(state, Bounds())
        found[state] = (
            Bounds(max(old.low, value), max(old.high, value))
            if side == "low"
            else Bounds(min(old.low, value), min(old.high, value))
        )
    return found


def is_bound(program: Program, condition: Condition) -> bool:
    return _bound(program, condition) is not None


def is_wrap(program: Program, condition: Condition) -> bool:
    """Whether all it does is to wrap an angle by its period."""
    periods = {s.name: s.period for s in program.states}
    match condition.test, condition.assignments:
        case Relation(_, left, right), (Assign(name, Binary("+" | "-", Name(moved), turn)),) if moved == name:
            period = periods.get(name)
            sides = [side for side in (left, right) if not isinstance(side, Name) or side.id != name]
            if period is None or len(sides) != 1:
                return False
            return _value(program, turn) == period and _value(program, sides[0]) is not None
    return False


def _bound(program: Program, condition: Condition) -> tuple[str, str, float] | None:
    """State, side and value of ``x < value: x = value``."""
    match condition.test, condition.assignments:
        case Relation(op, left, right), (Assign(name, given),):
            if isinstance(right, Name) and right.id == name:
                op, left, right = MIRRORED.get(op, op), right, left
            if not (isinstance(left, Name) and left.id == name) or op not in MIRRORED:
                return None
            value = _value(program, given)
            if value is None or value != _value(program, right):
                return None
            return (name, "low" if op in ("lt", "leq") else "high", value)
    return None


def _value(program: Program, expr: Expr) -> float | None:
    """The number that an expression of literals and constants is."""
    constants = {c.name: c.value for c in program.constants}
    if any(n.id not in constants for n in names(expr)):
        return None
    match expr:
        case Num(value):
            return value
        case Name(id):
            return constants[id]
        case Neg(operand):
            inner = _value(program, operand)
            return None if inner is None else -inner
        case Binary("*", left, right):
            one, other = _value(program, left), _value(program, right)
            return None if one is None or other is None else one * other
        case Binary("/", left, right):
            one, other = _value(program, left), _value(program, right)
            return None if one is None or not other else one / other
    return None
