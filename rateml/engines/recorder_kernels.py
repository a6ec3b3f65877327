"""The inner loops of the monitors; ``recorders.py`` imports this file from the cache of compiled code."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Real = NDArray[np.floating]


@njit(cache=True, nogil=True, error_model="numpy")
def average(
    seen: Real,
    columns: NDArray[np.int64],
    periods: NDArray[np.float64],
    every: int,
    count: int,
    sums: NDArray[np.float64],
    out: Real,
) -> None:
    """Add steps to the sums (two per value: plain in the first, or cosine and sine) and write full windows."""
    for row in range(seen.shape[0]):
        number = count + row + 1
        full = number % every == 0
        sample = number // every - 1
        for v in range(columns.size):
            scale = 2.0 * np.pi / periods[v] if periods[v] > 0.0 else 0.0
            for i in range(seen.shape[2]):
                value = float(seen[row, columns[v], i])
                if scale > 0.0:
                    sums[0, v, i] += np.cos(scale * value)
                    sums[1, v, i] += np.sin(scale * value)
                else:
                    sums[0, v, i] += value
                if full and sample < out.shape[0]:
                    if scale > 0.0:
                        turn = np.arctan2(sums[1, v, i], sums[0, v, i]) / scale
                        turn = turn if turn >= 0.0 else turn + periods[v]
                        out[sample, v, i] = turn if turn < periods[v] else 0.0
                    else:
                        out[sample, v, i] = sums[0, v, i] / every
                    sums[0, v, i] = 0.0
                    sums[1, v, i] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def welford(
    seen: Real,
    columns: NDArray[np.int64],
    periods: NDArray[np.float64],
    count: int,
    moments: NDArray[np.float64],
) -> None:
    """Moments (2, variable, region): mean and sum of squares, or the mean cosine and sine of an angle."""
    for row in range(seen.shape[0]):
        weight = 1.0 / (count + row + 1)
        for v in range(columns.size):
            scale = 2.0 * np.pi / periods[v] if periods[v] > 0.0 else 0.0
            for i in range(seen.shape[2]):
                value = float(seen[row, columns[v], i])
                if scale > 0.0:
                    moments[0, v, i] += (np.cos(scale * value) - moments[0, v, i]) * weight
                    moments[1, v, i] += (np.sin(scale * value) - moments[1, v, i]) * weight
                else:
                    delta = value - moments[0, v, i]
                    moments[0, v, i] += delta * weight
                    moments[1, v, i] += delta * (value - moments[0, v, i])
