"""Expressions with operators between operands: what the targets that write Python or C++ have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final

from rateml.errors import InternalError
from rateml.syntax.expr import Binary, Call, Choose, Expr, Logic, Name, Neg, Num, Relation

_RELATIONS: Final = {"lt": "<", "gt": ">", "leq": "<=", "geq": ">=", "eq": "==", "neq": "!="}
LOGIC, RELATION, SUM, TERM, NEG, POWER, ATOM = range(1, 8)
_BINDING: Final = {"+": SUM, "-": SUM, "*": TERM, "/": TERM}


class InfixPrinter(ABC):
    """Arithmetic and relations, in parentheses where needed; names, functions and choices are the target's."""

    def spell(self, expr: Expr, outer: int = 0) -> str:
        """The expression as text, in parentheses when ``outer`` binds tighter."""
        match expr:
            case Num(value):
                return wrap(self.number(value), NEG if value < 0 else ATOM, outer)
            case Name(id):
                return self.reference(id)
            case Neg(operand):
                return wrap(f"-{self.spell(operand, NEG)}", NEG, outer)
            case Binary("^", base, exponent):
                return self.power(base, exponent, outer)
            case Binary(op, left, right):
                mine = _BINDING[op]
                return wrap(f"{self.spell(left, mine)} {op} {self.spell(right, mine + 1)}", mine, outer)
            case Relation(op, left, right):
                return wrap(f"{self.spell(left, SUM)} {_RELATIONS[op]} {self.spell(right, SUM)}", RELATION, outer)
            case Logic():
                return self.logic(expr)
            case Choose():
                return self.choice(expr, outer)
            case Call(func, args):
                function = self.function(func)
                if function is not None:
                    return f"{function}({', '.join(self.spell(arg) for arg in args)})"
        raise InternalError(f"{type(self).__name__} has no spelling for {expr!r}")

    def number(self, value: float) -> str:
        return repr(value)

    def power(self, base: Expr, exponent: Expr, outer: int) -> str:
        return wrap(f"{self.spell(base, ATOM)} ** {self.exponent(exponent)}", POWER, outer)

    def exponent(self, expr: Expr) -> str:
        return self.spell(expr, ATOM)

    @abstractmethod
    def reference(self, name: str) -> str:
        """What stands for a name of the program."""

    @abstractmethod
    def function(self, name: str) -> str | None:
        """What computes a function of the language; None for one that the target lacks."""

    @abstractmethod
    def logic(self, expr: Logic) -> str:
        """``and`` and ``or``."""

    @abstractmethod
    def choice(self, expr: Choose, outer: int) -> str:
        """One of two values."""


def wrap(text: str, mine: int, outer: int) -> str:
    """Parentheses around what binds less than ``outer``."""
    return f"({text})" if mine < outer else text
