"""Running mean and variance, and running co-moments of regions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rateml.engines.recorder_kernels.elementary import direction
from rateml.engines.recorder_kernels.options import loop

Real = NDArray[np.floating]


@loop
def update(x: Real, weight: float, mean: NDArray[np.float64], squares: NDArray[np.float64]) -> None:
    for lane in range(mean.size):
        delta = x[lane] - mean[lane]
        new = mean[lane] + delta * weight
        squares[lane] += delta * (x[lane] - new)
        mean[lane] = new


@loop
def update_four(
    a: Real, b: Real, c: Real, d: Real, weights: NDArray[np.float64], mean: NDArray[np.float64],
    squares: NDArray[np.float64],
) -> None:  # fmt: skip
    """Four times ``update``, the same operations: the moments are read and written once."""
    w0, w1, w2, w3 = weights[0], weights[1], weights[2], weights[3]
    for lane in range(mean.size):
        x0, x1, x2, x3 = float(a[lane]), float(b[lane]), float(c[lane]), float(d[lane])
        m = mean[lane]
        m0 = m + (x0 - m) * w0
        m1 = m0 + (x1 - m0) * w1
        m2 = m1 + (x2 - m1) * w2
        m3 = m2 + (x3 - m2) * w3
        mean[lane] = m3
        s = squares[lane] + (x0 - m) * (x0 - m0)
        s = s + (x1 - m0) * (x1 - m1)
        s = s + (x2 - m1) * (x2 - m2)
        squares[lane] = s + (x3 - m2) * (x3 - m3)


@loop
def update_rows(
    seen: Real, weights: NDArray[np.float64], mean: NDArray[np.float64], squares: NDArray[np.float64]
) -> None:
    """All rows of ``seen`` (row, exposure, lane)."""
    row = 0
    while row + 4 <= seen.shape[0]:
        a, b, c, d = seen[row], seen[row + 1], seen[row + 2], seen[row + 3]
        update_four(a, b, c, d, weights[row : row + 4], mean, squares)
        row += 4
    while row < seen.shape[0]:
        update(seen[row], weights[row], mean, squares)
        row += 1


@loop
def update_direction(
    x: Real, per_turn: float, weight: float, cosine: NDArray[np.float64], sine: NDArray[np.float64]
) -> None:
    for lane in range(cosine.size):
        c, s = direction(x[lane] * per_turn)
        cosine[lane] += (c - cosine[lane]) * weight
        sine[lane] += (s - sine[lane]) * weight


@loop
def welford(
    seen: Real,
    columns: NDArray[np.int64],
    periods: NDArray[np.float64],
    weights: NDArray[np.float64],
    moments: NDArray[np.float64],
) -> None:
    """Add steps ``seen`` (exposure, region, row, lane) to ``moments`` (region, variable, 2, lane).

    The moments are mean and sum of squared deviations (Welford 1962, Technometrics 4:419), or the mean cosine and
    sine of what has a period; ``weights`` (row) is one over the number of steps seen.
    """
    for i in range(seen.shape[1]):
        for v in range(columns.size):
            first, second = moments[i, v, 0], moments[i, v, 1]
            if periods[v] > 0.0:
                for row in range(seen.shape[2]):
                    update_direction(seen[columns[v], i, row], 1.0 / periods[v], weights[row], first, second)
            else:
                update_rows(seen[columns[v], i], weights, first, second)


@loop
def deviate(
    x: Real,
    weight: float,
    mean: NDArray[np.float64],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
) -> None:
    for lane in range(mean.size):
        before[lane] = x[lane] - mean[lane]
        mean[lane] += before[lane] * weight
        after[lane] = x[lane] - mean[lane]


@loop
def accumulate(before: NDArray[np.float64], after: NDArray[np.float64], moments: NDArray[np.float64]) -> None:
    """Every region's co-moment with itself and those after it: moments (pair, lane) in C order of the triangle."""
    pair = 0
    for i in range(before.shape[0]):
        for j in range(i, before.shape[0]):
            multiply_add(before[i], after[j], moments[pair])
            pair += 1


@loop
def multiply_add(a: NDArray[np.float64], b: NDArray[np.float64], total: NDArray[np.float64]) -> None:
    for lane in range(total.size):
        total[lane] += a[lane] * b[lane]


@loop
def comoments(
    samples: NDArray[np.float64],
    count: int,
    means: NDArray[np.float64],
    moments: NDArray[np.float64],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
) -> None:
    """Add ``samples`` (sample, variable, region, lane) to what ``count`` samples before them left.

    ``means`` is (variable, region, lane), ``moments`` (variable, pair, lane) with the diagonal among the pairs:
    ``M_ij += (x_i - mean_i before) (x_j - mean_j after)`` (Welford's update for two variables). ``before`` and
    ``after`` (region, lane) are room to work.
    """
    for k in range(samples.shape[0]):
        weight = 1.0 / (count + k + 1)
        for v in range(samples.shape[1]):
            for i in range(samples.shape[2]):
                deviate(samples[k, v, i], weight, means[v, i], before[i], after[i])
            accumulate(before, after, moments[v])
