"""Computing the constants of an old file, whose values may be expressions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from rateml.syntax.expr import Binary, Call, Expr, Name, Neg, Num, fold

_CALLS: Final[Mapping[str, Callable[..., float]]] = {
    "exp": math.exp,
    "log": math.log,
    "ln": math.log,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "abs": abs,
    "min": min,
    "max": max,
}


def compute(expr: Expr, values: Mapping[str, float]) -> float | None:
    """The value of an expression of numbers and known names; None when it has no finite one."""
    try:
        result = fold(expr, lambda node, below: _value(node, below, values))
    except (ArithmeticError, ValueError, LookupError, TypeError):
        return None
    return result if math.isfinite(result) else None


def _value(node: Expr, below: tuple[float, ...], values: Mapping[str, float]) -> float:
    match node:
        case Num(value):
            return value
        case Name("pi") if "pi" not in values:
            return math.pi
        case Name(id):
            return values[id]
        case Neg():
            return -below[0]
        case Binary("^"):
            return math.pow(*below)
        case Binary(op):
            left, right = below
            return {"+": left + right, "-": left - right, "*": left * right}[op] if op != "/" else left / right
        case Call(func):
            return float(_CALLS[func](*below))
        case _:
            raise ValueError("a condition has no number")


def number(expr: Expr, value: float) -> str:
    """How to write a computed number: as its author did where it is one."""
    match expr:
        case Num(_, _, text) if text:
            return text
        case Neg(Num(_, _, text)) if text:
            return f"-{text}"
        case _:
            return plain(value)


def plain(value: float) -> str:
    """A float as short as it can be without loss."""
    return repr(value).removesuffix(".0")


def rounded(value: float) -> str:
    """A float that was computed here, without the noise of its last digit."""
    return plain(float(f"{value:.15g}"))
