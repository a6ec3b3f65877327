"""Which arrays a run leaves: from its monitors to the layout of its store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from rateml.ir.program import Program
from rateml.model.dimension import base_unit
from rateml.results.circular import PERIODS
from rateml.results.layout import Array, Axis, Coordinate, Layout, plan_unit
from rateml.sweep.monitors import Monitor
from rateml.sweep.settings import Settings


def layout_of(program: Program, settings: Settings, regions: Sequence[str], at_most: int | None = None) -> Layout:
    """The layout of a run's store; ``at_most`` caps the simulations per unit.

    Arrays that agree on their times or variables share ``time`` or ``variable``. Where they differ, ``variable`` is
    all that the model exposes and ``time`` that of raw, else of tavg; the others have their own, such as
    ``variable_stats`` or ``time_tavg``. The order of the monitors does not matter.
    """
    recorded: dict[str, tuple[str, ...]] = {
        m.kind: tuple(program.exposures[k].name for k in m.variables) for m in settings.monitors
    }
    times: dict[str, tuple[float, ...]] = {
        m.kind: tuple(map(float, sample_times(m, settings))) for m in settings.monitors if m.kind in ("raw", "tavg")
    }
    variable_dims = _dimensions("variable", recorded, tuple(e.name for e in program.exposures))
    time_dims = _dimensions("time", times, times.get("raw", times.get("tavg", ())))
    coords: dict[str, Coordinate] = {"region": ("region", tuple(regions), {})}
    coords |= {dim: (dim, recorded[kind], {}) for kind, dim in variable_dims.items()}
    coords |= {dim: (dim, times[kind], {"units": "ms"}) for kind, dim in time_dims.items()}
    angles = {s.name: s.period for s in program.states if s.period is not None}
    arrays: list[Array] = []
    for monitor in settings.monitors:
        names = recorded[monitor.kind]
        variable = variable_dims[monitor.kind]
        periods = {n: angles[n] for n in names if n in angles}
        shape = (len(names), len(regions))
        units = {n: base_unit(program.exposures[k].dimension) for n, k in zip(names, monitor.variables, strict=True)}
        if monitor.kind == "stats":
            dims = (variable, "region")
            arrays.append(Array("stats_mean", dims, shape, "float64", attrs=_attrs("temporal mean", units, periods)))
            squares = {
                n: base_unit(program.exposures[k].dimension ** 2) for n, k in zip(names, monitor.variables, strict=True)
            }
            arrays.append(Array("stats_var", dims, shape, "float64", attrs=_attrs("temporal variance", squares)))
            continue
        name = {"raw": "value", "tavg": "temporal average"}[monitor.kind]
        series = (time_dims[monitor.kind], variable, "region")
        sizes = (len(times[monitor.kind]), *shape)
        arrays.append(Array(monitor.kind, series, sizes, settings.precision, attrs=_attrs(name, units, periods)))
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


def _dimensions(name: str, values: Mapping[str, Sequence[object]], shared: Sequence[object]) -> dict[str, str]:
    """The dimension of each monitor: ``name`` if all agree or it holds the ``shared`` values, else one of its own."""
    agree = len(set(map(tuple, values.values()))) == 1
    return {kind: name if agree or own == shared else f"{name}_{kind}" for kind, own in values.items()}


def _attrs(name: str, units: dict[str, str], periods: Mapping[str, float] | None = None) -> dict[str, object]:
    """``long_name`` is what a plot calls the array, ``variable_periods`` are those of its angles."""
    return {"long_name": name, "variable_units": units, **({PERIODS: dict(periods)} if periods else {})}
