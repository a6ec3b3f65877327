"""The recorded statistics of one simulation as numbers that two simulations can be compared by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rateml.results.circular import period_of
from rateml.results.layout import Array, Layout, own_dimension
from rateml.standalone.moments import summarise

Key = tuple[str, str, str]
"""The array of the store, what of it is compared, and the variable; "" where there is no such thing."""

STILL = 1e-6
"""A standard deviation below this part of the mean is what rounding leaves of a signal that stands still."""

_SERIES = ("raw", "tavg", "bold")
_TOLD_BY_OTHERS = ("fcd", "stats_var")
"""Of the connectivity dynamics ``fcd_var`` and ``fcd_hist`` say how they are distributed; variances go with means."""


@dataclass(frozen=True)
class Statistic:
    """``values`` over regions, pairs or bins, and what a change of each is compared with; ``period`` is an angle's."""

    values: NDArray[np.float64]
    scale: NDArray[np.float64]
    period: float | None = None


def statistics(layout: Layout, block: Mapping[str, NDArray[np.generic]]) -> dict[Key, Statistic]:
    """Every statistic of the arrays of one simulation, each without dimensions of simulations.

    Time series give their mean and variance over time. The scale of a mean is its size or the standard deviation
    over time, whichever is greater (a mean may be near 0 by accident). That of a variance is its size, or where the
    signal stands still the square of STILL times the mean. Those of an angle are what its mean and circular variance
    change by when the mean direction, a vector of length R, changes by 1 (and by 1 - R): where R is near 0, the angle
    turns, and neither says much. The scale of anything else is its size.
    """
    found: dict[Key, Statistic] = {}
    for array in layout.arrays:
        values = np.asarray(block[array.name], np.float64)
        if array.name in _TOLD_BY_OTHERS:
            continue
        periods = _periods(layout, array)
        if array.name in _SERIES:
            mean, var = _moments(values, periods)
            found |= _means((array.name, "mean"), periods, mean, var)
            found |= _variances((array.name, "variance"), periods, mean, var)
        elif array.name == "stats_mean":  # with the variances, whose array does not say which are of angles
            var = np.asarray(block["stats_var"], np.float64)
            found |= _means(("stats_mean", ""), periods, values, var)
            found |= _variances(("stats_var", ""), periods, values, var)
        else:
            found |= _plain(array.name, values, periods)
    return found


def change(old: Statistic, new: Statistic) -> float:
    """The relative change from one simulation to another: the sum of all changes, over that of their scales.

    Entries that are NaN in both (the correlation of a constant region) are left out; one that is NaN in one of them
    only makes the change infinite.
    """
    known = np.isfinite(old.values)
    if (known != np.isfinite(new.values)).any():
        return float("inf")
    apart = new.values[known] - old.values[known]
    if old.period is not None:
        apart = np.mod(apart + old.period / 2, old.period) - old.period / 2
    total, scale = float(np.abs(apart).sum()), float(old.scale[known].sum())
    return total / scale if scale > 0.0 else 0.0 if total == 0.0 else float("inf")


def _periods(layout: Layout, array: Array) -> dict[str, float | None]:
    """The variables of an array in order, with the period of those that are angles."""
    dim = own_dimension(array.dims, "variable")
    names = [""] if dim is None else [str(name) for name in layout.coords[dim][1]]
    return {name: period_of(array.attrs, name) for name in names}


def _moments(
    series: NDArray[np.float64], periods: Mapping[str, float | None]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance over time, circular for angles, of (time, variable, region)."""
    first = series.mean(axis=0)
    second = np.square(series - first).sum(axis=0)
    for k, period in enumerate(periods.values()):
        if period is not None:
            turns = series[:, k] * (2.0 * np.pi / period)
            first[k], second[k] = np.cos(turns).mean(axis=0), np.sin(turns).mean(axis=0)
    mean, var = np.empty_like(first), np.empty_like(first)
    summarise(np.array([period or 0.0 for period in periods.values()]), len(series), first, second, mean, var)
    return mean, var


def _means(
    of: tuple[str, str], periods: Mapping[str, float | None], mean: NDArray[np.float64], var: NDArray[np.float64]
) -> dict[Key, Statistic]:
    made = {}
    for k, (variable, period) in enumerate(periods.items()):
        scale = (
            np.maximum(np.abs(mean[k]), np.sqrt(var[k]))
            if period is None
            else _radian(period) / _length(var[k], period)
        )
        made[*of, variable] = Statistic(mean[k], scale, period)
    return made


def _variances(
    of: tuple[str, str], periods: Mapping[str, float | None], mean: NDArray[np.float64], var: NDArray[np.float64]
) -> dict[Key, Statistic]:
    made = {}
    for k, (variable, period) in enumerate(periods.items()):
        if period is None:
            scale = np.maximum(var[k], np.square(STILL * mean[k]))
        else:
            length = _length(var[k], period)
            scale = 2.0 * _radian(period) ** 2 * (1.0 - length) / length
        made[*of, variable] = Statistic(var[k], scale)
    return made


def _radian(period: float) -> float:
    return period / (2.0 * np.pi)


def _length(var: NDArray[np.float64], period: float) -> NDArray[np.float64]:
    """How long the mean direction is whose circular variance is ``var``, above 0."""
    return np.maximum(np.exp(-0.5 * var / _radian(period) ** 2), np.finfo(np.float64).tiny)


def _plain(array: str, values: NDArray[np.float64], periods: Mapping[str, float | None]) -> dict[Key, Statistic]:
    """Of each variable, or of the array if it has none."""
    rows = values[np.newaxis] if "" in periods else values
    return {
        (array, "", name): Statistic(np.ravel(row), np.abs(np.ravel(row)))
        for name, row in zip(periods, rows, strict=True)
    }
