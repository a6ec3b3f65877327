"""Expressions as Python for numba."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from rateml.errors import InternalError
from rateml.syntax.expr import Binary, Call, Choose, Expr, Logic, Missing, Name, Neg, Num, Relation

Precision: TypeAlias = Literal["float32", "float64"]

# numpy's scalar functions keep float32 and follow IEEE: log(-1) is nan, in compiled code and out of it.
EXACT_CALLS: Final[Mapping[str, str]] = {
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
    "min": "smaller",
    "max": "larger",
    "pow": "np.power",
    "mod": "modulo",
    "sign": "sign",
    "H": "heaviside",
    "asin": "np.arcsin",
    "acos": "np.arccos",
    "atan": "np.arctan",
    "atan2": "np.arctan2",
    "erf": "math.erf",
    "erfc": "math.erfc",
}
"""Where speed does not matter."""


def lane_calls(bits: int) -> Mapping[str, str]:
    """Inside loops over lanes: functions of the module's own, without branches or calls, where it has them."""
    own = {"exp": "exp", "log": "log", "ln": "log", "sin": "sin", "cos": "cos", "tanh": "tanh"}
    return {**EXACT_CALLS, **{name: f"{function}{bits}" for name, function in own.items()}}


_RELATIONS: Final[Mapping[str, str]] = {"lt": "<", "gt": ">", "leq": "<=", "geq": ">=", "eq": "==", "neq": "!="}
_RELATION, _SUM, _TERM, _NEG, _POWER, _ATOM = range(1, 7)
_BINDING: Final[Mapping[str, int]] = {"+": _SUM, "-": _SUM, "*": _TERM, "/": _TERM, "^": _POWER}


@dataclass(frozen=True)
class NumbaPrinter:
    """``name`` spells a reference, ``calls`` a function; literals are bare in float64, ``REAL(x)`` in float32."""

    name: Callable[[str], str]
    precision: Precision
    calls: Mapping[str, str]

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
                # & and | make no branch; they bind tighter than relations
                return f"({self.spell(left)}) {'|' if op == 'or' else '&'} ({self.spell(right)})"
            case Call(func, args) if func in self.calls:
                return f"{self.calls[func]}({', '.join(self.spell(arg) for arg in args)})"
            case Choose(test, then, otherwise):
                text = f"{self.spell(then, _RELATION)} if {self.spell(test)} else {self.spell(otherwise)}"
                return _wrap(text, 0, outer)
            case Call() | Missing():
                raise InternalError(f"numba has no spelling for {expr!r}")


def _wrap(text: str, mine: int, outer: int) -> str:
    return f"({text})" if mine < outer else text
