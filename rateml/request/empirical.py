"""Measured functional connectivity that simulations are compared with: ``--target-fc``, ``--target-fcd``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rateml.errors import UserError
from rateml.request.arrays import load_arrays
from rateml.request.monitors import Kind, Monitor
from rateml.request.windows import Windows

_SYMMETRIC = 1e-6


@dataclass(frozen=True)
class Targets:
    """``fc`` is the upper triangle (pair,), ``fcd`` entries in any order (n,); None where nothing was given."""

    fc: NDArray[np.float64] | None = None
    fcd: NDArray[np.float64] | None = None


def read_targets(fc: Path | None, fcd: Path | None, monitors: Sequence[Monitor], n_nodes: int) -> Targets:
    """The targets of a run; UserError when a file does not fit or no monitor makes what it is compared with."""
    triangle = entries = None
    if fc is not None:
        what = f"--target-fc {fc}"
        _monitor(monitors, "fc", what, "fc:bold")
        triangle = _read_fc(fc, n_nodes, what)
    if fcd is not None:
        what = f"--target-fcd {fcd}"
        windows = _monitor(monitors, "fcd", what, "fcd:60s:2s").windows
        assert windows is not None
        entries = _read_fcd(fcd, windows, what)
    return Targets(triangle, entries)


def _monitor(monitors: Sequence[Monitor], kind: Kind, what: str, example: str) -> Monitor:
    found = next((m for m in monitors if m.kind == kind), None)
    if found is None:
        raise UserError(f"{what}: nothing is recorded to compare it with; add --monitor {example}")
    if len(found.variables) > 1:
        raise UserError(
            f"{what}: --monitor {found.text} records {len(found.variables)} variables; name one, such as {example}:VAR"
        )
    return found


def _read_fc(path: Path, n_nodes: int, what: str) -> NDArray[np.float64]:
    values = _read(path, what)
    pairs = n_nodes * (n_nodes - 1) // 2
    if values.shape == (n_nodes, n_nodes):
        _check_symmetric(values, what)
        triangle = values[np.triu_indices(n_nodes, 1)]
    elif values.shape == (pairs,):
        triangle = values
    else:
        raise UserError(
            f"{what}: it has shape {values.shape}; the connectome needs a matrix ({n_nodes}, {n_nodes}) in the order "
            f"of its regions, or its upper triangle ({pairs},) in C order"
        )
    _check_correlations(triangle, what)
    if triangle.size < 2 or np.ptp(triangle) == 0:
        raise UserError(f"{what}: all its correlations are equal, so that nothing can correlate with them")
    return triangle


def _read_fcd(path: Path, windows: Windows, what: str) -> NDArray[np.float64]:
    values = _read(path, what)
    if values.ndim == 2 and values.shape[0] == values.shape[1]:
        _check_symmetric(values, what)
        values = values[windows.apart(len(values))]
        if not values.size:
            raise UserError(
                f"{what}: with a window of {windows.width} and a step of {windows.stride} samples none of its "
                "windows are without overlap; give a matrix of a longer recording, or its entries as a vector"
            )
    elif values.ndim != 1 or not values.size:
        raise UserError(
            f"{what}: it has shape {values.shape}; give a square matrix (window, window) of the same window and step "
            "as the monitor, or a vector of the entries to compare with"
        )
    _check_correlations(values, what)
    return values


def _read(path: Path, what: str) -> NDArray[np.float64]:
    arrays, _ = load_arrays(path, what)
    if list(arrays) != [""]:
        raise UserError(f"{what}: it holds several arrays; save one with numpy.save")
    return arrays[""]


def _check_symmetric(values: NDArray[np.float64], what: str) -> None:
    off = values - values.T
    np.fill_diagonal(off, 0.0)
    worst = float(np.nanmax(np.abs(off), initial=0.0))
    if worst > _SYMMETRIC:
        i, j = (int(k) for k in np.unravel_index(int(np.nanargmax(np.abs(off))), off.shape))
        raise UserError(
            f"{what}: the matrix is not symmetric, [{i}, {j}] is {values[i, j]:g} and [{j}, {i}] {values[j, i]:g}; "
            "save the mean of it and its transpose if that is meant"
        )


def _check_correlations(values: NDArray[np.float64], what: str) -> None:
    if not np.isfinite(values).all():
        raise UserError(f"{what}: it holds values that are not finite; give correlations, not their Fisher z")
    largest = float(np.abs(values).max())
    if largest > 1.0 and not math.isclose(largest, 1.0, rel_tol=1e-6):
        raise UserError(f"{what}: it holds {largest:g}, no correlation; give correlations, not their Fisher z")
