"""Numbers with units as they stand on a command line; a bare number is in base units."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rateml.diagnostics import Diagnostic
from rateml.errors import UserError
from rateml.model.dimension import TIME, Dimension, Unit, base_unit
from rateml.model.quantity import parse_quantity


def read_value(text: str, dimension: Dimension, units: Mapping[str, Unit], what: str) -> float:
    """The value in base units; UserError that names ``what`` when it is none of that dimension."""
    if text.strip() == "inf":
        return math.inf
    quantity = parse_quantity(text.strip(), units=units)
    if isinstance(quantity, Diagnostic):
        raise UserError(f"{what}: {quantity.message}" + (f"; {quantity.help}" if quantity.help else ""))
    if quantity.dimension is not None and quantity.dimension != dimension:
        wanted = f"has the dimension {dimension} (base unit {base_unit(dimension)})"
        raise UserError(f"{what}: '{text}' is a {quantity.dimension}, but {what} {wanted}")
    return quantity.value


def read_time(text: str, units: Mapping[str, Unit], what: str) -> float:
    """A time in ms."""
    return read_value(text, TIME, units, what)


def whole_steps(time: float, dt: float, what: str) -> int:
    """How many steps of dt a time is; UserError that names the nearest when it is no whole number."""
    steps = round(time / dt)
    if not math.isclose(time, steps * dt, rel_tol=1e-9, abs_tol=1e-9 * dt):
        nearest = max(1, steps) * dt
        raise UserError(
            f"{what}: {time:g} ms is no whole number of steps of {dt:g} ms; the nearest is {nearest:.12g} ms"
        )
    return steps
