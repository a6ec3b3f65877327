"""Matrices: one square array of one simulation, over regions or windows."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import xarray
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from rateml.errors import UserError
from rateml.results.layout import PAIR, PAIR_LABELS
from rateml.results.selection import View, axis_label, one_simulation, one_variable, value_label

MOST_LABELS = 40
_SIDES = (("region", "region_2"), ("window", "window_2"))


def draw_matrix(seen: View) -> Figure:
    """Draw a square array of the first selected simulation that ran, an upper triangle as the whole matrix.

    Raises UserError when the array is none.
    """
    sides = next((s for s in _SIDES if set(s) <= set(seen.values.dims)), None)
    if sides is None and PAIR not in seen.values.dims:
        have = ", ".join(map(str, seen.values.dims)) or "no dimension"
        raise UserError(f"{seen.values.name!r} is no region × region_2 matrix, it runs over: {have}")
    seen, variable = one_variable(one_simulation(seen))
    extra = [str(d) for d in seen.values.dims if d not in (sides or (PAIR,))]
    if extra:
        raise UserError(f"the matrix {seen.values.name!r} needs one value selected of: {', '.join(extra)}")
    if sides is None:
        sides = _SIDES[0]
        seen = replace(seen, values=unfold(seen.values))
    data = np.asarray(seen.values.transpose(*sides).values, dtype=np.float64)
    figure = Figure(figsize=(6.6, 5.8), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    low, high, extend = _limits(data)
    drawn = axes.imshow(np.ma.masked_invalid(data), cmap="viridis", interpolation="nearest", vmin=low, vmax=high)
    axes.set_facecolor("#dddddd")
    figure.colorbar(drawn, ax=axes, label=value_label(seen.values, variable), shrink=0.85, extend=extend)
    _ticks(axes.yaxis, seen, sides[0])
    _ticks(axes.xaxis, seen, sides[1])
    axes.tick_params(axis="x", rotation=90)
    axes.set_ylabel(axis_label(seen.values, sides[0]))
    axes.set_xlabel(axis_label(seen.values, sides[1]))
    axes.set_title(" · ".join([f"{seen.values.name}", *seen.fixed]), fontsize="medium")
    return figure


def unfold(triangle: xarray.DataArray) -> xarray.DataArray:
    """The symmetric matrix (region, region_2), 1 on its diagonal, of an upper triangle (pair,) of correlations."""
    pairs = triangle.sizes[PAIR]
    size = round((1 + np.sqrt(1 + 8 * pairs)) / 2)
    rows, columns = np.triu_indices(size, 1)
    matrix = np.eye(size)
    matrix[rows, columns] = matrix[columns, rows] = triangle.values
    first, second = (np.asarray(triangle[name].values) for name in PAIR_LABELS)
    labels = [*first[:1], *second[: size - 1]]  # the first region's pairs go through all others
    coords = {"region": labels, "region_2": labels}
    return xarray.DataArray(matrix, coords, ("region", "region_2"), triangle.name, triangle.attrs)


def _limits(data: npt.NDArray[np.float64]) -> tuple[float, float, Literal["neither", "max"]]:
    """The range of colours: a constant diagonal (a correlation's 1) above all else would hide the rest."""
    diagonal, others = np.diag(data), data[~np.eye(len(data), dtype=bool)]
    others = others[np.isfinite(others)]
    if others.size and np.ptp(diagonal) < 1e-6 and diagonal[0] > others.max():
        return float(others.min()), float(others.max()), "max"
    shown = data[np.isfinite(data)]
    return (float(shown.min()), float(shown.max()), "neither") if shown.size else (0.0, 1.0, "neither")


def _ticks(axis: Axis, seen: View, dim: str) -> None:
    """Label every region, or as many at even distance as can be read."""
    size = seen.values.sizes[dim]
    labels = np.asarray(seen.values[dim].values) if dim in seen.values.coords else np.arange(size)
    at = np.arange(0, size, -(-size // MOST_LABELS))
    axis.set_ticks(
        at,
        [f"{labels[i]:g}" if labels.dtype.kind == "f" else str(labels[i]) for i in at],
        fontsize=6 if len(at) > 12 else 9,
    )
