"""Recorders whose work the device does: statistics, functional connectivity of means, BOLD signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml.engines.recorders import Room
from rateml.engines.recorders.fit import fit_fc
from rateml.engines.recorders.series import BoldSeries, Real
from rateml.ir.program import Program
from rateml.request.balloon import Balloon
from rateml.request.monitors import Monitor, period_of_exposure
from rateml.standalone.device import Buffer
from rateml.standalone.moments import summarise
from rateml.standalone.simulations import Simulations

_ROOM = 48 * 1024
"""Bytes of shared memory that a block of threads has on any GPU."""

MOST_REGIONS = _ROOM // 16
"""Those of one sample that fit there."""

_THREADS = 256


def made_on_device(monitor: Monitor, window: int, n_nodes: int) -> bool:
    """Whether the device makes a monitor's numbers of the means over ``window`` steps that it has, 0 for none."""
    source = monitor.source or monitor
    if monitor.kind == "stats":
        return True
    return window > 0 and (
        source.kind == "bold" or (monitor.kind == "fc" and source.kind == "tavg" and n_nodes <= MOST_REGIONS)
    )


def summary_bytes(monitor: Monitor, n_nodes: int) -> int:
    """What a simulation holds on the device for such a monitor, beside the sums of its statistics."""
    variables = len(monitor.variables)
    if (monitor.source or monitor).kind == "bold":
        return 8 * 4 * variables * n_nodes
    if monitor.kind == "stats":
        return 0
    return 8 * variables * (n_nodes * (n_nodes + 1) // 2 + n_nodes) + fetched_bytes(monitor, n_nodes)


def fetched_bytes(monitor: Monitor, n_nodes: int) -> int:
    """What is copied of a simulation when it has ended, at most, beside its statistics."""
    if monitor.kind != "fc" or (monitor.source or monitor).kind != "tavg":
        return 0
    return 8 * len(monitor.variables) * n_nodes * (n_nodes - 1) // 2


class DeviceStats:
    """Mean and variance, summed up on the device as ``StatsRecorder`` does."""

    def __init__(self, group: Simulations, monitor: Monitor, program: Program, steps: int) -> None:
        self.group, self.steps = group, steps
        self.columns = np.array(monitor.variables)
        self.periods = np.array([period_of_exposure(program, k) for k in monitor.variables])
        self.found: Mapping[str, NDArray[np.float64]] | None = None

    def take(self, seen: NDArray[Any]) -> None:
        """Nothing: the device has them."""

    def settle(self, seen: NDArray[Any]) -> None:
        """Nothing: the transient isn't part of the statistics."""

    def result(self, lane: int, valid: int | None) -> Mapping[str, NDArray[np.float64]]:
        return {name: _of_lanes(values[lane : lane + 1], [valid])[0] for name, values in self._summaries().items()}

    def put(self, room: Room, valid: Sequence[int | None]) -> None:
        for name, values in self._summaries().items():
            room.put(name, _of_lanes(values[room.lanes], valid))

    def _summaries(self) -> Mapping[str, NDArray[np.float64]]:
        """Mean and variance (simulation, variable, region), made once."""
        if self.found is None:
            first, second = self.group.moments()[:, self.columns]
            mean, var = np.empty_like(first), np.empty_like(second)
            with np.errstate(invalid="ignore"):  # of simulations that ceased to be finite
                summarise(self.periods, self.steps, first, second, mean, var)
            self.found = {"stats_mean": np.moveaxis(mean, -1, 0), "stats_var": np.moveaxis(var, -1, 0)}
        return self.found


class DeviceFc:
    """Correlations of means over windows; their co-moments are summed up on the device as ``FcRecorder`` does."""

    def __init__(self, group: Simulations, monitor: Monitor, target: NDArray[np.float64] | None) -> None:
        self.group, self.target, self.count = group, target, 0
        self.variables, n = len(monitor.variables), group.n_nodes
        self.pairs = n * (n + 1) // 2
        self.together = max(1, min(16, _ROOM // (16 * n)))
        self.found: NDArray[np.floating] | None = None
        with group.device.active():
            self.columns = _uploaded(group, np.array(monitor.variables, np.int32))
            self.means = group.hold((group.padded, self.variables, n), np.dtype(np.float64))
            self.moments = group.hold((group.padded, self.variables, self.pairs), np.dtype(np.float64))

    def settle(self, seen: NDArray[Any]) -> None:
        """Nothing: the transient has no samples."""

    def take(self, seen: NDArray[Any]) -> None:
        """The rows that the last launch left on the device."""
        group, rows = self.group, self.group.rows
        if not rows:
            return
        words = (
            self.columns.address, self.variables, self.count, self.together, self.means.address, self.moments.address
        )  # fmt: skip
        blocks = group.padded * self.variables
        with group.device.active():
            group.code.summarise(
                "correlate", group.record, words, blocks, _THREADS, 2 * 8 * self.together * group.n_nodes
            )
        self.count += rows

    def result(self, lane: int, valid: int | None) -> Mapping[str, NDArray[Any]]:
        return {name: values[0] for name, values in self._results(slice(lane, lane + 1), [valid]).items()}

    def put(self, room: Room, valid: Sequence[int | None]) -> None:
        for name, values in self._results(room.lanes, valid).items():
            room.put(name, values)

    def _results(self, lanes: slice, valid: Sequence[int | None]) -> Mapping[str, NDArray[Any]]:
        if self.found is None:
            self.found = self._correlations()
        fc = _of_lanes(self.found[lanes], valid)
        if self.target is None:
            return {"fc": fc}
        return {"fc": fc, "fit_fc": np.array([fit_fc(first, self.target) for first in fc[:, 0]])}

    def _correlations(self) -> NDArray[np.floating]:
        """Those of all simulations (simulation, variable, pair) in the type that is stored; a fit needs them whole."""
        group, n = self.group, self.group.n_nodes
        exact = self.target is not None
        with group.device.active():
            shape = (group.padded, self.variables, n * (n - 1) // 2)
            out = group.hold(shape, np.dtype(np.float64) if exact else group.real)
            words = (self.moments.address, int(exact), out.address)
            group.code.summarise("correlations", group.record, words, group.padded * self.variables, _THREADS, 8 * n)
            found = out.get()
            group.release(out)
        return found


class DeviceBold(BoldSeries):
    """The same signal, integrated on the device; only its samples are copied."""

    def __init__(self, group: Simulations, source: Monitor, balloon: Balloon) -> None:
        self.group, self.every = group, source.every // source.inner
        self.variables, self.phase, self.rests = len(source.variables), 0, True
        lanes, n = group.plan.lanes, group.n_nodes
        state = np.ones((group.padded // lanes, self.variables, 4, n, lanes))
        state[:, :, 0] = 0.0
        with group.device.active():
            self.columns = _uploaded(group, np.array(source.variables, np.int32))
            self.balloon = _uploaded(group, np.array(balloon.constants()))
            self.on_device = _uploaded(group, state)

    def settle(self, seen: Real) -> None:
        """Steps of the transient move the model and give no samples."""
        self._drive_on(self.group.rows + 1, 0)

    def next(self, seen: Real) -> Real:
        samples, phase = divmod(self.phase + self.group.rows, self.every)
        out = self._drive_on(self.every, samples)
        self.phase = phase
        return out

    def _drive_on(self, every: int, samples: int) -> Real:
        group = self.group
        workers = group.padded * group.n_nodes * self.variables
        with group.device.active():
            out = group.hold((samples, self.variables, group.n_nodes, group.padded), np.dtype(np.float64))
            if group.rows:
                words = (
                    self.columns.address, self.variables, every, self.phase, int(self.rests), self.balloon.address,
                    self.on_device.address, out.address,
                )  # fmt: skip
                group.code.summarise("balloon", group.record, words, -(-workers // _THREADS), _THREADS, 0)
                self.rests = False
            found = out.get()
            group.release(out)
        return np.ascontiguousarray(found[..., : group.lanes])


def _of_lanes(values: NDArray[Any], valid: Sequence[int | None]) -> NDArray[Any]:
    """Values (lane, ...) with NaN for those that ceased to be finite."""
    lost = [end is not None for end in valid]
    if any(lost):
        values = values.copy()
        values[lost] = np.nan
    return values


def _uploaded(group: Simulations, values: NDArray[Any]) -> Buffer:
    held = group.hold(values.shape, values.dtype)
    held.set(values)
    return held


def device_recorders(
    group: Simulations, monitors: Sequence[Monitor], program: Program, steps: int, target: NDArray[np.float64] | None
) -> list[DeviceStats | DeviceFc]:
    """The recorders of those monitors that the device summarises as a whole; ``target`` is a measured fc."""
    return [
        DeviceStats(group, m, program, steps) if m.kind == "stats" else DeviceFc(group, m, target) for m in monitors
    ]
