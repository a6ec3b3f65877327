"""Which arrays a run leaves: from its monitors to the layout of its store."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from rateml.ir.program import Program
from rateml.model.dimension import base_unit
from rateml.results.layout import Array, Axis, Coordinate, Layout, plan_unit
from rateml.sweep.monitors import Monitor
from rateml.sweep.settings import Settings


def layout_of(program: Program, settings: Settings, regions: Sequence[str], at_most: int | None = None) -> Layout:
    """The layout of a run's store; ``at_most`` caps the simulations per unit.

    The first monitor with a time axis owns ``time``, the first with variables owns ``variable``; another one
    whose coordinate differs has its own, named after its array.
    """
    coords: dict[str, Coordinate] = {"region": ("region", tuple(regions), {})}
    arrays: list[Array] = []
    for monitor in settings.monitors:
        names = [program.exposures[k].name for k in monitor.variables]
        variable = _dimension(coords, "variable", monitor.kind, tuple(names), {})
        shape = (len(names), len(regions))
        units = {n: base_unit(program.exposures[k].dimension) for n, k in zip(names, monitor.variables, strict=True)}
        if monitor.kind == "stats":
            dims = (variable, "region")
            arrays.append(Array("stats_mean", dims, shape, "float64", attrs=_attrs("temporal mean", units)))
            squares = {
                n: base_unit(program.exposures[k].dimension ** 2) for n, k in zip(names, monitor.variables, strict=True)
            }
            arrays.append(Array("stats_var", dims, shape, "float64", attrs=_attrs("temporal variance", squares)))
            continue
        times = sample_times(monitor, settings)
        time = _dimension(coords, "time", monitor.kind, tuple(float(t) for t in times), {"units": "ms"})
        name = {"raw": "value", "tavg": "temporal average"}[monitor.kind]
        series = (time, variable, "region")
        arrays.append(Array(monitor.kind, series, (times.size, *shape), settings.precision, attrs=_attrs(name, units)))
    axes = tuple(Axis(axis.name, axis.values, axis.units) for axis in settings.axes)
    shape = (*(len(axis.values) for axis in axes), *(() if settings.trials is None else (settings.trials,)))
    block = plan_unit(shape, sum(array.bytes for array in arrays), at_most)
    return Layout(axes, settings.trials, tuple(arrays), coords, prod(block))


def sample_times(monitor: Monitor, settings: Settings) -> NDArray[np.float64]:
    """True times in ms: the end of each step for raw, the middle of each window for tavg."""
    count = settings.steps // monitor.every
    ends = settings.transient_steps + monitor.every * np.arange(1, count + 1)
    ends_at = ends - (0.0 if monitor.kind == "raw" else monitor.every / 2)
    return np.asarray(settings.dt * ends_at, dtype=np.float64)


def _dimension(
    coords: dict[str, Coordinate], name: str, owner: str, values: tuple[object, ...], attrs: dict[str, object]
) -> str:
    """The dimension to use: ``name`` where it is free or means the same values, else one of the owner's."""
    for candidate in (name, f"{name}_{owner}"):
        if coords.setdefault(candidate, (candidate, values, attrs))[1] == values:
            return candidate
    raise AssertionError(f"two arrays named {owner}")


def _attrs(name: str, units: dict[str, str]) -> dict[str, object]:
    """``long_name`` is what a plot calls the array."""
    return {"long_name": name, "variable_units": units}
