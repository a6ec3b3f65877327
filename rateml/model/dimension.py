"""Physical dimensions, units and quantities, in the coherent base 1 ms, 1 mm, 1 nA, 1e-15 kg, 1 K, 1 nmol.

In this base the derived units of the field are whole: mV, nF, uS, and mm/ms (= m/s).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import add, sub
from types import MappingProxyType
from typing import NamedTuple

from rateml.text import Span


class Dimension(NamedTuple):
    """Exponents of mass, length, time, current, temperature and amount of substance.

    A named tuple, because checks compare and multiply them at every node of every expression.
    """

    m: int = 0
    l: int = 0  # noqa: E741  the names are LEMS's
    t: int = 0
    i: int = 0
    k: int = 0
    n: int = 0

    @property
    def exponents(self) -> tuple[int, int, int, int, int, int]:
        return self

    @property
    def base_power(self) -> int:
        """The power of ten of this dimension's base unit in SI."""
        return -15 * self.m - 3 * self.l - 3 * self.t - 9 * self.i - 9 * self.n

    @property
    def dimensionless(self) -> bool:
        return not any(self.exponents)

    def __mul__(self, other: Dimension) -> Dimension:  # type: ignore[override]  # a tuple's is repetition
        return Dimension._make(map(add, self, other))

    def __truediv__(self, other: Dimension) -> Dimension:
        return Dimension._make(map(sub, self, other))

    def __pow__(self, power: int) -> Dimension:
        return Dimension(*(a * power for a in self.exponents))

    def root(self) -> Dimension | None:
        """The dimension whose square this is, or None when an exponent is odd."""
        if any(e % 2 for e in self.exponents):
            return None
        return Dimension(*(e // 2 for e in self.exponents))

    def __str__(self) -> str:
        if self.dimensionless:
            return "none"
        known = _NAMES.get(self)
        return (
            known
            if known
            else " ".join(
                f"{symbol}^{e}" if e != 1 else symbol
                for symbol, e in zip(
                    ("mass", "length", "time", "current", "temperature", "amount"), self.exponents, strict=True
                )
                if e
            )
        )


NONE = Dimension()
UNKNOWN = Dimension(*(9_999,) * 6)
"""Of something declared with a dimension that does not exist: checks that meet it stay silent."""
TIME = Dimension(t=1)
SPEED = Dimension(l=1, t=-1)

DIMENSIONS: Mapping[str, Dimension] = MappingProxyType(
    {
        "none": NONE,
        "time": TIME,
        "per_time": Dimension(t=-1),
        "length": Dimension(l=1),
        "speed": SPEED,
        "voltage": Dimension(m=1, l=2, t=-3, i=-1),
        "current": Dimension(i=1),
        "conductance": Dimension(m=-1, l=-2, t=3, i=2),
        "capacitance": Dimension(m=-1, l=-2, t=4, i=2),
        "concentration": Dimension(l=-3, n=1),
        "charge": Dimension(t=1, i=1),
    }
)
_NAMES = {dimension: name for name, dimension in DIMENSIONS.items()}


@dataclass(frozen=True, slots=True)
class Unit:
    """``symbol``: value in SI = number * scale * 10**power."""

    symbol: str
    dimension: Dimension
    power: int = 0
    scale: float = 1.0

    def to_base(self, number: str) -> float:
        """The number, written in this unit, in base units: one rounding when ``scale`` is 1."""
        shift = self.power - self.dimension.base_power
        if not shift and self.scale == 1.0:
            return float(number)
        shifted = Decimal(number).scaleb(shift)
        return float(shifted) if self.scale == 1.0 else float(shifted * Decimal(repr(self.scale)))


_D = DIMENSIONS
UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        unit.symbol: unit
        for unit in (
            Unit("s", _D["time"]),
            Unit("ms", _D["time"], -3),
            Unit("us", _D["time"], -6),
            Unit("Hz", _D["per_time"]),
            Unit("kHz", _D["per_time"], 3),
            Unit("per_s", _D["per_time"]),
            Unit("per_ms", _D["per_time"], 3),
            Unit("m", _D["length"]),
            Unit("mm", _D["length"], -3),
            Unit("m_per_s", _D["speed"]),
            Unit("mm_per_ms", _D["speed"]),
            Unit("V", _D["voltage"]),
            Unit("mV", _D["voltage"], -3),
            Unit("A", _D["current"]),
            Unit("nA", _D["current"], -9),
            Unit("pA", _D["current"], -12),
            Unit("nS", _D["conductance"], -9),
            Unit("uS", _D["conductance"], -6),
            Unit("nF", _D["capacitance"], -9),
            Unit("pF", _D["capacitance"], -12),
            Unit("mM", _D["concentration"]),
        )
    }
)


def base_unit(dimension: Dimension) -> str:
    """How results name the base unit of a dimension: ``ms``, ``1/ms``, ``mV``, ``mV^2/ms``, ``1`` for none."""
    if dimension.dimensionless:
        return "1"
    for unit in UNITS.values():
        if unit.dimension == dimension and unit.power == dimension.base_power and unit.scale == 1.0:
            return {"per_ms": "1/ms", "kHz": "1/ms", "mm_per_ms": "mm/ms", "m_per_s": "mm/ms"}.get(
                unit.symbol, unit.symbol
            )
    if dimension == Dimension(m=1):
        return "1e-15 kg"
    return _product(min(_factorings(dimension), key=lambda factors: (len(factors), sum(map(abs, factors.values())))))


def _factorings(dimension: Dimension) -> Iterator[dict[str, int]]:
    """Ways to write a dimension as powers of units: of the base ones alone, and with one of those made of them."""
    symbols = ("(1e-15 kg)", "mm", "ms", "nA", "K", "nmol")
    yield {s: e for s, e in zip(symbols, dimension.exponents, strict=True) if e}
    for symbol in ("mV", "uS", "nF", "mM"):
        unit = UNITS[symbol].dimension
        power = dimension.m * unit.m or dimension.n * unit.n  # what leaves neither kg nor nmol of the unit's own
        left = dimension / unit**power
        if power:
            yield {symbol: power} | {s: e for s, e in zip(symbols, left.exponents, strict=True) if e}


def _product(factors: Mapping[str, int]) -> str:
    over = [s if e == 1 else f"{s}^{e}" for s, e in factors.items() if e > 0]
    under = [s if e == -1 else f"{s}^{-e}" for s, e in factors.items() if e < 0]
    return ("*".join(over) or "1") + "".join(f"/{s}" for s in under)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit: ``value`` is in base units, ``dimension`` is None for a bare number."""

    value: float
    dimension: Dimension | None
    text: str
    span: Span
