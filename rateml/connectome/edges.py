"""The edges of a network as compressed sparse rows, and their delays in integration steps."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rateml.connectome.connectome import Tracts
from rateml.errors import UserError

MAX_DELAY_STEPS = 2**31 - 1
"""Kernels index history with 32 bits, as TVB does."""


@dataclass(frozen=True, eq=False)
class Edges:
    """The E edges of N nodes by target row, sources ascending within a row.

    Those into node i are ``start[i]:start[i + 1]``. ``start`` (N+1) int64, ``source`` (E) int32, ``weight`` (E)
    float64, ``length`` (E) float64 in mm. All arrays are read-only.
    """

    start: NDArray[np.int64]
    source: NDArray[np.int32]
    weight: NDArray[np.float64]
    length: NDArray[np.float64]

    @classmethod
    def from_tracts(cls, tracts: Tracts) -> Edges:
        """The edges where the weight is not 0; the diagonal counts."""
        target, source = np.nonzero(tracts.weights)
        start = np.zeros(tracts.weights.shape[0] + 1, dtype=np.int64)
        np.cumsum(np.bincount(target, minlength=tracts.weights.shape[0]), out=start[1:])
        edges = cls(start, source.astype(np.int32), tracts.weights[target, source], tracts.lengths[target, source])
        for array in (edges.start, edges.source, edges.weight, edges.length):
            array.flags.writeable = False
        return edges

    @property
    def n_nodes(self) -> int:
        """N."""
        return self.start.size - 1

    @property
    def n_edges(self) -> int:
        """E."""
        return self.source.size

    @property
    def target(self) -> NDArray[np.int32]:
        """(E) int32: the target of each edge."""
        return np.repeat(np.arange(self.n_nodes, dtype=np.int32), np.diff(self.start))


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
