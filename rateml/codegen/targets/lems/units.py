"""The dimensions and units that a LEMS file declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rateml.codegen.printers.lems import number
from rateml.model.dimension import DIMENSIONS, Dimension, Unit

_BASES: Final = ("mass", "length", "time", "current", "temperature", "amount")


class Units:
    """Names dimensions and writes quantities; ``dimensions`` and ``units`` are what was needed for it."""

    def __init__(self, known: Mapping[str, Unit]) -> None:
        self._known = known
        self._named = {dimension: name for name, dimension in DIMENSIONS.items()}
        self.dimensions: dict[str, Dimension] = {}
        self.units: dict[str, tuple[str, int]] = {}
        """The name of the dimension and the power of ten, by symbol."""

    def dimension(self, dimension: Dimension) -> str:
        """``none``, a name of NeuroML's core, or one like ``voltage`` spelled out: ``mass_length2_per_time3``."""
        if dimension.dimensionless:
            return "none"
        name = self._named.get(dimension) or _spelled(dimension)
        self.dimensions[name] = dimension
        return name

    def quantity(self, value: float, dimension: Dimension) -> str:
        """A value in base units with its unit."""
        name = self.dimension(dimension)
        if name == "none":
            return number(value)
        power = dimension.base_power
        fitting = [
            unit.symbol
            for unit in self._known.values()
            if (unit.dimension, unit.power, unit.scale) == (dimension, power, 1.0)
        ]
        symbol = max(fitting, key=len, default=f"base_{name}")  # the longest says most: per_ms, not kHz
        self.units[symbol] = (name, power)
        return f"{number(value)} {symbol}"


def exponents(dimension: Dimension) -> dict[str, int]:
    """LEMS's attributes of a Dimension."""
    return {letter: power for letter, power in dimension._asdict().items() if power}


def _spelled(dimension: Dimension) -> str:
    powers = list(zip(_BASES, dimension.exponents, strict=True))
    over = [f"{base}{power if power > 1 else ''}" for base, power in powers if power > 0]
    under = [f"per_{base}{-power if power < -1 else ''}" for base, power in powers if power < 0]
    return "_".join((*over, *under))
