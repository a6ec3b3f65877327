"""Monitors at work: each takes the exposures of a slice of steps and keeps what it records, slice by slice."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from types import ModuleType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rateml.codegen import Artifact
from rateml.engines.cache import load_module
from rateml.ir.program import Program
from rateml.sweep.monitors import Monitor
from rateml.sweep.settings import Settings

Real = NDArray[np.floating]


@functools.cache
def kernels() -> ModuleType:
    """``recorder_kernels.py``, imported from the user's cache so that numba keeps its results there."""
    name = "recorder_kernels.py"
    text = resources.files("rateml.engines").joinpath(name).read_text(encoding="utf-8")
    return load_module(Artifact("numba", {name: text}, name, ()))


class Recorder(Protocol):
    """Takes ``seen`` (step, exposure, region), consecutive steps after the transient."""

    def take(self, seen: Real) -> None: ...

    def result(self, diverged: bool) -> Mapping[str, Real]:
        """The arrays by name; what a diverged simulation did not reach is NaN."""
        ...


def make_recorder(monitor: Monitor, program: Program, settings: Settings, n_nodes: int) -> Recorder:
    columns = np.array(monitor.variables, dtype=np.int64)
    periods = np.array([_period(program, k) for k in monitor.variables])
    dtype = np.dtype(settings.precision)
    samples = settings.steps // monitor.every
    match monitor.kind:
        case "raw":
            return RawRecorder(columns, samples, n_nodes, dtype)
        case "tavg":
            return AverageRecorder(columns, periods, monitor.every, samples, n_nodes, dtype)
        case "stats":
            return StatsRecorder(columns, periods, n_nodes)


def _period(program: Program, exposure: int) -> float:
    """The period of an exposed angle, 0 for what is no angle."""
    name = program.exposures[exposure].name
    return next((s.period for s in program.states if s.name == name and s.period is not None), 0.0)


class RawRecorder:
    """Every step as it is."""

    def __init__(self, columns: NDArray[np.int64], samples: int, n_nodes: int, dtype: np.dtype[np.floating]) -> None:
        self.columns = columns
        self.out = np.full((samples, columns.size, n_nodes), np.nan, dtype)
        self.at = 0

    def take(self, seen: Real) -> None:
        self.out[self.at : self.at + len(seen)] = seen[:, self.columns]
        self.at += len(seen)

    def result(self, diverged: bool) -> Mapping[str, Real]:
        return {"raw": self.out}


class AverageRecorder:
    """The temporal average over windows of ``every`` steps; circular for angles. Sums are float64."""

    def __init__(
        self,
        columns: NDArray[np.int64],
        periods: NDArray[np.float64],
        every: int,
        samples: int,
        n_nodes: int,
        dtype: np.dtype[np.floating],
    ) -> None:
        self.columns, self.periods, self.every = columns, periods, every
        self.out = np.full((samples, columns.size, n_nodes), np.nan, dtype)
        self.sums = np.zeros((2, columns.size, n_nodes))
        self.count = 0

    def take(self, seen: Real) -> None:
        kernels().average(seen, self.columns, self.periods, self.every, self.count, self.sums, self.out)
        self.count += len(seen)

    def result(self, diverged: bool) -> Mapping[str, Real]:
        return {"tavg": self.out}


class StatsRecorder:
    """Mean and population variance by Welford, float64; for an angle the circular mean and variance.

    The variance of an angle of period P is ``(P / 2 pi)**2 * -2 ln R``, R the length of the mean direction: the
    square of the circular standard deviation (Mardia and Jupp, Directional Statistics), which is the usual
    variance when the angle stays within a small arc.
    """

    def __init__(self, columns: NDArray[np.int64], periods: NDArray[np.float64], n_nodes: int) -> None:
        self.columns, self.periods = columns, periods
        self.moments = np.zeros((2, columns.size, n_nodes))
        self.count = 0

    def take(self, seen: Real) -> None:
        kernels().welford(seen, self.columns, self.periods, self.count, self.moments)
        self.count += len(seen)

    def result(self, diverged: bool) -> Mapping[str, Real]:
        mean, var = np.full_like(self.moments, np.nan)
        if not diverged:
            summarise(self.periods, self.count, self.moments, mean, var)
        return {"stats_mean": mean, "stats_var": var}


def summarise(
    periods: NDArray[np.float64],
    count: int,
    moments: NDArray[np.float64],
    mean: NDArray[np.float64],
    var: NDArray[np.float64],
) -> None:
    """Mean and variance (variable, region) of the moments."""
    first, second = moments
    for v, period in enumerate(periods):
        if period > 0.0:
            scale = 2.0 * np.pi / period
            turn = np.mod(np.arctan2(second[v], first[v]) / scale, period)
            mean[v] = np.where(turn < period, turn, 0.0)  # a tiny negative angle rounds up to a whole period
            with np.errstate(divide="ignore"):
                var[v] = np.maximum(0.0, -2.0 * np.log(np.hypot(first[v], second[v]))) / scale**2
        else:
            mean[v] = first[v]
            var[v] = second[v] / count
