"""Expressions as LEMS text with every operation in parentheses: PyLEMS and jLEMS take operands together differently."""

from __future__ import annotations

from collections.abc import Callable

from rateml.errors import InternalError
from rateml.syntax.expr import Binary, Call, Choose, Expr, Logic, Missing, Name, Neg, Num, Relation
from rateml.syntax.functions import FUNCTIONS


def spell(expr: Expr, name: Callable[[str], str]) -> str:
    """The expression as text; ``name`` spells a reference."""
    text = _inner(expr, name)
    return text[1:-1] if text.startswith("(") else text


def _inner(expr: Expr, name: Callable[[str], str]) -> str:
    """A number, a name, or something within its own parentheses."""
    match expr:
        case Num(value):
            return number(value) if value >= 0.0 else f"(0 - {number(-value)})"
        case Name(id) if id.startswith("random."):
            return "(random(1))"
        case Name(id):
            return name(id)
        case Neg(operand):
            return f"(0 - {_inner(operand, name)})"
        case Binary("*", operand, Name(id)) if id.startswith("random."):
            return f"(random({spell(operand, name)}))"
        case Binary(op, left, right):
            return f"({_inner(left, name)} {op} {_inner(right, name)})"
        case Relation("leq", left, right):
            return f"({_inner(right, name)} .geq. {_inner(left, name)})"  # PyLEMS knows no .leq.
        case Relation(op, left, right) | Logic(op, left, right):
            return f"({_inner(left, name)} .{op}. {_inner(right, name)})"
        case Call(func, (argument,)) if FUNCTIONS[func].core:
            return f"({func}({spell(argument, name)}))"
        case Call() | Choose() | Missing():
            raise InternalError(f"LEMS has no spelling for {expr!r}")


def number(value: float) -> str:
    """The shortest text that reads as this number."""
    return repr(value).removesuffix(".0")
