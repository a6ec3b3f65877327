"""The functions an expression may call: one table that parser, checks, passes and printers share.

``core`` functions exist in both LEMS simulators; the rest are RateML's own, and a file that uses one is
not portable. ``H(0)`` is 0.5. ``random(a)`` is uniform on [0, a) and stands only in OnStart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Function:
    """Name, number of arguments, whether both LEMS simulators know it, and what a hover says."""

    name: str
    arity: int
    core: bool
    summary: str


_TABLE = (
    Function("exp", 1, True, "e raised to x"),
    Function("log", 1, True, "natural logarithm"),
    Function("sqrt", 1, True, "square root"),
    Function("sin", 1, True, "sine, x in radians"),
    Function("cos", 1, True, "cosine, x in radians"),
    Function("tan", 1, True, "tangent, x in radians"),
    Function("sinh", 1, True, "hyperbolic sine"),
    Function("cosh", 1, True, "hyperbolic cosine"),
    Function("tanh", 1, True, "hyperbolic tangent"),
    Function("abs", 1, True, "absolute value"),
    Function("ceil", 1, True, "least whole number not below x"),
    Function("random", 1, True, "uniform random number in [0, a); only in OnStart"),
    Function("ln", 1, False, "natural logarithm"),
    Function("floor", 1, False, "greatest whole number not above x"),
    Function("min", 2, False, "the smaller of two values"),
    Function("max", 2, False, "the larger of two values"),
    Function("pow", 2, False, "x raised to y"),
    Function("mod", 2, False, "x - y*floor(x/y)"),
    Function("sign", 1, False, "-1, 0 or 1"),
    Function("H", 1, False, "Heaviside step, H(0) = 0.5"),
    Function("asin", 1, False, "inverse sine"),
    Function("acos", 1, False, "inverse cosine"),
    Function("atan", 1, False, "inverse tangent"),
    Function("atan2", 2, False, "angle of the point (x, y), arguments y, x"),
    Function("erf", 1, False, "error function"),
    Function("erfc", 1, False, "complementary error function"),
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType({f.name: f for f in _TABLE})

JUMPS = frozenset({"ceil", "floor", "mod", "sign", "H"})
"""Functions that jump: there, one rounding of the argument decides between two values."""
