"""Results: what a store holds, its maps, best points and series, and how they leave for figures and tables."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import xarray

from rateml.results import DIVERGED, NOT_RUN, open_results, plot
from rateml.results.cells import REASONS, read_cells
from rateml.results.circular import mean, period_of
from rateml.results.ranking import rank
from rateml.results.selection import array_names, own_dims, view


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
            "table": "point" in status.dims,
            "first": {str(d): _text(data, str(d), 0) for d in status.dims},
            "simulations": int(status.size),
            "not_run": int((values == NOT_RUN).sum()),
            "diverged": int((values == DIVERGED).sum()),
            "states": _diverged(status),
        }


def _is_statistic(data: xarray.Dataset, name: str) -> bool:
    dims = own_dims(data, name)
    return not any(d.startswith(("time", "window", "pair", "region_2", "bin")) for d in dims)


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
    """Write the cells of a map as CSV: a line per cell with its parameters, value, and why it has none."""
    with open_results(store) as data:
        found = read_cells(data, array, variable=variable, x=x, y=y)
    axes: list[Mapping[int, float]] = [dict(enumerate(found.points[a])) for a in found.axes]
    with Path(out).open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(found.labels[a] for a in found.axes), found.label, "missing"])
        for at, value, why in zip(product(*axes), found.values.ravel(), found.why.ravel(), strict=True):
            cells = [repr(axis[i]) for axis, i in zip(axes, at, strict=True)]
            writer.writerow([*cells, "" if np.isnan(value) else repr(float(value)), REASONS[why] if why >= 0 else ""])
    return out
