"""Expressions as CUDA C++."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rateml.codegen.printers.infix import NEG, RELATION, InfixPrinter, wrap
from rateml.ir.deciding import decides
from rateml.ir.program import Precision
from rateml.syntax.expr import Binary, Call, Choose, Expr, Logic, Name, Neg

CALLS: Final[Mapping[str, str]] = {
    **{
        name: name
        for name in (
            *("exp", "log", "sqrt", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "atan2"),
            *("ceil", "floor", "pow", "erf", "erfc", "sign"),
        )
    },
    "sin": "sine",
    "cos": "cosine",
    "ln": "log",
    "abs": "fabs",
    "min": "smaller",
    "max": "larger",
    "mod": "modulo",
    "H": "heaviside",
}
"""C++ chooses float's or double's by the arguments."""


@dataclass(frozen=True)
class CudaPrinter(InfixPrinter):
    """Arithmetic is C's too; ``name`` spells a reference, literals have the precision, names ``near`` are wrapped.

    ``decides``: one rounding decides, so that quotients are those of IEEE 754, in float32 too.
    """

    name: Callable[[str], str]
    precision: Precision
    near: frozenset[str] = frozenset()
    decides: bool = False

    def spell(self, expr: Expr, outer: int = 0) -> str:
        match expr:
            case _ if decides(expr) and not self.decides:
                return replace(self, decides=True).spell(expr, outer)
            case Binary("/", over, under) if self.decides:
                return f"quotient({self.spell(over)}, {self.spell(under)})"
            case Call("cos", (Neg(operand) | operand,)):
                return f"{self._near('cosine', operand)}({self.spell(operand)})"
            case Call("sin", (Neg(operand),)):  # of the same operand as elsewhere, so that it is computed once
                return wrap(f"-{self._near('sine', operand)}({self.spell(operand)})", NEG, outer)
            case Call("sin", (operand,)):
                return f"{self._near('sine', operand)}({self.spell(operand)})"
        return super().spell(expr, outer)

    def _near(self, function: str, operand: Expr) -> str:
        near = isinstance(operand, Name) and operand.id in self.near
        return f"near_{function}" if near else function

    def power(self, base: Expr, exponent: Expr, outer: int) -> str:
        return f"pow({self.spell(base)}, {self.spell(exponent)})"

    def number(self, value: float) -> str:
        return repr(float(value)) + ("f" if self.precision == "float32" else "")

    def reference(self, name: str) -> str:
        return self.name(name)

    def function(self, name: str) -> str | None:
        return CALLS.get(name)

    def logic(self, expr: Logic) -> str:
        # & and | make no branch
        return f"({self.spell(expr.left)}) {'|' if expr.op == 'or' else '&'} ({self.spell(expr.right)})"

    def choice(self, expr: Choose, outer: int) -> str:
        test, then, otherwise = (self.spell(e, RELATION) for e in (expr.test, expr.then, expr.otherwise))
        # either is computed: a branch would keep the simulations of a thread from being computed side by side
        return f"choose({test}, {then}, {otherwise})"
