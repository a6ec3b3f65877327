"""Numbers with units as they stand on a command line; a bare number is in base units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from rateml.diagnostics import Diagnostic
from rateml.errors import UserError
from rateml.model.dimension import TIME, Dimension, Unit, base_unit
from rateml.model.quantity import parse_quantity

MAX_STEPS: Final = 2**34
"""The noise counts steps by fours with 32 bits."""


def read_value(text: str, dimension: Dimension, units: Mapping[str, Unit], what: str) -> float:
    """The value in base units; UserError that names ``what`` when it is none of that dimension."""
    if text.strip() == "inf":
        return math.inf
    quantity = parse_quantity(text.strip(), units=units)
    if isinstance(quantity, Diagnostic):
        raise UserError(f"{what}: {quantity.message}" + (f"; {quantity.help}" if quantity.help else ""))
    if quantity.dimension is not None and quantity.dimension != dimension:
        raise UserError(
            f"{what}: '{text.strip()}' has the dimension {quantity.dimension}, wanted is {dimension}; "
            f"a number without a unit is in {base_unit(dimension)}"
        )
    return quantity.value


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
