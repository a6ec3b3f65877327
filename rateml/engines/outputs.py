"""Which arrays a run leaves: from its monitors to the layout of its store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

import numpy as np
from numpy.typing import NDArray

from rateml.errors import StoreError
from rateml.ir.program import Program
from rateml.model.dimension import base_unit
from rateml.request.monitors import Monitor
from rateml.request.settings import Settings
from rateml.request.windows import FCD_BINS
from rateml.results.circular import PERIODS
from rateml.results.layout import (
    BEST,
    BIN,
    BOOKKEEPING,
    PAIR,
    PAIR_LABELS,
    Array,
    Axis,
    Coordinate,
    Layout,
    plan_unit,
)

_SERIES = {"raw": "value", "tavg": "temporal average", "bold": "BOLD signal"}
"""The monitors that leave time series, and what a plot calls those; in this order one gives the others ``time``."""

POINT = "point"
"""The dimension of a table's rows."""


def layout_of(program: Program, settings: Settings, regions: Sequence[str], at_most: int | None = None) -> Layout:
    """The layout of a run's store; ``at_most`` caps the simulations per unit.

    Arrays that agree on their times or variables share ``time`` or ``variable``. Where they differ, ``variable`` is
    all that the model exposes and ``time`` that of raw, else of tavg, else of bold; the others have their own, such
    as ``variable_stats`` or ``time_tavg``. The order of the monitors does not matter.
    """
    recorded: dict[str, tuple[str, ...]] = {
        m.kind: tuple(program.exposures[k].name for k in m.variables) for m in settings.monitors
    }
    times: dict[str, tuple[float, ...]] = {
        m.kind: tuple(map(float, sample_times(m, settings))) for m in settings.monitors if m.kind in _SERIES
    }
    variable_dims = _dimensions("variable", recorded, tuple(e.name for e in program.exposures))
    time_dims = _dimensions("time", times, next((times[kind] for kind in _SERIES if kind in times), ()))
    coords: dict[str, Coordinate] = {"region": ("region", tuple(regions), {})}
    coords |= {dim: (dim, recorded[kind], {}) for kind, dim in variable_dims.items()}
    coords |= {dim: (dim, times[kind], {"units": "ms"}) for kind, dim in time_dims.items()}
    arrays: list[Array] = []
    for monitor in settings.monitors:
        made = _Made(program, settings, monitor, variable_dims[monitor.kind], len(regions))
        match monitor.kind:
            case "stats":
                arrays += made.stats()
            case "fc":
                arrays += made.fc()
                coords |= _pairs(regions)
            case "fcd":
                arrays += made.fcd()
                coords |= _fcd_coordinates(monitor, settings)
            case _:
                arrays.append(made.series(time_dims[monitor.kind], len(times[monitor.kind])))
    axes, of_points = point_axes(settings)
    taken = {*coords, "trial", *(a.name for a in (*arrays, *BOOKKEEPING)), *(d for a in arrays for d in a.dims)}
    for parameter in of_points:
        if parameter in taken | {"point"}:
            raise StoreError(f"the parameter {parameter!r} has the name of something else in the store: rename it")
    coords |= of_points
    shape = (*settings.shape, *(() if settings.trials is None else (settings.trials,)))
    block = plan_unit(shape, sum(array.bytes for array in arrays), at_most)
    return Layout(axes, settings.trials, tuple(arrays), coords, prod(block))


def point_axes(settings: Settings) -> tuple[tuple[Axis, ...], dict[str, Coordinate]]:
    """The dimensions of the points; of a table one, ``point``, along which the parameters are coordinates."""
    if not settings.table:
        if any(axis.name == POINT for axis in settings.axes):
            raise StoreError(f"a swept parameter cannot be called '{POINT}' in the store: rename it")
        return tuple(Axis(axis.name, axis.values, axis.units) for axis in settings.axes), {}
    coords: dict[str, Coordinate] = {
        axis.name: (POINT, axis.values, {} if axis.units == "1" else {"units": axis.units}) for axis in settings.axes
    }
    return (Axis(POINT, tuple(range(settings.points))),), coords


def sample_times(monitor: Monitor, settings: Settings) -> NDArray[np.float64]:
    """True times in ms: the end of each step for raw and of each period for bold, the middle of each for tavg."""
    count = settings.steps // monitor.every
    ends = settings.transient_steps + monitor.every * np.arange(1, count + 1)
    ends_at = ends - (monitor.every / 2 if monitor.kind == "tavg" else 0.0)
    return np.asarray(settings.dt * ends_at, dtype=np.float64)


@dataclass(frozen=True)
class _Made:
    """The arrays of one monitor; ``variable`` is the dimension of its variables."""

    program: Program
    settings: Settings
    monitor: Monitor
    variable: str
    n_nodes: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.program.exposures[k].name for k in self.monitor.variables)

    def units(self, power: int = 1) -> dict[str, str]:
        """The base unit of every variable, to a power."""
        exposures = (self.program.exposures[k] for k in self.monitor.variables)
        return {e.name: base_unit(e.dimension**power) for e in exposures}

    @property
    def periods(self) -> dict[str, float]:
        angles = {s.name: s.period for s in self.program.states if s.period is not None}
        return {n: angles[n] for n in self.names if n in angles}

    def series(self, time: str, samples: int) -> Array:
        kind = self.monitor.kind
        units = dict.fromkeys(self.names, "1") if kind == "bold" else self.units()
        attrs = _attrs(_SERIES[kind], units, self.periods)
        shape = (samples, len(self.names), self.n_nodes)
        return Array(kind, (time, self.variable, "region"), shape, self.settings.precision, attrs=attrs)

    def stats(self) -> list[Array]:
        dims, shape = (self.variable, "region"), (len(self.names), self.n_nodes)
        mean = _attrs("temporal mean", self.units(), self.periods)
        var = _attrs("temporal variance", self.units(2))
        return [
            Array("stats_mean", dims, shape, "float64", attrs=mean),
            Array("stats_var", dims, shape, "float64", attrs=var),
        ]

    def fc(self) -> list[Array]:
        shape = (len(self.names), self.n_nodes * (self.n_nodes - 1) // 2)
        attrs = {"long_name": "functional connectivity", "of": self.told}
        made = [Array("fc", (self.variable, PAIR), shape, self.settings.precision, attrs=attrs)]
        if self.settings.targets.fc is not None:
            fit = {"long_name": "fit to the measured functional connectivity", BEST: "highest", "of": self.told}
            made.append(Array("fit_fc", (), (), "float64", attrs=fit))
        return made

    def fcd(self) -> list[Array]:
        assert self.monitor.windows is not None
        names, dtype = len(self.names), "float64"
        of = {"of": self.told}
        var = {"long_name": "variance of the functional connectivity dynamics", **of}
        histogram = {"long_name": "entries of the functional connectivity dynamics", **of}
        made = [
            Array("fcd_var", (self.variable,), (names,), dtype, attrs=var),
            Array("fcd_hist", (self.variable, BIN), (names, FCD_BINS), dtype, attrs=histogram),
        ]
        if self.monitor.windows.full:
            count = self.monitor.windows.count(self.settings.steps // self.monitor.every)
            attrs = {"long_name": "functional connectivity dynamics", **of}
            dims = (self.variable, "window", "window_2")
            made.append(Array("fcd", dims, (names, count, count), self.settings.precision, attrs=attrs))
        if self.settings.targets.fcd is not None:
            fit = {"long_name": "distance to the measured connectivity dynamics", BEST: "lowest", **of}
            made.append(Array("fit_fcd", (), (), dtype, attrs=fit))
        return made

    @property
    def told(self) -> str:
        """What was correlated, as ``bold:2000ms``."""
        source = self.monitor.source or self.monitor
        return "raw" if source.kind == "raw" else f"{source.kind}:{source.every * self.settings.dt:.12g}ms"


def _pairs(regions: Sequence[str]) -> dict[str, Coordinate]:
    """The labels of the two regions of every pair, in C order of the upper triangle."""
    pairs = list(combinations(regions, 2))
    return {name: (PAIR, tuple(pair[end] for pair in pairs), {}) for end, name in enumerate(PAIR_LABELS)}


def _fcd_coordinates(monitor: Monitor, settings: Settings) -> dict[str, Coordinate]:
    """The middles of the histogram's bins, and those of the windows in ms where the matrix is kept."""
    edges = np.linspace(-1.0, 1.0, FCD_BINS + 1)
    middles = tuple(float(v) for v in np.round((edges[1:] + edges[:-1]) / 2, 12))
    coords: dict[str, Coordinate] = {BIN: (BIN, middles, {"long_name": "correlation of two windows"})}
    windows = monitor.windows
    if windows is not None and windows.full:
        starts = windows.stride * np.arange(windows.count(settings.steps // monitor.every))
        steps = settings.transient_steps + monitor.every * (starts + windows.width / 2)
        times = tuple(float(t) for t in settings.dt * steps)
        coords |= {name: (name, times, {"units": "ms"}) for name in ("window", "window_2")}
    return coords


def _dimensions(name: str, values: Mapping[str, Sequence[object]], shared: Sequence[object]) -> dict[str, str]:
    """The dimension of each monitor: ``name`` if all agree or it holds the ``shared`` values, else one of its own."""
    agree = len(set(map(tuple, values.values()))) == 1
    return {kind: name if agree or own == shared else f"{name}_{kind}" for kind, own in values.items()}


def _attrs(name: str, units: dict[str, str], periods: Mapping[str, float] | None = None) -> dict[str, object]:
    """``long_name`` is what a plot calls the array, ``variable_periods`` are those of its angles."""
    return {"long_name": name, "variable_units": units, **({PERIODS: dict(periods)} if periods else {})}
