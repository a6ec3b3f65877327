"""Numbers with units as they stand on a command line; a bare number is in base units."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

from rateml.diagnostics import Diagnostic
from rateml.errors import UserError
from rateml.model.dimension import TIME, Dimension, Unit, base_unit
from rateml.model.quantity import parse_quantity

MAX_STEPS: Final = 2**34
"""The noise counts steps by fours with 32 bits."""

_TRIED: Final = re.compile(r"\s*[+-]?[0-9.]++(?:[eE][+-]?[0-9]+)?+\s*(?:1\s*/|[A-Za-z/*]).*")
"""A number with something behind it."""
_RATIO: Final = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*(?:\*?\s*1\s*|([A-Za-z]*)\s*)/\s*([A-Za-z]+[0-9]*)")
"""A number with a unit written as a fraction: ``3 mm/ms``, ``2/ms``, ``2 1/ms``."""


def read_value(text: str, dimension: Dimension, units: Mapping[str, Unit], what: str) -> float:
    """The value in base units; UserError that names ``what`` when it is none of that dimension."""
    if text.strip() == "inf":
        return math.inf
    quantity = parse_quantity(text.strip(), units=units)
    if isinstance(quantity, Diagnostic):
        sure = quantity.fixes and "/" not in text  # a fraction is told with the units of the dimension
        help = quantity.help if sure else _spelling(text, dimension, units) or quantity.help
        raise UserError(f"{what}: {quantity.message}" + (f"; {help}" if help else ""))
    if quantity.dimension is not None and dimension.dimensionless and not quantity.dimension.dimensionless:
        raise UserError(
            f"{what}: '{text.strip()}' has the dimension {quantity.dimension}, but this value has no unit: "
            "write the number alone"
        )
    if quantity.dimension is not None and quantity.dimension != dimension:
        raise UserError(
            f"{what}: '{text.strip()}' has the dimension {quantity.dimension}, wanted is {dimension}; "
            f"a number without a unit is in {base_unit(dimension)}"
        )
    return quantity.value


def _spelling(text: str, dimension: Dimension, units: Mapping[str, Unit]) -> str:
    """How to write the unit of ``text``, which was not understood; nothing where no unit was tried."""
    known = [unit.symbol for unit in units.values() if unit.dimension == dimension]
    if not known or dimension.dimensionless or not _TRIED.match(text):
        return ""
    ratio = _RATIO.fullmatch(text.strip())
    name = f"{ratio[2] or ''}_per_{ratio[3]}".removeprefix("_") if ratio else ""
    meant = f"write '{ratio[1]} {name}'; " if ratio and name in known else ""
    return f"{meant}the units of {dimension} are {', '.join(known)}"


def read_time(text: str, units: Mapping[str, Unit], what: str) -> float:
    """A finite time in ms."""
    time = read_value(text, TIME, units, what)
    if not math.isfinite(time):
        raise UserError(f"{what}: '{text}' must be finite, such as 500 ms")
    return time


def whole_steps(time: float, dt: float, what: str) -> int:
    """How many steps of dt a time is; UserError that names the nearest when it is no whole number."""
    if abs(time / dt) >= MAX_STEPS:
        raise UserError(
            f"{what}: {time:g} ms are {time / dt:.3g} steps of {dt:g} ms, more than {MAX_STEPS:,} cannot be counted"
        )
    steps = round(time / dt)
    if not math.isclose(time, steps * dt, rel_tol=1e-9, abs_tol=1e-9 * dt):
        nearest = max(1, steps) * dt
        raise UserError(
            f"{what}: {time:g} ms is no whole number of steps of {dt:g} ms; the nearest is {nearest:.12g} ms"
        )
    return steps
