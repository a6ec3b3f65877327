"""Histograms: a bin has a value at every point, but the mean of all counts is the same whatever was counted."""

from __future__ import annotations

import xarray

from rateml.errors import UserError
from rateml.results.layout import BIN, own_dimension
from rateml.results.selection import View, array_names, own_dims


def is_histogram(dataset: xarray.Dataset, array: str) -> bool:
    """Whether an array counts something per bin."""
    return BIN in own_dims(dataset, array)


def refuse_mean_count(dataset: xarray.Dataset, seen: View) -> None:
    """Raises UserError where points are compared by a histogram of which no bin is selected, naming what compares."""
    if BIN not in seen.values.dims or not seen.axes:
        return
    others = [n for n in array_names(dataset) if not is_histogram(dataset, n)]
    summaries = [n for n in others if own_dimension(own_dims(dataset, n), "time") is None]
    middle = seen.values[BIN].values[seen.values.sizes[BIN] // 2]
    raise UserError(
        f"{str(seen.values.name)!r} is a histogram, and the mean of its counts is the same at every point: "
        f"take one of {', '.join(summaries)}, or pick a bin, as --sel {BIN}={middle:.6g}"
    )
