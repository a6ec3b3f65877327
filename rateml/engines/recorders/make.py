"""From monitors to recorders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np

from rateml.engines.recorders.connectivity import FcRecorder
from rateml.engines.recorders.dynamics import FcdRecorder
from rateml.engines.recorders.room import LaneByLane, Room
from rateml.engines.recorders.series import (
    AverageSeries,
    BoldSeries,
    MeanSeries,
    Periods,
    Real,
    Series,
    StepSeries,
)
from rateml.engines.recorders.stats import StatsRecorder
from rateml.engines.recorders.stored import RowsRecorder, SeriesRecorder
from rateml.ir.program import Program
from rateml.request.monitors import Monitor, period_of_exposure
from rateml.request.settings import Settings


class Recorder(Protocol):
    """Keeps what a monitor records of ``lanes`` simulations."""

    def take(self, seen: Real) -> None:
        """``seen`` (exposure, region, row, lane), C-contiguous: consecutive steps after the transient."""

    def settle(self, seen: Real) -> None:
        """The same of the transient's end, from ``Settings.settling_from`` on, for what starts before it records."""

    def result(self, lane: int, valid: int | None) -> Mapping[str, Real]:
        """The arrays of one lane by name, as the layout of the store has them.

        ``valid`` is None for a simulation that stayed finite, else the number of recorded steps before it diverged:
        what comes of later ones, and summaries of the whole run, are NaN.
        """

    def put(self, room: Room, valid: Sequence[int | None]) -> None:
        """Store the results of a room's lanes there; ``valid`` is that of each."""


class _Summary(Protocol):
    """A recorder of samples (sample, variable, region, lane)."""

    def add(self, samples: Real) -> None: ...

    def result(self, lane: int, valid: int | None) -> Mapping[str, Real]: ...


class _Shared(LaneByLane):
    """Recorders of one series, which is made once."""

    def __init__(self, series: Series) -> None:
        self.series = series
        self.summaries: list[_Summary] = []

    def settle(self, seen: Real) -> None:
        if isinstance(self.series, BoldSeries):
            self.series.settle(seen)

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


def shared_window(monitors: Sequence[Monitor], program: Program) -> int:
    """How many steps the means cover that all of the monitors stand on; 0 if one needs more than those.

    The mean of an angle is none of a sum.
    """
    sources = [monitor.source or monitor for monitor in monitors]
    windows = {source.inner if source.kind == "bold" else source.every for source in sources}
    plain = all(
        source.kind in ("tavg", "bold") and not any(period_of_exposure(program, k) > 0.0 for k in source.variables)
        for source in sources
    )
    return windows.pop() if plain and len(windows) == 1 else 0


def make_recorders(
    monitors: Sequence[Monitor],
    program: Program,
    settings: Settings,
    n_nodes: int,
    lanes: int,
    *,
    averaged: bool = False,
    bold: Callable[[Monitor], BoldSeries] | None = None,
    rooms: Sequence[Room] | None = None,
) -> tuple[Recorder, ...]:
    """The recorders of all monitors of a run; those that stand on the same BOLD signal share it.

    ``averaged`` ones take the means over ``shared_window`` in place of steps. ``bold`` makes the BOLD signal of a
    monitor where something else than this processor does. Series go into the ``rooms``, or into arrays of their own.
    """
    recorders: list[Recorder] = []
    signals: dict[tuple[int, tuple[int, ...]], _Shared] = {}
    for monitor in monitors:
        columns = np.array(monitor.variables, dtype=np.int64)
        samples = settings.steps // monitor.every
        if monitor.kind == "stats":
            periods = np.array([period_of_exposure(program, k) for k in monitor.variables])
            recorders.append(StatsRecorder(columns, periods, n_nodes, lanes))
            continue
        if monitor.kind == "raw" or (monitor.kind == "tavg" and averaged):
            precision = np.dtype(settings.precision)
            every = monitor.every if averaged else 1
            recorders.append(RowsRecorder(monitor.kind, every, columns, samples, n_nodes, lanes, precision, rooms))
            continue
        source = monitor.source or monitor
        key = (source.every, source.variables)
        shared = signals.get(key) if source.kind == "bold" else None
        if shared is None:
            made = bold(source) if bold is not None and source.kind == "bold" else None
            shared = _Shared(made or _series(monitor, program, settings, n_nodes, lanes, averaged=averaged))
            recorders.append(shared)
            signals |= {key: shared} if source.kind == "bold" else {}
        shared.summaries.append(_summary(monitor, settings, samples, n_nodes, lanes, rooms))
    return tuple(recorders)


def _series(
    monitor: Monitor, program: Program, settings: Settings, n_nodes: int, lanes: int, *, averaged: bool
) -> Series:
    source = monitor.source or monitor
    columns = np.array(source.variables, dtype=np.int64)
    periods = np.array([period_of_exposure(program, k) for k in source.variables])
    # what is stored is rounded once; what is summarised further, not at all
    dtype = np.dtype(settings.precision if monitor is source and source.kind == "tavg" else "float64")

    def averages(every: int, periods: Periods) -> Series:
        if averaged:
            return MeanSeries(columns, dtype)
        return AverageSeries(columns, periods, every, n_nodes, lanes, dtype)

    match source.kind:
        case "bold":
            # an angle drives the balloon as the number it is
            inner = averages(source.inner, np.zeros(columns.size))
            return BoldSeries(inner, source.every // source.inner, settings.balloon, columns.size, n_nodes, lanes)
        case "raw":
            return StepSeries(columns)
        case _:
            return averages(source.every, periods)


def _summary(
    monitor: Monitor, settings: Settings, samples: int, n_nodes: int, lanes: int, rooms: Sequence[Room] | None
) -> _Summary:
    variables = len(monitor.variables)
    if monitor.kind == "fc":
        return FcRecorder(samples, variables, n_nodes, lanes, settings.targets.fc)
    if monitor.windows is not None:
        return FcdRecorder(samples, variables, n_nodes, lanes, monitor.windows, settings.targets.fcd)
    dtype = np.dtype(settings.precision)
    return SeriesRecorder(monitor.kind, monitor.every, samples, variables, n_nodes, lanes, dtype, rooms)


def recorder_bytes(monitor: Monitor, settings: Settings, n_nodes: int) -> int:
    """What the recorder of a monitor holds per lane beside the arrays of the store, at most.

    Several on one BOLD signal share it.
    """
    samples, variables = settings.steps // monitor.every, len(monitor.variables)
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
            return 0
        case "fc":
            return series + FcRecorder.bytes(samples, variables, n_nodes)
        case "fcd":
            return series + FcdRecorder.bytes(samples, variables, n_nodes)
        case _:
            return series


def result_bytes(monitor: Monitor, settings: Settings, n_nodes: int) -> int:
    """What a thread needs beside that while it makes the result of one lane."""
    if monitor.windows is None:
        return 0
    return FcdRecorder.scratch_bytes(settings.steps // monitor.every, n_nodes, monitor.windows)
