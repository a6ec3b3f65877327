"""Simulations that advance together on a device: the interface of the CPU engine's groups."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml.engines.cuda.device import Buffer, Code, Device
from rateml.engines.cuda.fields import pack
from rateml.engines.cuda.plan import Plan, Shape, make_plan
from rateml.engines.job import Job, Speeds
from rateml.engines.recorders import Recorder, make_recorders, shared_window
from rateml.engines.recorders.stats import summarise
from rateml.request.monitors import Monitor, period_of_exposure

MOST_STEPS = 2**20
ROW_BYTES = 2**29
"""What the recorded rows of a slice may take."""


class CudaKernels:
    """The generated code, compiled for each network on each device."""

    def __init__(self, job: Job, source: str, devices: Sequence[Device]) -> None:
        self.job, self.source, self.devices = job, source, devices
        self.stats = any(monitor.kind == "stats" for monitor in job.settings.monitors)
        self.series = [monitor for monitor in job.settings.monitors if monitor.kind != "stats"]
        self.window = shared_window(self.series, job.program) if self.series else 0
        self.uniform = not any(np.ndim(value) for value in job.settings.values.values())
        self._loaded: dict[tuple[Speeds, int], tuple[Plan, Code]] = {}
        self._guard = threading.Lock()

    def plan(self, speeds: Speeds, device: int) -> Plan:
        return make_plan(
            self.job, speeds, self.devices[device].limits, stats=self.stats, uniform=self.uniform,
            window=self.window, rows=bool(self.series),
        )  # fmt: skip

    def loaded(self, speeds: Speeds, device: int) -> tuple[Plan, Code]:
        """The plan of a network and its code; the device is active."""
        with self._guard:
            key = (speeds, device)
            if key not in self._loaded:
                plan = self.plan(speeds, device)
                self._loaded[key] = plan, self.devices[device].load(self.source, plan)
            return self._loaded[key]

    def compile(self) -> None:
        """Compile, or load from the cache, what the first simulation needs."""
        for k, device in enumerate(self.devices):
            with device.active():
                self.loaded(self.job.speeds(0), k)

    def path(self) -> str:
        """Which kernel the first simulation of the job takes, and why."""
        return self.plan(self.job.speeds(0), 0).reason

    def lanes(self, simulations: int, threads: int) -> int:
        """How many simulations a group has at most: several times what a device runs at once, as memory allows."""
        job, limits = self.job, self.devices[0].limits
        plan, shape = self.plan(job.speeds(0), 0), Shape.of(job)
        per = shape.real * (shape.stored * plan.tables.ring_size + shape.n_nodes * (shape.table + shape.states))
        per += shape.n_nodes * 8 * 3 * shape.exposures
        most = max(plan.lanes, int(0.3 * limits.memory / per))
        waves = 4 if self.series else 16
        return max(1, min(most, limits.processors * plan.lanes * waves, -(-simulations // threads)))

    def group(self, indices: Sequence[int], thread: int) -> CudaGroup:
        return CudaGroup(self, indices, thread)


class CudaGroup:
    """As ``Group`` of the CPU engine: simulations of one network, resumable at any step."""

    def __init__(self, kernels: CudaKernels, indices: Sequence[int], device: int) -> None:
        job = self.job = kernels.job
        self.device = kernels.devices[device]
        self.settings, program = job.settings, job.program
        self.lanes, self.n_nodes, self.step = len(indices), job.connectome.n_nodes, 0
        self.exposures, self.real = len(program.exposures), np.dtype(job.settings.precision)
        self.series, self.window = kernels.series, kernels.window
        self.stopped = np.full((3, self.lanes), -1)
        with self.device.active():
            self.plan, self.code = kernels.loaded(job.speeds(indices[0] // (self.settings.trials or 1)), device)
            self.padded = -(-self.lanes // self.plan.lanes) * self.plan.lanes
            self._make_arrays(np.array([*indices, *[indices[-1]] * (self.padded - self.lanes)]))
            self._update(first=0, steps=0, record=0, counts=0, counted=0, origin=0, rows=0, drive_rows=1)
            self.code.prepare(self.record, self.padded * self.n_nodes)

    def _make_arrays(self, indices: NDArray[np.int64]) -> None:
        job, settings, program, plan = self.job, self.settings, self.job.program, self.plan
        shape, tables, n, count = Shape.of(job), self.plan.tables, self.n_nodes, self.padded
        points, trials = np.divmod(indices, settings.trials or 1)
        counters = np.zeros_like(points) if settings.noise == "common" else settings.first_point + points
        trials = trials + settings.first_trial
        values = np.empty((len(program.parameters), n))
        for k, parameter in enumerate(program.parameters):
            values[k] = settings.values.get(parameter.key, parameter.default)
        keys = [p.key for p in program.parameters]
        axes = [keys.index(axis.target.key) if axis.target.key else -1 for axis in settings.axes]
        swept = np.array([settings.point_values(int(point)) for point in points]).reshape(count, len(axes))
        init = np.zeros((shape.states, n))
        for state, value in settings.init.items():
            init[state] = value
        warps, first = plan.threads // 32, plan.integrators // 32
        noise_items = (-(-tables.block // 4) * shape.noisy * n) if settings.noise != "off" else 0
        order, share = tables.shares(warps, first, noise_items) if plan.lanes == 1 else (tables.base, tables.base)
        timed = bool(program.timed)
        derived = len(program.derived_parameters)
        past = settings.past
        self.arrays: dict[str, Buffer] = {}
        real, i32, u32, f64 = self.real, np.dtype(np.int32), np.dtype(np.uint32), np.dtype(np.float64)
        for name, array, dtype in (
            ("point", counters, u32), ("trial", trials + settings.noise_shift, u32), ("start_trial", trials, u32),
            ("network", np.zeros(count), i32), ("base_values", values, f64), ("axis", np.array(axes), i32),
            ("axis_values", swept, f64), ("init", init, f64), ("drive", np.zeros((len(program.ports), 1, n)), f64),
            ("init_states", [k in settings.init for k in range(shape.states)], i32),
            ("past", np.zeros(0) if past is None else np.asarray(past).transpose(1, 0, 2), f64),
            ("base", tables.base, i32), ("slots", tables.slots, i32), ("begin", tables.begin, i32),
            ("end", tables.end, i32), ("source", tables.source, i32), ("delay", tables.delay, i32),
            ("weight", tables.weight, real), ("self_weight", tables.self_weight, real),
            ("self_delay", tables.self_delay, i32), ("strength", tables.strength, real), ("order", order, i32),
            ("share", share, i32), ("stopped", np.full(count, 2**64 - 1, np.uint64), np.dtype(np.uint64)),
        ):  # fmt: skip
            self._upload(name, np.ascontiguousarray(array, dtype))
        counts = self.stats_monitor is not None
        slow = len([s for s in program.states if s.slow]) if real.itemsize == 4 else 0
        for name, rows, dtype in (
            ("x", shape.states, real), ("carry", slow, real), ("c", shape.table, real),
            ("p", len(program.parameters) * timed, f64), ("d", derived * timed, f64), ("sums", shape.exposures, f64),
            ("moments", 2 * shape.exposures * counts, f64),
            ("normals", 4 * shape.noisy * (plan.lanes > 1), real),
        ):  # fmt: skip
            self.arrays[name] = self.device.empty((count * rows * n,), dtype)
        self.arrays["ring"] = self.device.empty((count * shape.stored * tables.ring_size,), real)
        self.arrays["out"] = self.device.empty((0,), real)
        self.arrays["mean"] = self.device.empty((0,), f64)
        self.arranged = [self.device.empty((0,), real), self.device.empty((0,), f64)]
        self.room = 0
        self.fields: dict[str, int | float] = {
            "sims": count, "axes": len(axes), "edges": tables.edges, "far": tables.far,
            "ring_size": tables.ring_size, "dt": settings.dt,
            "seed": settings.seed, "past_rows": 0 if past is None else len(past),
        }  # fmt: skip

    def _upload(self, name: str, array: NDArray[Any]) -> None:
        held = self.device.empty(array.shape, array.dtype)
        if array.size:
            held.set(array)
        self.arrays[name] = held

    def _update(self, **values: int) -> None:
        self.fields |= values
        addresses = {name: held.address for name, held in self.arrays.items()}
        self.record = pack({**addresses, **self.fields})

    @property
    def stats_monitor(self) -> Monitor | None:
        return next((m for m in self.settings.monitors if m.kind == "stats"), None)

    def recorders(self) -> tuple[Recorder, ...]:
        """What takes the exposures that ``advance`` gives; statistics are made on the device."""
        averaged = self.window > 0
        args = (self.job.program, self.settings, self.n_nodes, self.lanes)
        made = make_recorders(self.series, *args, averaged=averaged) if self.series else ()
        stats = [_DeviceStats(self, m) for m in self.settings.monitors if m.kind == "stats"]
        return (*made, *stats)

    def most_steps(self) -> int:
        """How many steps a slice has at most."""
        if not self.series:
            return MOST_STEPS
        row = self.exposures * self.n_nodes * self.padded * (8 / self.window if self.window else self.real.itemsize)
        return max(32, int(ROW_BYTES / row) // 32 * 32)

    def advance(self, steps: int, *, record: bool) -> NDArray[Any]:
        """Integrate ``steps`` steps; with ``record`` gives the exposures (exposure, region, row, lane).

        A row is a step, or of a ``window`` the mean over its steps in float64; there is none for statistics alone.
        """
        settings, origin = self.settings, self.settings.settling_from
        windows = self.window if record else 0
        kept = record and bool(self.series)
        rows = steps if kept else 0
        if kept and windows:
            rows = (self.step - origin + steps) // windows - (self.step - origin) // windows
        counts = record and self.step >= settings.transient_steps
        with self.device.active():
            self._make_room(rows)
            drives = settings.drives
            if drives is not None:
                self._upload("drive", np.ascontiguousarray(drives.values(self.step, steps + 1)))
            self._update(
                first=self.step, steps=steps, record=int(record), counts=int(counts),
                counted=max(0, self.step - settings.transient_steps), origin=origin, rows=rows,
                drive_rows=1 if drives is None else steps + 1,
            )  # fmt: skip
            self.code.advance(self.record, self.padded // self.plan.lanes, self.plan)
            seen = self._arranged(rows, windows)
            self._note(self.arrays["stopped"].get()[: self.lanes])
        self.step += steps
        return seen

    def _make_room(self, rows: int) -> None:
        size = self.exposures * rows * self.n_nodes * self.padded
        if size > self.room:
            name, dtype = ("mean", np.dtype(np.float64)) if self.window else ("out", self.real)
            self.arrays[name] = self.device.empty((size,), dtype)
            self.arranged[bool(self.window)] = self.device.empty((size,), dtype)
            self.room = size

    def _arranged(self, rows: int, windows: int) -> NDArray[Any]:
        shape = (self.exposures, self.n_nodes, rows, self.padded)
        size = self.exposures * self.n_nodes * rows * self.padded
        if not size:
            self.device.wait()
            return np.empty((*shape[:3], self.lanes), np.float64 if windows else self.real)
        self.code.arrange(self.record, self.arranged[0], self.arranged[1], size)
        seen = self.arranged[bool(windows)].get()[:size].reshape(shape)
        return np.ascontiguousarray(seen[..., : self.lanes])

    def _note(self, stopped: NDArray[np.uint64]) -> None:
        fault = stopped != np.uint64(2**64 - 1)
        step, region = stopped >> np.uint64(32), (stopped >> np.uint64(8)) & np.uint64(0xFFFFFF)
        for k, value in enumerate((step, region, stopped & np.uint64(0xFF))):
            self.stopped[k] = np.where(fault, value.astype(np.int64), -1)

    @property
    def ended(self) -> bool:
        """Whether every simulation has ceased to be finite."""
        return bool((self.stopped[0] >= 0).all())

    def moments(self) -> NDArray[np.float64]:
        """(first or second, exposure, region, simulation) of the recorded steps."""
        with self.device.active():
            found = self.arrays["moments"].get()
        lanes, n = self.plan.lanes, self.n_nodes
        found = found.reshape(self.padded // lanes, self.exposures, 2, n, lanes)
        return np.ascontiguousarray(found.transpose(2, 1, 3, 0, 4)).reshape(2, self.exposures, n, self.padded)


class _DeviceStats:
    """Mean and variance, summed up on the device as ``StatsRecorder`` does."""

    def __init__(self, group: CudaGroup, monitor: Monitor) -> None:
        self.group = group
        self.columns = np.array(monitor.variables)
        self.periods = np.array([period_of_exposure(group.job.program, k) for k in monitor.variables])
        self.found: NDArray[np.float64] | None = None

    def take(self, seen: NDArray[Any]) -> None:
        """Nothing: the device has them."""

    def settle(self, seen: NDArray[Any]) -> None:
        """Nothing: the transient isn't part of the statistics."""

    def result(self, lane: int, valid: int | None) -> Mapping[str, NDArray[np.float64]]:
        if self.found is None:
            self.found = self.group.moments()[:, self.columns]
        first, second = self.found[..., lane]
        mean, var = np.full((2, *first.shape), np.nan)
        if valid is None:
            summarise(self.periods, self.group.settings.steps, first, second, mean, var)
        return {"stats_mean": mean, "stats_var": var}
