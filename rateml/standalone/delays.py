"""Delays in integration steps."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rateml.errors import UserError

MAX_DELAY_STEPS = 2**31 - 1
"""Kernels index history with 32 bits, as TVB does."""


def delay_steps(lengths_mm: ArrayLike, speed_mm_per_ms: float, dt_ms: float) -> NDArray[np.int64]:
    """Delays in steps, of the shape of ``lengths_mm``: ``rint((L / speed) / dt)``, half to even.

    The order of the divisions is TVB's and part of the contract: another one moves edges by a step. A speed of inf
    means no delay. Raises UserError for a speed or dt that is not above 0, for lengths that are negative or not
    finite, and for delays that no history can hold.
    """
    speed, dt = float(speed_mm_per_ms), float(dt_ms)
    if not speed > 0:
        raise UserError(f"the conduction speed is {speed:g} mm/ms; it must be above 0 (inf = no delay)")
    if not (dt > 0 and math.isfinite(dt)):
        raise UserError(f"dt is {dt:g} ms; it must be a finite number above 0")
    lengths = np.asarray(lengths_mm, dtype=np.float64)
    if not np.all(np.isfinite(lengths) & (lengths >= 0)):
        raise UserError("tract lengths must be finite and not negative")
    with np.errstate(over="ignore"):
        steps = np.rint((lengths / speed) / dt)
    if np.any(steps > MAX_DELAY_STEPS):
        raise UserError(
            f"the longest tract, {lengths.max():g} mm, takes {steps.max():.3g} steps at speed {speed:g} mm/ms and "
            f"dt {dt:g} ms, more than {MAX_DELAY_STEPS:,}; "
            "check the unit of the speed (mm/ms = m/s) and of the lengths (mm)"
        )
    return steps.astype(np.int64)
