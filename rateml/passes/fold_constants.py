"""Compute arithmetic of literals once, here, in float64."""

from __future__ import annotations

import math

from rateml.ir.program import Program
from rateml.passes.rewrite import map_all
from rateml.syntax.expr import Binary, Expr, Neg, Num, rebuild


def fold_constants(program: Program) -> Program:
    """Replace arithmetic of two literals by its value.

    Before: ``dV/dt = -10 * (2 / 4 + V)``. After: ``dV/dt = (-10) * (0.5 + V)``. The value is the one every
    engine would compute in float64, so no result changes; what is not finite is left as written.
    """
    return map_all(program, fold)


def fold(expr: Expr) -> Expr:
    expr = rebuild(expr, fold)
    match expr:
        case Neg(Num(value), span):
            return Num(-value, span)
        case Binary(op, Num(a), Num(b), span):
            value = _apply(op, a, b)
            return Num(value, span) if math.isfinite(value) else expr
        case _:
            return expr


def _apply(op: str, a: float, b: float) -> float:
    try:
        match op:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*":
                return a * b
            case "/":
                return a / b
            case _:
                return math.pow(a, b)
    except (ZeroDivisionError, OverflowError, ValueError):
        return math.nan
