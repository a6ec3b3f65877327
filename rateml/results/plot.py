"""Draw results into a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Literal, get_args

import xarray

from rateml.errors import UserError
from rateml.results.disk import disk_errors, replace_file
from rateml.results.histogram import refuse_mean_count
from rateml.results.layout import PAIR, own_dimension
from rateml.results.read import open_results
from rateml.results.selection import array_names, look_up, own_dims, view

Kind = Literal["map", "traces", "matrix"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FORMATS = (".pdf", ".png", ".svg")


def plot(
    path_or_dataset: Path | str | xarray.Dataset,
    out: Path,
    *,
    kind: Kind | None = None,
    array: str | None = None,
    variable: str | None = None,
    select: Mapping[str, str] | None = None,
    x: str | None = None,
    y: str | None = None,
) -> Path:
    """Draw an array into ``out`` (PNG, SVG or PDF by its name, 150 dpi) and give back ``out``.

    * ``map``: a statistic over the swept parameters ``x`` and ``y`` (default: the first two), averaged over what is
      not selected, as the title says; a line when there is one parameter; cells without a value in grey.
    * ``traces``: time series of the first selected simulation that ran, a panel per variable.
    * ``matrix``: region × region_2 (functional connectivity: its triangle unfolded) or window × window_2 of that
      simulation.

    A map and a matrix show one variable: the first unless ``variable`` names another. Angles are averaged on the
    circle. ``kind`` and ``array`` default to what fits the store. ``select`` maps a dimension to a value: the nearest
    grid value within half a step, a region's or variable's label, a trial's number. A partial store can be drawn.
    Raises UserError on anything that does not exist, naming what does; StoreError when ``out`` cannot be written.
    """
    if out.suffix.lower() not in FORMATS:
        raise UserError(f"cannot draw {out}: its name must end in one of {', '.join(FORMATS)}")
    given = path_or_dataset
    dataset = given if isinstance(given, xarray.Dataset) else open_results(given)
    if kind is not None:
        look_up("kind of plot", kind, KINDS)
    if array is None:
        array = _default_array(dataset, kind)
    seen = view(dataset, array, variable, select or {})
    kind = kind or _natural_kind(dataset, array)
    if kind != "map" and (x is not None or y is not None):
        raise UserError(f"x and y belong to --kind map, this is --kind {kind}")
    # Matplotlib takes half a second to import: only here.
    match kind:
        case "map":
            from rateml.results.maps import draw_map

            refuse_mean_count(dataset, seen)
            figure = draw_map(seen, x, y)
        case "traces":
            from rateml.results.traces import draw_traces

            figure = draw_traces(seen)
        case "matrix":
            from rateml.results.matrix import draw_matrix

            figure = draw_matrix(seen)
    picture = BytesIO()
    figure.savefig(picture, format=out.suffix[1:].lower())
    with disk_errors(out, "choose another file"):
        replace_file(out, picture.getvalue(), sync=False)
    return out


def _natural_kind(dataset: xarray.Dataset, array: str) -> Kind:
    """The kind of plot that an array's own dimensions ask for."""
    dims = own_dims(dataset, array)
    if {"region_2", "window_2", PAIR} & set(dims):
        return "matrix"
    return "traces" if own_dimension(dims, "time") is not None else "map"


def _default_array(dataset: xarray.Dataset, kind: Kind | None) -> str:
    """The first array of the kind; for no kind a statistic if something was swept, else a time series."""
    names = array_names(dataset)
    if not names:
        raise UserError("the store holds no results to draw")
    by_kind = {k: [n for n in names if _natural_kind(dataset, n) == k] for k in KINDS}
    if kind is not None:
        found = by_kind[kind] or (names if kind == "map" else [])
        if not found:
            raise UserError(f"no array here suits --kind {kind}. There are: {', '.join(names)}")
        return _preferred(found)
    swept = any(dim != "trial" for dim in dataset["status"].dims)
    order: tuple[Kind, ...] = ("map", "traces", "matrix") if swept else ("traces", "matrix", "map")
    return _preferred(next(by_kind[k] for k in order if by_kind[k]))


def _preferred(names: Sequence[str]) -> str:
    """A fit is what a sweep was made for; then the statistics."""
    return next((name for name in ("fit_fc", "fit_fcd", "stats_mean", "fcd_var") if name in names), names[0])
