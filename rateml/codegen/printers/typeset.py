"""Expressions as mathematics for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from rateml.codegen.printers.notation import Notation
from rateml.codegen.printers.symbols import Symbol
from rateml.errors import InternalError
from rateml.syntax.expr import Binary, Call, Choose, Expr, Logic, Missing, Name, Neg, Num, Relation

FUNCTIONS: Final[Mapping[str, str]] = {
    **{name: name for name in ("exp", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "min", "max", "mod")},
    **{name: name for name in ("H", "atan2", "erf", "erfc")},
    "log": "ln",
    "sign": "sgn",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
}
_FENCES: Final[Mapping[str, tuple[str, str]]] = {"abs": ("|", "|"), "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉")}
_RELATIONS: Final[Mapping[str, str]] = {"lt": "<", "gt": ">", "leq": "≤", "geq": "≥", "eq": "=", "neq": "≠"}
_OR, _AND, _RELATION, SUM, TERM, _FRACTION, ATOM = range(1, 8)


@dataclass(frozen=True)
class Typesetter:
    """``name`` gives the symbol of a reference. Nothing is rearranged: the author's grouping stays."""

    notation: Notation
    name: Callable[[str], Symbol]

    def spell(self, expr: Expr, outer: int = 0) -> str:
        """The expression, in parentheses when ``outer`` binds tighter."""
        n = self.notation
        match expr:
            case Num(value, _, text):
                digits, _, power = (text or repr(value)).lower().partition("e")
                return self._wrap(n.number(digits, power.lstrip("+")), TERM if power or value < 0 else ATOM, outer)
            case Name(id):
                return n.symbol(self.name(id))
            case Neg(operand):
                return self._wrap(n.row(n.operator("−"), self.spell(operand, TERM)), SUM, outer)
            case Binary("^", base, exponent) | Call("pow", (base, exponent)):
                return self._wrap(n.power(self.spell(base, ATOM), self.spell(exponent)), _FRACTION, outer)
            case Binary("/", over, under):
                return self._wrap(n.fraction(self.spell(over), self.spell(under)), _FRACTION, outer)
            case Binary("*", left, right):
                sign = n.operator("·" if _starts_with_a_number(right) else "×")
                return self._wrap(n.row(self.spell(left, TERM), sign, self.spell(right, TERM)), TERM, outer)
            case Binary(op, left, right):
                sign = n.operator("−" if op == "-" else op)
                return self._wrap(n.row(self.spell(left, SUM), sign, self.spell(right, TERM)), SUM, outer)
            case Relation(relation, left, right):
                sign = n.operator(_RELATIONS[relation])
                return self._wrap(n.row(self.spell(left, SUM), sign, self.spell(right, SUM)), _RELATION, outer)
            case Logic(logic, left, right):
                mine, sign = (_OR, "∨") if logic == "or" else (_AND, "∧")
                parts = (self.spell(left, mine), n.operator(sign), self.spell(right, mine + 1))
                return self._wrap(n.row(*parts), mine, outer)
            case Call("sqrt", (operand,)):
                return n.root(self.spell(operand))
            case Call(func, (operand,)) if func in _FENCES:
                left_fence, right_fence = _FENCES[func]
                return n.fence(left_fence, self.spell(operand), right_fence)
            case Call(func, args) if func in FUNCTIONS:
                return self._wrap(n.function(FUNCTIONS[func], [self.spell(a) for a in args]), _FRACTION, outer)
            case Choose():
                return self._wrap(n.cases(self._cases(expr)), 0, outer)
            case Call() | Missing():
                raise InternalError(f"there is no notation for {expr!r}")

    def _cases(self, expr: Expr) -> list[tuple[str, str]]:
        n, rows = self.notation, []
        while isinstance(expr, Choose):
            rows.append((self.spell(expr.then), n.row(n.text("if "), self.spell(expr.test))))
            expr = expr.otherwise
        return [*rows, (self.spell(expr), n.text("otherwise"))]

    def _wrap(self, text: str, mine: int, outer: int) -> str:
        return self.notation.fence("(", text, ")") if mine < outer else text


def _starts_with_a_number(expr: Expr) -> bool:
    while isinstance(expr, Binary) and expr.op in ("*", "^"):
        expr = expr.left
    return isinstance(expr, Num)
