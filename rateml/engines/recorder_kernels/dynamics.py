"""Functional connectivity of windows, and how alike windows are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rateml.engines.recorder_kernels.options import loop

Matrix = NDArray[np.float64]


@loop
def multiply_add(a: float, b: NDArray[np.float64], total: NDArray[np.float64]) -> None:
    for k in range(total.size):
        total[k] += a * b[k]


@loop
def standardise(series: Matrix) -> None:
    """Every column (sample, column) to mean 0 and length 1; a constant column to NaN."""
    samples, columns = series.shape
    mean, length = np.zeros(columns), np.zeros(columns)
    for k in range(samples):
        for c in range(columns):
            mean[c] += series[k, c]
    for c in range(columns):
        mean[c] /= samples
    for k in range(samples):
        for c in range(columns):
            series[k, c] -= mean[c]
            length[c] += series[k, c] * series[k, c]
    for c in range(columns):
        length[c] = np.sqrt(length[c])
    for k in range(samples):
        for c in range(columns):
            series[k, c] /= length[c]


@loop
def windowed(series: Matrix, width: int, stride: int, out: Matrix) -> None:
    """The upper triangles of the windows' correlations, ``out`` (pair, window), of ``series`` (sample, region)."""
    regions = series.shape[1]
    triangle = np.empty((regions, regions))
    for w in range(out.shape[1]):
        window = series[w * stride : w * stride + width].copy()
        standardise(window)
        triangle[:] = 0.0
        for k in range(width):
            for i in range(regions - 1):
                multiply_add(window[k, i], window[k, i + 1 :], triangle[i, i + 1 :])
        pair = 0
        for i in range(regions):
            for j in range(i + 1, regions):
                out[pair, w] = triangle[i, j]
                pair += 1


@loop
def alike(triangles: Matrix, out: Matrix) -> None:
    """The correlations of windows, ``out`` (window, window), of ``triangles`` (pair, window), which are changed.

    A few rows of the result at a time, so that they stay in the cache while all pairs go by.
    """
    standardise(triangles)
    windows = triangles.shape[1]
    out[:] = 0.0
    for first in range(0, windows, 8):
        for pair in range(triangles.shape[0]):
            for a in range(first, min(first + 8, windows)):
                multiply_add(triangles[pair, a], triangles[pair, a:], out[a, a:])
    for a in range(windows):
        for b in range(a + 1, windows):
            out[b, a] = out[a, b]
