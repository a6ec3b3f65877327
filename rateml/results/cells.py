"""The cells of a map: a statistic over one or two swept parameters, whatever draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray

from rateml.errors import UserError
from rateml.results.circular import mean, period_of
from rateml.results.histogram import refuse_mean_count
from rateml.results.layout import DIVERGED, NOT_RUN, OK
from rateml.results.selection import View, axis_label, look_up, one_variable, value_label, view

REASONS = ("not run", "diverged", "undefined")
"""Why a cell has no value."""


@dataclass(frozen=True)
class Cells:
    """``values`` (rows, columns) over ``axes``, the parameters along rows and columns, or along columns alone.

    ``points`` and ``labels`` (with units) are by axis, ``why`` is the index in REASONS of a value that is missing,
    else -1. ``averaged`` are the other dimensions with their sizes, ``label`` says what the values are.
    """

    label: str
    axes: tuple[str, ...]
    points: Mapping[str, tuple[float, ...]]
    labels: Mapping[str, str]
    values: npt.NDArray[np.float64]
    why: npt.NDArray[np.int64]
    averaged: tuple[str, ...]


def read_cells(
    dataset: xarray.Dataset,
    array: str,
    *,
    variable: str | None = None,
    select: Mapping[str, str] | None = None,
    x: str | None = None,
    y: str | None = None,
) -> Cells:
    """The cells that ``plot`` draws as a map. Raises UserError on what does not exist or is no map over a grid."""
    seen, name = one_variable(view(dataset, array, variable, select or {}))
    if not seen.axes:
        raise UserError("a map needs a swept parameter, and none is left here")
    if "point" in seen.axes:
        raise UserError("the points of this sweep make no grid: see the list of the best, or export the figure")
    refuse_mean_count(dataset, seen)
    across = pick(seen.axes, x, y)
    good = seen.values.where(seen.status == OK)
    values, why, averaged = cells_over(seen, good, across[::-1], name)
    return Cells(
        value_label(seen.values, name),
        tuple(across[::-1]),
        {a: tuple(map(float, seen.values[a].values)) for a in across},
        {a: axis_label(seen.values, a) for a in across},
        np.atleast_2d(values),
        np.atleast_2d(why),
        tuple(averaged),
    )


def pick(known: Sequence[str], x: str | None, y: str | None) -> list[str]:
    """The parameters along x and y: as asked, the others in their order."""
    asked = [look_up("swept parameter", name, known) for name in (x, y) if name is not None]
    if len(set(asked)) < len(asked):
        raise UserError(f"x and y are both {x!r}. There are: {', '.join(known)}")
    others = [name for name in known if name not in asked]
    first = x if x is not None else others.pop(0) if others else None
    second = y if y is not None else others.pop(0) if others else None
    if first is None:
        raise UserError(f"{y!r} is the only parameter: give it as x")
    return [first, second] if second is not None else [first]


def cells_over(
    seen: View, good: xarray.DataArray, dims: Sequence[str], variable: str | None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], list[str]]:
    """The means over everything but ``dims``, why some are missing, and what was averaged."""
    middle, averaged = mean_over(good, dims, variable)
    cells = np.asarray(middle.transpose(*dims).values, dtype=np.float64)
    return cells, why_missing(seen.status, cells, dims), averaged


def mean_over(good: xarray.DataArray, keep: Sequence[str], variable: str | None) -> tuple[xarray.DataArray, list[str]]:
    """Mean over all dimensions but ``keep``, leaving out NaN; and those dimensions with their sizes, as text."""
    dims = [str(d) for d in good.dims if d not in keep]
    over = mean(good, dims, period_of(good.attrs, variable))
    return over, [f"{d} ({good.sizes[d]})" for d in dims if good.sizes[d] > 1]


def why_missing(status: xarray.DataArray, cells: npt.NDArray[np.float64], dims: Sequence[str]) -> npt.NDArray[np.int64]:
    """Per cell the index in REASONS of why it is NaN, -1 where it has a value."""
    rest = [d for d in status.dims if d not in dims]
    some = {code: (status == code).any(rest).transpose(*dims).values for code in (DIVERGED, NOT_RUN)}
    why = np.where(some[DIVERGED], 1, np.where(some[NOT_RUN], 0, 2))
    return np.where(np.isnan(cells), why, -1)
