"""Expressions as Python for TVB: of single numbers for compiled code, or of arrays for numpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from rateml.codegen.printers.infix import ATOM, LOGIC, InfixPrinter
from rateml.syntax.expr import Choose, Expr, Logic, Neg, Num

CALLS: Final[Mapping[str, str]] = {
    "exp": "numpy.exp",
    "log": "numpy.log",
    "ln": "numpy.log",
    "sqrt": "numpy.sqrt",
    "sin": "numpy.sin",
    "cos": "numpy.cos",
    "tan": "numpy.tan",
    "sinh": "numpy.sinh",
    "cosh": "numpy.cosh",
    "tanh": "numpy.tanh",
    "abs": "numpy.abs",
    "ceil": "numpy.ceil",
    "floor": "numpy.floor",
    "min": "numpy.minimum",
    "max": "numpy.maximum",
    "pow": "numpy.power",
    "mod": "modulo",
    "sign": "numpy.sign",
    "H": "heaviside",
    "asin": "numpy.arcsin",
    "acos": "numpy.arccos",
    "atan": "numpy.arctan",
    "atan2": "numpy.arctan2",
}
"""``modulo`` and ``heaviside`` are the generated module's own."""

ERROR_FUNCTIONS: Final = frozenset({"erf", "erfc"})
"""Of math for single numbers, of scipy, which TVB needs itself, for arrays."""

WHOLE_EXPONENT: Final = 16
"""Whole exponents up to this are spelled as integers, which compiled code multiplies out."""


@dataclass(frozen=True)
class TvbPrinter(InfixPrinter):
    """``name`` spells a reference; with ``arrays`` a choice and a logical operation work element by element."""

    name: Callable[[str], str]
    arrays: bool

    def reference(self, name: str) -> str:
        return self.name(name)

    def function(self, name: str) -> str | None:
        if name in ERROR_FUNCTIONS:
            return f"{'special' if self.arrays else 'math'}.{name}"
        return CALLS.get(name)

    def logic(self, expr: Logic) -> str:
        if self.arrays:
            # & and | bind tighter than relations
            return f"(({self.spell(expr.left)}) {'|' if expr.op == 'or' else '&'} ({self.spell(expr.right)}))"
        return f"({self.spell(expr.left, LOGIC)} {expr.op} {self.spell(expr.right, LOGIC)})"

    def choice(self, expr: Choose, outer: int) -> str:
        test, then, otherwise = (self.spell(part) for part in (expr.test, expr.then, expr.otherwise))
        return f"numpy.where({test}, {then}, {otherwise})" if self.arrays else f"({then} if {test} else {otherwise})"

    def exponent(self, expr: Expr) -> str:
        match expr:
            case Num(value) if value.is_integer() and abs(value) <= WHOLE_EXPONENT:
                return str(int(value))
            case Neg(Num(value)) if value.is_integer() and abs(value) <= WHOLE_EXPONENT:
                return str(-int(value))
        return self.spell(expr, ATOM)
