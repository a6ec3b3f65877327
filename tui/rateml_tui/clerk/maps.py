"""Results: what a store holds, its maps, best points and series, and how they leave for figures and tables."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import xarray

from rateml.results import DIVERGED, NOT_RUN, OK, open_results, plot
from rateml.results.cells import REASONS, cells_over, read_cells
from rateml.results.circular import mean, period_of
from rateml.results.histogram import is_histogram
from rateml.results.ranking import rank
from rateml.results.selection import array_names, axis_label, one_variable, own_dims, value_label, view

_Lines = Iterable[tuple[Iterable[float], float, int]]
"""Of a table: the parameters, the value, and why it is missing as an index in REASONS, else -1."""


def describe(store: str) -> dict[str, Any]:
    """The arrays of a store that make maps, the swept parameters, and how many simulations diverged."""
    with open_results(store) as data:
        status = data["status"]
        axes = [str(d) for d in status.dims if d not in ("trial", "point")]
        maps = [name for name in array_names(data) if _is_statistic(data, name)]
        values = np.asarray(status.values)
        return {
            "title": str(data.attrs.get("title", store)),
            "arrays": {name: _variables(data, name) for name in maps},
            "axes": axes,
            "table": _is_table(data),
            "first": {str(d): _text(data, str(d), 0) for d in status.dims},
            "simulations": int(status.size),
            "not_run": int((values == NOT_RUN).sum()),
            "diverged": int((values == DIVERGED).sum()),
            "states": _diverged(status),
        }


def _is_table(data: xarray.Dataset) -> bool:
    """Whether the points make no grid: those of a file, or a Sobol sequence."""
    return "point" in data["status"].dims


def _is_statistic(data: xarray.Dataset, name: str) -> bool:
    dims = own_dims(data, name)
    series = any(d.startswith(("time", "window", "pair", "region_2")) for d in dims)
    return not series and not is_histogram(data, name)


def _variables(data: xarray.Dataset, name: str) -> list[str]:
    own = next((d for d in own_dims(data, name) if d.startswith("variable")), None)
    return [] if own is None else [str(v) for v in data[own].values]


def _text(data: xarray.Dataset, dim: str, index: int) -> str:
    return repr(data[dim].values[index].item()) if dim in data.coords else str(index)


def _diverged(status: xarray.DataArray) -> list[dict[str, float]]:
    """Where simulations diverged, the first hundred."""
    places = np.argwhere(np.asarray(status.values) == DIVERGED)[:100]
    return [
        {
            str(d): float(status[d].values[i]) if d in status.coords else float(i)
            for d, i in zip(status.dims, at, strict=True)
        }
        for at in places
    ]


def cells(store: str, array: str, variable: str | None, x: str | None, y: str | None) -> dict[str, Any]:
    """The cells of a map; ``why`` holds text where a value is missing."""
    with open_results(store) as data:
        found = read_cells(data, array, variable=variable, x=x, y=y)
    return {
        "label": found.label,
        "axes": found.axes,
        "points": found.points,
        "labels": found.labels,
        "values": found.values.tolist(),
        "why": [[REASONS[w] if w >= 0 else "" for w in row] for row in found.why.tolist()],
        "averaged": found.averaged,
    }


def best(store: str, array: str, variable: str | None, k: int, order: str | None) -> dict[str, Any]:
    """The best points of an array."""
    with open_results(store) as data:
        ranking = rank(data, array, k, variable=variable, order=order)  # type: ignore[arg-type]
    points = [{"at": dict(p.parameters), "value": p.value} for p in ranking.best]
    return {"label": ranking.label, "order": ranking.order, "points": points, "missing": ranking.missing}


def series(store: str, most: int) -> dict[str, Any]:
    """The mean over regions of every variable of the series of one simulation, thinned to ``most`` samples."""
    with open_results(store) as data:
        name = next(n for n in array_names(data) if any(d.startswith("time") for d in own_dims(data, n)))
        seen = view(data, name, None, {})
        found = []
        for label in [str(v) for v in seen.values["variable"].values]:
            one = seen.values.sel(variable=label)
            over = mean(one, [str(d) for d in one.dims if d != "time"], period_of(one.attrs, label))
            found.append({"variable": label, "values": over.values.tolist()[:: -(-over.size // most)]})
        time = seen.values["time"].values
        return {"series": found, "from": float(time[0]), "to": float(time[-1]), "samples": int(time.size)}


def picture(
    store: str, out: str, array: str | None, variable: str | None, x: str | None, y: str | None, kind: str | None
) -> str:
    """Draw what ``rateml plot`` draws."""
    return str(plot(store, Path(out), array=array, variable=variable, x=x, y=y, kind=kind))  # type: ignore[arg-type]


def table(store: str, out: str, array: str, variable: str | None, x: str | None, y: str | None) -> str:
    """Write CSV: a line per cell of a map, or per point where they make none, with its value or why it has none."""
    with open_results(store) as data:
        header, lines = _of_points(data, array, variable) if _is_table(data) else _of_cells(data, array, variable, x, y)
    with Path(out).open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for at, value, why in lines:
            told = "" if np.isnan(value) else repr(float(value))
            writer.writerow([*(repr(float(v)) for v in at), told, REASONS[why] if why >= 0 else ""])
    return out


def _of_cells(
    data: xarray.Dataset, array: str, variable: str | None, x: str | None, y: str | None
) -> tuple[list[str], _Lines]:
    found = read_cells(data, array, variable=variable, x=x, y=y)
    at = product(*(found.points[a] for a in found.axes))
    header = [*(found.labels[a] for a in found.axes), found.label, "missing"]
    return header, zip(at, found.values.ravel(), found.why.ravel(), strict=True)


def _of_points(data: xarray.Dataset, array: str, variable: str | None) -> tuple[list[str], _Lines]:
    seen, name = one_variable(view(data, array, variable, {}))
    values, why, _ = cells_over(seen, seen.values.where(seen.status == OK), seen.axes, name)
    at = zip(*(np.asarray(data[p].values, dtype=np.float64) for p in seen.parameters), strict=True)
    header = [*(axis_label(seen.values, p) for p in seen.parameters), value_label(seen.values, name), "missing"]
    return header, zip(at, values, why, strict=True)
