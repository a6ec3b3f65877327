"""From monitors to recorders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from rateml.engines.recorders.connectivity import FcRecorder
from rateml.engines.recorders.dynamics import FcdRecorder
from rateml.engines.recorders.series import AverageSeries, BoldSeries, Real, Series, StepSeries
from rateml.engines.recorders.stats import StatsRecorder
from rateml.engines.recorders.stored import RawRecorder, SeriesRecorder
from rateml.ir.program import Program
from rateml.sweep.monitors import Monitor, period_of_exposure
from rateml.sweep.settings import Settings


class Recorder(Protocol):
    """Keeps what a monitor records of ``lanes`` simulations."""

    def take(self, seen: Real) -> None:
        """``seen`` (exposure, region, row, lane), C-contiguous: consecutive steps after the transient."""
        ...

    def result(self, lane: int, valid: int | None) -> Mapping[str, Real]:
        """The arrays of one lane by name, as the layout of the store has them.

        ``valid`` is None for a simulation that stayed finite, else the number of recorded steps before it diverged:
        what comes of later ones, and summaries of the whole run, are NaN.
        """
        ...


class _Summary(Protocol):
    """A recorder of samples (sample, variable, region, lane)."""

    def add(self, samples: Real) -> None: ...

    def result(self, lane: int, valid: int | None) -> Mapping[str, Real]: ...


class _Shared:
    """Recorders of one series, which is made once."""

    def __init__(self, series: Series) -> None:
        self.series = series
        self.summaries: list[_Summary] = []

    def take(self, seen: Real) -> None:
        samples = self.series.next(seen)
        for summary in self.summaries:
            summary.add(samples)

    def result(self, lane: int, valid: int | None) -> Mapping[str, Real]:
        return {name: a for summary in self.summaries for name, a in summary.result(lane, valid).items()}


def make_recorder(monitor: Monitor, program: Program, settings: Settings, n_nodes: int, lanes: int) -> Recorder:
    """The recorder of one monitor."""
    (recorder,) = make_recorders([monitor], program, settings, n_nodes, lanes)
    return recorder


def make_recorders(
    monitors: Sequence[Monitor], program: Program, settings: Settings, n_nodes: int, lanes: int
) -> tuple[Recorder, ...]:
    """The recorders of all monitors of a run; those that stand on the same BOLD signal share it."""
    recorders: list[Recorder] = []
    signals: dict[tuple[int, tuple[int, ...]], _Shared] = {}
    for monitor in monitors:
        columns = np.array(monitor.variables, dtype=np.int64)
        samples = settings.steps // monitor.every
        if monitor.kind == "stats":
            periods = np.array([period_of_exposure(program, k) for k in monitor.variables])
            recorders.append(StatsRecorder(columns, periods, n_nodes, lanes))
            continue
        if monitor.kind == "raw":
            recorders.append(RawRecorder(columns, samples, n_nodes, lanes, np.dtype(settings.precision)))
            continue
        source = monitor.source or monitor
        key = (source.every, source.variables)
        shared = signals.get(key) if source.kind == "bold" else None
        if shared is None:
            shared = _Shared(_series(monitor, program, settings, n_nodes, lanes))
            recorders.append(shared)
            signals |= {key: shared} if source.kind == "bold" else {}
        shared.summaries.append(_summary(monitor, settings, samples, n_nodes, lanes))
    return tuple(recorders)


def _series(monitor: Monitor, program: Program, settings: Settings, n_nodes: int, lanes: int) -> Series:
    source = monitor.source or monitor
    columns = np.array(source.variables, dtype=np.int64)
    periods = np.array([period_of_exposure(program, k) for k in source.variables])
    match source.kind:
        case "bold":
            every = source.every // source.inner
            return BoldSeries(columns, source.inner, every, settings.balloon, n_nodes, lanes)
        case "raw":
            return StepSeries(columns)
        case _:
            # what is stored is rounded once; what is summarised further, not at all
            dtype = np.dtype(settings.precision if monitor is source else "float64")
            return AverageSeries(columns, periods, source.every, n_nodes, lanes, dtype)


def _summary(monitor: Monitor, settings: Settings, samples: int, n_nodes: int, lanes: int) -> _Summary:
    variables = len(monitor.variables)
    if monitor.kind == "fc":
        return FcRecorder(samples, variables, n_nodes, lanes, settings.targets.fc)
    if monitor.windows is not None:
        return FcdRecorder(samples, variables, n_nodes, lanes, monitor.windows, settings.targets.fcd)
    dtype = np.dtype(settings.precision)
    return SeriesRecorder(monitor.kind, monitor.every, samples, variables, n_nodes, lanes, dtype)


def recorder_bytes(monitor: Monitor, settings: Settings, n_nodes: int) -> int:
    """What the recorder of a monitor holds per lane, at most: several on one BOLD signal share it."""
    samples, variables = settings.steps // monitor.every, len(monitor.variables)
    size = np.dtype(settings.precision).itemsize
    source = monitor.source or monitor
    match source.kind:
        case "bold":
            series = BoldSeries.bytes(variables, n_nodes)
        case "tavg":
            series = AverageSeries.bytes(variables, n_nodes)
        case _:
            series = StepSeries.bytes()
    match monitor.kind:
        case "stats":
            return StatsRecorder.bytes(variables, n_nodes)
        case "raw":
            return RawRecorder.bytes(samples, variables, n_nodes, size)
        case "fc":
            return series + FcRecorder.bytes(samples, variables, n_nodes)
        case "fcd":
            return series + FcdRecorder.bytes(samples, variables, n_nodes)
        case _:
            return series + SeriesRecorder.bytes(samples, variables, n_nodes, size)


def result_bytes(monitor: Monitor, settings: Settings, n_nodes: int) -> int:
    """What a thread needs beside that while it makes the result of one lane."""
    if monitor.windows is None:
        return 0
    return FcdRecorder.scratch_bytes(settings.steps // monitor.every, n_nodes, monitor.windows)
