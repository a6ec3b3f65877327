"""Means of angles: 0.1 and 2 pi - 0.1 lie around 0, not around pi."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray

PERIODS = "variable_periods"
"""The attribute of an array that maps those of its variables that are angles to their period."""


def period_of(attrs: Mapping[str, object], variable: str | None) -> float | None:
    """The period of a variable of an array with these attributes; None for what is no angle."""
    periods = attrs.get(PERIODS)
    found = periods.get(variable) if isinstance(periods, Mapping) else None
    return None if found is None else float(found)


def mean(values: xarray.DataArray, dims: Sequence[str], period: float | None = None) -> xarray.DataArray:
    """Mean over ``dims`` in float64, leaving out NaN; of an angle the mean direction, in [0, period)."""
    count = values.notnull().sum(dims)
    if period is None:
        return values.sum(dims, dtype=np.float64) / count.where(count > 0)
    turns = values.astype(np.float64) * (2 * np.pi / period)
    sine, cosine = (xarray.DataArray(part).sum(dims) for part in (np.sin(turns), np.cos(turns)))
    angle = xarray.DataArray(np.mod(np.arctan2(sine, cosine) * (period / (2 * np.pi)), period))
    return angle.where(angle < period, 0.0).where(count > 0)  # a tiny negative angle rounds up to a whole period


def around(values: xarray.DataArray, centre: xarray.DataArray, period: float | None) -> xarray.DataArray:
    """Angles moved by whole periods to within half a period of ``centre``; other values as they are."""
    if period is None:
        return values
    return xarray.DataArray(np.mod(values - centre + period / 2, period)) - period / 2 + centre
