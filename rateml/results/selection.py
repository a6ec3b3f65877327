"""Choosing from a dataset what to draw: ``NAME=value`` to a position, arrays and variables by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np
import numpy.typing as npt
import xarray

from rateml.errors import UserError
from rateml.results.layout import BOOKKEEPING, CANONICAL, DIVERGED, NOT_RUN, OK, own_dimension


@dataclass(frozen=True)
class View:
    """One array after selection, with the ``status`` of its simulations.

    Its time and its variables are called ``time`` and ``variable`` here, whatever the store calls them.
    ``fixed`` is what was selected, as text to show; ``parameters`` what runs along a ``point`` axis, in order.
    """

    values: xarray.DataArray
    status: xarray.DataArray
    fixed: tuple[str, ...]
    parameters: tuple[str, ...]

    @property
    def simulation_dims(self) -> tuple[str, ...]:
        return tuple(map(str, self.status.dims))

    @property
    def axes(self) -> tuple[str, ...]:
        """The swept axes that are still there."""
        return tuple(d for d in self.simulation_dims if d != "trial")


def array_names(dataset: xarray.Dataset) -> list[str]:
    """The result arrays of a store, without the bookkeeping, in order of name."""
    own = {a.name for a in BOOKKEEPING}
    return sorted(str(name) for name in dataset.data_vars if name not in own)


def own_dims(dataset: xarray.Dataset, array: str) -> tuple[str, ...]:
    """The dimensions of one simulation's part of an array."""
    return tuple(str(d) for d in dataset[array].dims if d not in dataset["status"].dims)


def look_up(what: str, name: str, known: Iterable[str]) -> str:
    """``name`` if it is known. Raises UserError naming what exists, with a suggestion."""
    names = list(known)
    if name in names:
        return name
    close = get_close_matches(name, names, 1)
    hint = f", did you mean {close[0]!r}?" if close else "."
    raise UserError(
        f"no {what} {name!r}{hint} There are: {_few(names)}" if names else f"no {what} {name!r}: none exist"
    )


def view(dataset: xarray.Dataset, array: str, variable: str | None, select: Mapping[str, str]) -> View:
    """Take an array and cut it down to ``select`` and ``variable``. Raises UserError on what does not exist."""
    values = dataset[look_up("array", array, array_names(dataset))]
    status = dataset["status"]
    found = {name: own_dimension(own_dims(dataset, array), name) for name in CANONICAL}
    shown_as = {dim: name for name, dim in found.items() if dim is not None}
    values = values.rename({dim: name for dim, name in shown_as.items() if dim != name})
    wanted = {shown_as.get(name, name): text for name, text in select.items()}
    if variable is not None:
        if "variable" not in values.dims:
            raise UserError(f"{array!r} has no variables to choose from")
        wanted["variable"] = variable
    fixed = []
    for name, text in wanted.items():
        look_up(f"dimension of {array}", name, map(str, values.dims))
        at = position(values, name, text)
        shown = _labels(values, name)[at]
        fixed.append(f"{name} = {shown}{_unit_suffix(values[name]) if name in values.coords else ''}")
        values = values.isel({name: at})
        if name in status.dims:
            status = status.isel({name: at})
    parameters = tuple(str(n) for n, c in dataset.coords.items() if c.dims == ("point",) and n != "point")
    return View(values, status, tuple(fixed), parameters)


def position(values: xarray.DataArray, dim: str, text: str) -> int:
    """Index of ``text`` along a dimension: a label, or a number within half a step of a grid value."""
    labels = _labels(values, dim)
    grid = values[dim].values if dim in values.coords else np.arange(values.sizes[dim])
    if grid.dtype.kind not in "fiu":
        return labels.index(look_up(dim, text, labels))
    try:
        number = float(text.replace("∞", "inf"))
    except ValueError:
        raise UserError(f"{dim}={text} is no number. {dim} has: {_few(labels)}") from None
    exact = np.flatnonzero(grid == number)
    if exact.size:  # infinity too
        return int(exact[0])
    finite = np.flatnonzero(np.isfinite(grid))
    if np.isfinite(number) and finite.size:
        distance = np.abs(grid[finite] - number)
        at = int(finite[np.argmin(distance)])
        others = finite[finite != at]
        allowed = np.abs(grid[others] - grid[at]).min() / 2 if others.size else 1e-6 * abs(grid[at])
        if distance.min() <= allowed * (1 + 1e-9):
            return at
    raise UserError(f"{dim}={text} is not in the store. {dim} has: {_few(labels)}")


def one_variable(seen: View) -> tuple[View, str | None]:
    """Keep one variable (the first if none was chosen); give it with its name."""
    if "variable" in seen.values.dims:
        label = str(seen.values["variable"].values[0])
        return replace(seen, values=seen.values.isel(variable=0)), label
    if "variable" in seen.values.coords:
        return seen, str(seen.values["variable"].values)
    return seen, None


def one_simulation(seen: View) -> View:
    """Keep the first simulation that ran well. Raises UserError when none did."""
    flat = np.ravel(seen.status.values)
    good = np.flatnonzero(flat == OK)
    if not good.size:
        wait = "; wait for the run" if (flat == NOT_RUN).any() else ""
        raise UserError(f"nothing to draw: {counts_of(flat)}{wait}")
    if not seen.status.dims:
        return seen
    at = dict(zip(seen.simulation_dims, np.unravel_index(int(good[0]), seen.status.shape), strict=True))
    fixed = [
        f"{dim} = {_labels(seen.values, dim)[int(i)]}"
        + (_unit_suffix(seen.values[dim]) if dim in seen.values.coords else "")
        for dim, i in at.items()
        if seen.status.sizes[dim] > 1
    ]
    index = {dim: int(i) for dim, i in at.items()}
    rest = replace(seen, values=seen.values.isel(index), status=seen.status.isel(index))
    return replace(rest, fixed=(*seen.fixed, *fixed))


def axis_label(values: xarray.DataArray, name: str) -> str:
    """A dimension's name and unit, as an axis is labelled."""
    return f"{name}{_unit_suffix(values[name], brackets=True)}" if name in values.coords else name


def value_label(values: xarray.DataArray, variable: str | None) -> str:
    """What a colour bar says: the array by its ``long_name``, variable and unit (``variable_units`` goes first)."""
    name = long_name(values)
    return with_unit(values, variable, f"{name} of {variable}" if variable else name)


def long_name(values: xarray.DataArray) -> str:
    """What a plot calls an array."""
    return str(values.attrs.get("long_name", values.name))


def with_unit(values: xarray.DataArray, variable: str | None, text: str) -> str:
    """``text`` with the unit of a variable of the array in brackets."""
    per_variable = values.attrs.get("variable_units", {})
    unit = per_variable.get(variable, values.attrs.get("units", ""))
    return f"{text} [{unit}]" if unit not in ("", "1") else text


def is_geometric(values: npt.NDArray[np.float64]) -> bool:
    """Whether values grow by a constant factor, so that a log axis spaces them evenly."""
    if values.size < 3 or not np.all((values > 0) & np.isfinite(values)):
        return False
    ratios, steps = values[1:] / values[:-1], np.diff(values)
    even = np.allclose(steps, steps[0], rtol=1e-6)
    return bool(np.allclose(ratios, ratios[0], rtol=1e-6) and not even)


def is_spread_geometrically(values: npt.NDArray[np.float64]) -> bool:
    """Whether scattered values lie evenly on a log scale rather than on a linear one: their median tells."""
    if values.size < 8 or not np.all((values > 0) & np.isfinite(values)):
        return False
    low, middle, high = np.quantile(values, (0.0, 0.5, 1.0))
    if high < 5 * low:
        return False
    evenly, geometrically = (middle - low) / (high - low), np.log(middle / low) / np.log(high / low)
    return bool(abs(geometrically - 0.5) < abs(evenly - 0.5))


def _labels(values: xarray.DataArray, dim: str) -> list[str]:
    if dim not in values.coords:
        return [str(i) for i in range(values.sizes[dim])]
    grid = values[dim].values
    return [f"{v:.6g}" if grid.dtype.kind == "f" else str(v) for v in grid]


def _unit_suffix(coordinate: xarray.DataArray, *, brackets: bool = False) -> str:
    unit = coordinate.attrs.get("units", "")
    if unit in ("", "1"):
        return ""
    return f" [{unit}]" if brackets else f" {unit}"


def counts_of(status: npt.NDArray[np.uint8]) -> str:
    """How many simulations ran well and how many did not, as text."""
    diverged, missing = int(np.sum(status == DIVERGED)), int(np.sum(status == NOT_RUN))
    told = [f"{n} {what}" for n, what in ((missing, "have not run"), (diverged, "diverged")) if n]
    return f"of {status.size} simulations {' and '.join(told) or 'all ran well'}"


def _few(names: Sequence[str], most: int = 20) -> str:
    shown = ", ".join(names[:most])
    return f"{shown}, … {names[-1]} ({len(names)})" if len(names) > most else shown
