"""The best points of a sweep by one of its results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import xarray

from rateml.errors import UserError
from rateml.results.circular import mean, period_of
from rateml.results.histogram import refuse_mean_count
from rateml.results.layout import BEST, OK
from rateml.results.selection import View, counts_of, one_variable, value_label, view

Order = Literal["highest", "lowest"]


@dataclass(frozen=True)
class Ranked:
    """One point: its parameters in the order of the axes, the value, and how many simulations it is the mean of."""

    parameters: Mapping[str, float]
    value: float
    simulations: int


@dataclass(frozen=True)
class Ranking:
    """``label`` says what the value is, ``units`` (by name) those of the parameters that have one.

    ``averaged`` are the dimensions that the value is the mean over; ``points`` is how many have a value, ``missing``
    how many have none.
    """

    by: str
    label: str
    order: Order
    averaged: tuple[str, ...]
    units: Mapping[str, str]
    best: tuple[Ranked, ...]
    points: int
    missing: int


def rank(
    dataset: xarray.Dataset,
    by: str,
    k: int,
    *,
    variable: str | None = None,
    select: Mapping[str, str] | None = None,
    order: Order | None = None,
) -> Ranking:
    """The ``k`` best points of array ``by``, the first point first among equals.

    ``order`` defaults to what the array says is best (``fit_fcd``, a distance, has its best lowest), else highest.
    What is not selected and is no parameter (trials, regions, …) is averaged, diverged simulations and NaN left out;
    of several variables the first counts, as in a plot. Raises UserError on names that do not exist, and when the
    array is no number per point (time series, histograms) or nothing was swept.
    """
    seen, name = one_variable(view(dataset, by, variable, select or {}))
    if not seen.axes:
        raise UserError(f"no points to compare: nothing was swept in this store, or --sel leaves one point of {by!r}")
    if "time" in seen.values.dims:
        raise UserError(f"{by!r} is a time series: rank a summary such as stats_mean, or pick a time with --sel time=")
    refuse_mean_count(dataset, seen)
    order = order or ("lowest" if seen.values.attrs.get(BEST) == "lowest" else "highest")
    good = seen.values.where(seen.status == OK)
    averaged = [str(d) for d in good.dims if d not in seen.axes]
    middle = mean(good, averaged, period_of(good.attrs, name)) if averaged else good.astype(np.float64)
    values = np.ravel(middle.transpose(*seen.axes).values)
    trials = [d for d in seen.status.dims if d not in seen.axes]
    counts = np.ravel((seen.status == OK).sum(trials).transpose(*seen.axes).values)
    there = np.flatnonzero(~np.isnan(values))
    if not there.size:
        raise UserError(f"no point has a value of {by!r}: {counts_of(seen.status.values)}")
    sign = 1.0 if order == "lowest" else -1.0
    first = there[np.argsort(sign * values[there], kind="stable")][:k]
    parameters, units = _parameters(dataset, seen)
    best = tuple(
        Ranked({n: float(column[i]) for n, column in parameters.items()}, float(values[i]), int(counts[i]))
        for i in first
    )
    sizes = tuple(d for d in averaged if good.sizes[d] > 1)
    return Ranking(by, value_label(seen.values, name), order, sizes, units, best, there.size, values.size - there.size)


def _parameters(dataset: xarray.Dataset, seen: View) -> tuple[dict[str, npt.NDArray[np.float64]], dict[str, str]]:
    """The value of every parameter at every point in C order, and the units of those that have one."""
    along_point = seen.axes == ("point",) and bool(seen.parameters)
    names = seen.parameters if along_point else seen.axes
    if along_point:
        columns = {n: np.asarray(dataset[n].values, dtype=np.float64) for n in names}
    else:
        grids = np.meshgrid(*(np.asarray(seen.values[n].values, dtype=np.float64) for n in names), indexing="ij")
        columns = {n: np.ravel(grid) for n, grid in zip(names, grids, strict=True)}
    units = {n: str(dataset[n].attrs.get("units", "")) for n in names}
    return columns, {n: unit for n, unit in units.items() if unit not in ("", "1")}
