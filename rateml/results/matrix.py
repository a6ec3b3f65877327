"""Matrices: one region by region array of one simulation."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from rateml.errors import UserError
from rateml.results.selection import View, one_simulation, one_variable, value_label

MOST_LABELS = 40


def draw_matrix(seen: View) -> Figure:
    """Draw ``region`` × ``region_2`` of the first selected simulation that ran. Raises UserError on other arrays."""
    if not {"region", "region_2"} <= set(seen.values.dims):
        have = ", ".join(map(str, seen.values.dims)) or "no dimension"
        raise UserError(f"{seen.values.name!r} is no region × region_2 matrix, it runs over: {have}")
    seen, variable = one_variable(one_simulation(seen))
    extra = [str(d) for d in seen.values.dims if d not in ("region", "region_2")]
    if extra:
        raise UserError(f"the matrix {seen.values.name!r} needs one value selected of: {', '.join(extra)}")
    data = np.asarray(seen.values.transpose("region", "region_2").values, dtype=np.float64)
    figure = Figure(figsize=(6.6, 5.8), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    low, high, extend = _limits(data)
    drawn = axes.imshow(np.ma.masked_invalid(data), cmap="viridis", interpolation="nearest", vmin=low, vmax=high)
    axes.set_facecolor("#dddddd")
    figure.colorbar(drawn, ax=axes, label=value_label(seen.values, variable), shrink=0.85, extend=extend)
    _ticks(axes.yaxis, seen, "region")
    _ticks(axes.xaxis, seen, "region_2")
    axes.tick_params(axis="x", rotation=90)
    axes.set_ylabel("region")
    axes.set_xlabel("region_2")
    axes.set_title(" · ".join([f"{seen.values.name}", *seen.fixed]), fontsize="medium")
    return figure


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
    axis.set_ticks(at, [str(labels[i]) for i in at], fontsize=6 if len(at) > 12 else 9)
