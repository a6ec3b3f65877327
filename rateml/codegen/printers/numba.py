"""Expressions as Python for numba."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from rateml.codegen.printers.infix import RELATION, InfixPrinter, wrap
from rateml.ir.program import Precision
from rateml.syntax.expr import Choose, Logic

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


@dataclass(frozen=True)
class NumbaPrinter(InfixPrinter):
    """``name`` spells a reference, ``calls`` a function; literals are bare in float64, ``REAL(x)`` in float32."""

    name: Callable[[str], str]
    precision: Precision
    calls: Mapping[str, str]

    def number(self, value: float) -> str:
        return repr(value) if self.precision == "float64" else f"REAL({value!r})"

    def reference(self, name: str) -> str:
        return self.name(name)

    def function(self, name: str) -> str | None:
        return self.calls.get(name)

    def logic(self, expr: Logic) -> str:
        # & and | make no branch; they bind tighter than relations
        return f"({self.spell(expr.left)}) {'|' if expr.op == 'or' else '&'} ({self.spell(expr.right)})"

    def choice(self, expr: Choose, outer: int) -> str:
        then, otherwise = self.spell(expr.then, RELATION), self.spell(expr.otherwise)
        return wrap(f"{then} if {self.spell(expr.test)} else {otherwise}", 0, outer)
