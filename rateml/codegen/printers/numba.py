"""Expressions as Python for numba."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from rateml.errors import InternalError
from rateml.syntax.expr import Binary, Call, Choose, Expr, Logic, Missing, Name, Neg, Num, Relation

Precision: TypeAlias = Literal["float32", "float64"]

# numpy's scalar functions keep float32 and follow IEEE: log(-1) is nan, in compiled code and out of it.
CALLS: Final[Mapping[str, str]] = {
    "exp": "np.exp",
    "log": "np.log",
    "ln": "np.log",
    "sqrt": "np.sqrt",
    "sin": "np.sin",
    "cos": "np.cos",
    "tan": "np.tan",
    "sinh": "np.sinh",
    "cosh": "np.cosh",
    "tanh": "np.tanh",
    "abs": "np.abs",
    "ceil": "np.ceil",
    "floor": "np.floor",
    "min": "np.minimum",
    "max": "np.maximum",
    "pow": "np.power",
    "mod": "modulo",
    "sign": "np.sign",
    "H": "heaviside",
    "asin": "np.arcsin",
    "acos": "np.arccos",
    "atan": "np.arctan",
    "atan2": "np.arctan2",
    "erf": "math.erf",
    "erfc": "math.erfc",
}
_RELATIONS: Final[Mapping[str, str]] = {"lt": "<", "gt": ">", "leq": "<=", "geq": ">=", "eq": "==", "neq": "!="}
_OR, _AND, _RELATION, _SUM, _TERM, _NEG, _POWER, _ATOM = range(1, 9)
_BINDING: Final[Mapping[str, int]] = {"+": _SUM, "-": _SUM, "*": _TERM, "/": _TERM, "^": _POWER}


@dataclass(frozen=True)
class NumbaPrinter:
    """``name`` spells a reference; literals are written bare in float64, as ``REAL(x)`` in float32."""

    name: Callable[[str], str]
    precision: Precision

    def number(self, value: float) -> str:
        return repr(value) if self.precision == "float64" else f"REAL({value!r})"

    def spell(self, expr: Expr, outer: int = 0) -> str:
        """The expression as Python text, in parentheses when ``outer`` binds tighter."""
        match expr:
            case Num(value):
                return _wrap(self.number(value), _NEG if value < 0 else _ATOM, outer)
            case Name(id):
                return self.name(id)
            case Neg(operand):
                return _wrap(f"-{self.spell(operand, _NEG)}", _NEG, outer)
            case Binary("^", base, exponent):
                return _wrap(f"{self.spell(base, _ATOM)} ** {self.spell(exponent, _ATOM)}", _POWER, outer)
            case Binary(op, left, right):
                mine = _BINDING[op]
                return _wrap(f"{self.spell(left, mine)} {op} {self.spell(right, mine + 1)}", mine, outer)
            case Relation(op, left, right):
                text = f"{self.spell(left, _SUM)} {_RELATIONS[op]} {self.spell(right, _SUM)}"
                return _wrap(text, _RELATION, outer)
            case Logic(op, left, right):
                mine = _OR if op == "or" else _AND
                return _wrap(f"{self.spell(left, mine)} {op} {self.spell(right, mine + 1)}", mine, outer)
            case Call(func, args) if func in CALLS:
                return f"{CALLS[func]}({', '.join(self.spell(arg) for arg in args)})"
            case Choose(test, then, otherwise):
                text = f"{self.spell(then, _OR)} if {self.spell(test, _OR)} else {self.spell(otherwise)}"
                return _wrap(text, 0, outer)
            case Call() | Missing():
                raise InternalError(f"numba has no spelling for {expr!r}")


def _wrap(text: str, mine: int, outer: int) -> str:
    return f"({text})" if mine < outer else text
