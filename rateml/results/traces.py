"""Traces: time series of one simulation, a panel per variable."""

from __future__ import annotations

from textwrap import fill

import numpy as np
import numpy.typing as npt
import xarray
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from rateml.errors import UserError
from rateml.results.circular import mean, period_of
from rateml.results.selection import View, axis_label, long_name, one_simulation, with_unit

MOST_SAMPLES = 6000
"""Samples drawn per line; beyond, each stretch is drawn by its minimum and maximum."""


def draw_traces(seen: View) -> Figure:
    """All regions as thin lines with their mean, of the first selected simulation that ran.

    Raises UserError when the array has no time or no such simulation ran.
    """
    selected = next((text for text in seen.fixed if text.startswith("time = ")), None)
    if selected is not None:
        instead = ", or draw the map at that time with --kind map" if seen.axes else ""
        raise UserError(f"{selected} was selected, which leaves no time series: leave out --sel time{instead}")
    if "time" not in seen.values.dims:
        raise UserError(f"{seen.values.name!r} is no time series: draw --kind map, or choose an array over time")
    seen = one_simulation(seen)
    series = seen.values.expand_dims([d for d in ("variable", "region") if d not in seen.values.dims])
    extra = [str(d) for d in series.dims if d not in ("time", "variable", "region")]
    if extra:
        raise UserError(f"traces of {seen.values.name!r} need one value selected of: {', '.join(extra)}")
    data = np.asarray(series.transpose("variable", "region", "time").values, dtype=np.float64)
    time = np.asarray(
        seen.values["time"].values if "time" in seen.values.coords else np.arange(data.shape[-1]), dtype=np.float64
    )
    panels, regions = data.shape[:2]
    figure = Figure(figsize=(8.0, 1.2 + 2.2 * panels), dpi=150, layout="constrained")
    all_axes = figure.subplots(panels, 1, sharex=True, squeeze=False)[:, 0]
    names = [str(v) for v in np.ravel(series["variable"].values)] if "variable" in series.coords else [None]
    for axes, values, name in zip(all_axes, data, names, strict=True):
        middle = mean(
            xarray.DataArray(values, dims=("region", "time")), ["region"], period_of(series.attrs, name)
        ).values
        if regions > 1:
            lines = [np.column_stack(thin(time, line)) for line in values]
            axes.add_collection(LineCollection(lines, colors="#5b7fa6", linewidths=0.5, alpha=0.45))
            axes.plot(*thin(time, middle), color="#d55e00", lw=1.4, label=f"mean of {regions} regions")
            axes.autoscale_view()
        else:
            axes.plot(*thin(time, values[0]), color="#0072b2", lw=1.0)
        axes.set_ylabel(with_unit(seen.values, name, name or str(seen.values.name)))
        axes.margins(x=0.0)
        axes.grid(alpha=0.25, lw=0.5)
        axes.spines[["top", "right"]].set_visible(False)
    if regions > 1:
        all_axes[0].legend(frameon=False, fontsize="small", loc="upper right")
    all_axes[-1].set_xlabel(axis_label(seen.values, "time"))
    all_axes[0].set_title(fill(" · ".join([long_name(seen.values), *seen.fixed]), 90), fontsize="medium")
    return figure


def thin(
    time: npt.NDArray[np.float64], values: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """A line of at most about MOST_SAMPLES points that looks the same: peaks stay."""
    step = 2 * (-(-values.size // MOST_SAMPLES))
    if values.size <= MOST_SAMPLES:
        return time, values
    whole = values.size // step * step
    pieces = values[:whole].reshape(-1, step)
    both = np.column_stack([pieces.min(axis=1), pieces.max(axis=1)]).ravel()
    return np.concatenate([time[: whole : step // 2], time[whole:]]), np.concatenate([both, values[whole:]])
