"""The transposition of samples of many lanes into the order of the store."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rateml.engines.recorder_kernels.options import loop

Real = NDArray[np.floating]
Places = NDArray[np.int64]


@loop
def copy(x: Real, out: Real) -> None:
    for k in range(out.size):
        out[k] = x[k]


@loop
def spread_tile(tile: Real, sample: int, variable: int, first: int, places: Places, out: Real) -> None:
    """Write ``tile`` (region, lane) from lane ``first`` on into one sample of ``out``, each lane at its place."""
    for k in range(places.size):
        lane = first + k
        row = out[places[k], sample, variable]
        for i in range(tile.shape[0]):
            row[i] = tile[i, lane]


@loop
def spread(samples: Real, at: int, first: int, places: Places, out: Real) -> None:
    """Write ``samples`` (sample, variable, region, lane) into ``out`` (place, sample, variable, region) from ``at``.

    Lane ``first`` has the first of ``places``, and so on.
    """
    for sample in range(min(samples.shape[0], out.shape[1] - at)):
        for v in range(samples.shape[1]):
            spread_tile(samples[sample, v], at + sample, v, first, places, out)


@loop
def spread_rows(seen: Real, columns: NDArray[np.int64], at: int, first: int, places: Places, out: Real) -> None:
    """Write rows ``seen`` (exposure, region, row, lane) as ``spread`` does samples."""
    # regions lie far apart, by a power of two as a rule, which a cache holds badly: gathered first
    tile = np.empty((seen.shape[1], places.size), out.dtype)
    for row in range(min(seen.shape[2], out.shape[1] - at)):
        for v in range(columns.size):
            for i in range(seen.shape[1]):
                copy(seen[columns[v], i, row, first : first + places.size], tile[i])
            spread_tile(tile, at + row, v, 0, places, out)
