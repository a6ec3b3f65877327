"""Maps: a statistic over one or two swept parameters, or over scattered points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from textwrap import fill

import numpy as np
import numpy.typing as npt
import xarray
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from rateml.errors import UserError
from rateml.results.cells import REASONS, cells_over, mean_over, pick, why_missing
from rateml.results.circular import around, period_of
from rateml.results.layout import DIVERGED, NOT_RUN, OK
from rateml.results.selection import View, axis_label, is_geometric, is_spread_geometrically, one_variable, value_label

MISSING = tuple(zip(REASONS, ("#dddddd", "#6e6e6e", "#a8a8a8"), strict=True))
"""Why a cell has no value, and its grey."""


MOST_LABELS = 12
"""Labels along an axis of categories."""


def draw_map(seen: View, x: str | None, y: str | None) -> Figure:
    """A heat map over two axes, a line over one, a scatter plot over ``point``; the rest is averaged.

    Raises UserError when nothing was swept or ``x`` or ``y`` is no swept parameter.
    """
    seen, variable = one_variable(seen)
    if not seen.axes:
        raise UserError("a map needs a swept parameter, and none is left here: draw --kind traces or matrix")
    seen = _ascending(seen)
    figure = Figure(figsize=(6.4, 5.0), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    good = seen.values.where(seen.status == OK)
    if "point" in seen.axes:
        across = pick(seen.parameters or ("point",), x, y)
        averaged = _scatter(figure, axes, seen, good, across, variable)
    else:
        across = pick(seen.axes, x, y)
        if len(across) == 1:
            averaged = _line(axes, seen, good, across[0], variable)
        else:
            averaged = _cells(figure, axes, seen, good, across, variable)
    _title(axes, value_label(seen.values, variable), seen, averaged)
    return figure


def _ascending(seen: View) -> View:
    """The same with ascending axes: cells and lines need neighbours side by side."""
    axes = [name for name in seen.axes if name != "point"]
    return replace(seen, values=seen.values.sortby(axes), status=seen.status.sortby(axes))


def _cells(
    figure: Figure, axes: Axes, seen: View, good: xarray.DataArray, across: Sequence[str], variable: str | None
) -> list[str]:
    x, y = across
    cells, why, averaged = cells_over(seen, good, (y, x), variable)
    x_edges, y_edges = (
        _edges(_places(axis, np.asarray(seen.values[name].values, dtype=np.float64)))
        for name, axis in ((x, axes.xaxis), (y, axes.yaxis))
    )
    drawn = axes.pcolormesh(x_edges, y_edges, np.ma.masked_invalid(cells), cmap="viridis", rasterized=True)
    axes.pcolormesh(
        x_edges,
        y_edges,
        np.ma.masked_less(why, 0),
        cmap=ListedColormap([colour for _, colour in MISSING]),
        vmin=-0.5,
        vmax=len(MISSING) - 0.5,
        rasterized=True,
    )
    if np.isfinite(cells).any():
        figure.colorbar(drawn, ax=axes, label=value_label(seen.values, variable), pad=0.02)
    for name, setter in ((x, axes.set_xscale), (y, axes.set_yscale)):
        if is_geometric(seen.values[name].values):
            setter("log")
    axes.set_xlabel(axis_label(seen.values, x))
    axes.set_ylabel(axis_label(seen.values, y))
    _legend(figure, seen, why)
    return averaged


def _line(axes: Axes, seen: View, good: xarray.DataArray, x: str, variable: str | None) -> list[str]:
    values = np.asarray(seen.values[x].values, dtype=np.float64)
    at = _places(axes.xaxis, values)
    over_all, averaged = mean_over(good, (x,), variable)
    height = np.asarray(over_all.values, dtype=np.float64)
    if "region" in good.dims:
        regions, _ = mean_over(good, (x, "region"), variable)
        regions = around(regions, over_all, period_of(good.attrs, variable))
        low, high = (np.asarray(getattr(regions, f)("region").values) for f in ("min", "max"))
        axes.fill_between(at, low, high, color="#0072b2", alpha=0.2, lw=0, label="min to max over regions")
    axes.plot(at, height, color="#0072b2", lw=1.8, marker="o", ms=3.5, label="mean")
    why = why_missing(seen.status, height, (x,))
    for code, (name, colour) in enumerate(MISSING):
        where = at[why == code]
        if where.size:
            label = _missing_label(name, code, seen, why)
            axes.plot(
                where,
                np.full(where.size, 0.02),
                "s",
                color=colour,
                ms=5,
                transform=axes.get_xaxis_transform(),
                label=label,
            )
    if is_geometric(values):
        axes.set_xscale("log")
    axes.set_xlabel(axis_label(seen.values, x))
    axes.set_ylabel(value_label(seen.values, variable))
    axes.grid(alpha=0.25, lw=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize="small")
    return averaged


def _scatter(
    figure: Figure, axes: Axes, seen: View, good: xarray.DataArray, across: Sequence[str], variable: str | None
) -> list[str]:
    middle, averaged = mean_over(good, ("point",), variable)
    values = np.asarray(middle.values, dtype=np.float64)
    why = why_missing(seen.status, values, ("point",))
    at = [
        _places(axis, np.asarray(seen.values[name].values, dtype=np.float64))
        for name, axis in zip(across, (axes.xaxis, axes.yaxis), strict=False)
    ]
    ran = np.isfinite(values)
    if len(across) == 1:
        axes.plot(at[0][ran], values[ran], "o", ms=3.5, color="#0072b2")
        axes.set_ylabel(value_label(seen.values, variable))
    else:
        for code, (_, colour) in enumerate(MISSING):
            axes.plot(at[0][why == code], at[1][why == code], "x", ms=4, color=colour, zorder=1)
        drawn = axes.scatter(at[0][ran], at[1][ran], c=values[ran], s=22, cmap="viridis", zorder=2)
        if ran.any():
            figure.colorbar(drawn, ax=axes, label=value_label(seen.values, variable), pad=0.02)
        axes.set_ylabel(axis_label(seen.values, across[1]))
    axes.set_xlabel(axis_label(seen.values, across[0]))
    for name, setter in zip(across, (axes.set_xscale, axes.set_yscale), strict=False):
        if is_spread_geometrically(np.asarray(seen.values[name].values, dtype=np.float64)):
            setter("log")
    _legend(figure, seen, why)
    return averaged


def _missing_label(name: str, code: int, seen: View, why: npt.NDArray[np.int64]) -> str:
    if code == 2:
        return f"{name}: {int(np.sum(why == code))} cells"
    wanted = NOT_RUN if code == 0 else DIVERGED
    return f"{name}: {int((seen.status == wanted).sum())} of {seen.status.size} simulations"


def _legend(figure: Figure, seen: View, why: npt.NDArray[np.int64]) -> None:
    """Name the greys with counts; simulations that are missing inside averaged cells count as well."""
    handles: list[Patch | Line2D] = []
    for code, (name, colour) in enumerate(MISSING):
        hidden = code < 2 and bool((seen.status == (NOT_RUN, DIVERGED)[code]).any())
        if hidden or np.any(why == code):
            handles.append(
                Patch(facecolor=colour, edgecolor="#444444", lw=0.5, label=_missing_label(name, code, seen, why))
            )
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False, fontsize="small")


def _places(axis: Axis, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Where to draw values along an axis: at themselves, or as labelled categories if there is an infinite one."""
    if np.isfinite(values).all():
        return values
    known, number = np.unique(values, return_inverse=True)
    labels = [f"{v:.6g}".replace("inf", "∞") for v in known]
    every = -(-len(labels) // MOST_LABELS)
    at = {*range(0, len(labels), every)}
    at |= {i for i, v in enumerate(known) if np.isinf(v)}
    axis.set_ticks(sorted(at), [labels[i] for i in sorted(at)])
    return number.astype(np.float64)


def _edges(centres: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Edges of the cells around grid values: half-way, on a log scale if the values are geometric."""
    if centres.size == 1:
        half = 0.5 * (abs(centres[0]) or 1.0)
        return np.array([centres[0] - half, centres[0] + half])
    if is_geometric(centres):
        return np.exp(_edges(np.log(centres)))
    middle = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[2 * centres[0] - middle[0]], middle, [2 * centres[-1] - middle[-1]]])


def _title(axes: Axes, what: str, seen: View, averaged: Sequence[str]) -> None:
    parts = [*((f"mean over {', '.join(averaged)}",) if averaged else ()), *seen.fixed]
    parts = [p for p in parts if not p.startswith("variable = ")]
    axes.set_title(what + ("\n" + fill(" · ".join(parts), 70) if parts else ""), fontsize="medium")
