"""Means over windows of steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rateml.engines.recorder_kernels.elementary import angle, direction
from rateml.engines.recorder_kernels.options import loop

Real = NDArray[np.floating]


@loop
def add(x: Real, total: NDArray[np.float64]) -> None:
    for lane in range(total.size):
        total[lane] += x[lane]


@loop
def add_four(a: Real, b: Real, c: Real, d: Real, total: NDArray[np.float64]) -> None:
    """The sums of four times ``add``, in the same order: the totals are read and written once."""
    for lane in range(total.size):
        total[lane] = (((total[lane] + a[lane]) + b[lane]) + c[lane]) + d[lane]


@loop
def add_direction(x: Real, per_turn: float, cosine: NDArray[np.float64], sine: NDArray[np.float64]) -> None:
    for lane in range(cosine.size):
        c, s = direction(x[lane] * per_turn)
        cosine[lane] += c
        sine[lane] += s


@loop
def close(every: int, total: NDArray[np.float64], mean: Real) -> None:
    for lane in range(total.size):
        mean[lane] = total[lane] / every
        total[lane] = 0.0


@loop
def close_direction(period: float, cosine: NDArray[np.float64], sine: NDArray[np.float64], mean: Real) -> None:
    scale = period / (2.0 * np.pi)
    for lane in range(cosine.size):
        turned = angle(sine[lane], cosine[lane]) * scale
        turned = turned + period if turned < 0.0 else turned
        # a tiny negative angle rounds up to a whole period; NaN stays
        mean[lane] = 0.0 if turned >= period else turned
        cosine[lane] = 0.0
        sine[lane] = 0.0


@loop
def add_rows(seen: Real, start: int, stop: int, total: NDArray[np.float64]) -> None:
    """Add rows ``start`` to ``stop`` of ``seen`` (row, exposure, lane)."""
    row = start
    while row + 4 <= stop:
        add_four(seen[row], seen[row + 1], seen[row + 2], seen[row + 3], total)
        row += 4
    while row < stop:
        add(seen[row], total)
        row += 1


@loop
def average(
    seen: Real,
    columns: NDArray[np.int64],
    periods: NDArray[np.float64],
    every: int,
    phase: int,
    sums: NDArray[np.float64],
    means: Real,
) -> None:
    """Add steps ``seen`` (exposure, region, row, lane) to ``sums`` (region, variable, 2, lane).

    ``phase`` steps of the window under way are in the sums already: plain in the first, or cosine and sine of what
    has a period. Full windows go to ``means`` (window, variable, region, lane).
    """
    rows = seen.shape[2]
    for i in range(seen.shape[1]):
        start, left, window = 0, every - phase, 0
        while start < rows:
            stop = min(start + left, rows)
            for v in range(columns.size):
                if periods[v] > 0.0:
                    for row in range(start, stop):
                        add_direction(seen[columns[v], i, row], 1.0 / periods[v], sums[i, v, 0], sums[i, v, 1])
                else:
                    add_rows(seen[columns[v], i], start, stop, sums[i, v, 0])
            left -= stop - start
            if left == 0:
                for v in range(columns.size):
                    if periods[v] > 0.0:
                        close_direction(periods[v], sums[i, v, 0], sums[i, v, 1], means[window, v, i])
                    else:
                        close(every, sums[i, v, 0], means[window, v, i])
                left = every
                window += 1
            start = stop
