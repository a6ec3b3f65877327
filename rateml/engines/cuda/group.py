"""Simulations that advance together on a device: the interface of the CPU engine's groups."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rateml.codegen.targets.cuda.describe import describe
from rateml.engines.cuda.sizes import group_sizes, wave
from rateml.engines.cuda.summaries import DeviceBold, device_recorders, made_on_device, summary_bytes
from rateml.engines.job import Job, Speeds
from rateml.engines.recorders import Recorder, Room, make_recorders, shared_window
from rateml.standalone.device import Code, Device
from rateml.standalone.model import Shape
from rateml.standalone.plan import Kind, Limits, Plan, make_plan, most_simulations
from rateml.standalone.simulations import Batch, Recording, Simulations
from rateml.standalone.tables import Wires
from rateml.text import SourceFile

ABREAST = 3
"""Groups that a device has: while it computes two, the processor prepares another or takes its results."""


class CudaKernels:
    """The generated code, compiled for each network on each device."""

    def __init__(self, job: Job, source: str, devices: Sequence[Device]) -> None:
        settings = job.settings
        self.job, self.source, self.devices = job, source, devices
        self.shape = Shape(describe(job.program), job.connectome.n_nodes, np.dtype(settings.precision).itemsize)
        self.series = [monitor for monitor in settings.monitors if monitor.kind != "stats"]
        self.kind = Kind(
            stats=any(monitor.kind == "stats" for monitor in settings.monitors),
            driven=settings.drives is not None,
            noise=settings.noise != "off",
            uniform=not any(np.ndim(value) for value in settings.values.values()),
            window=shared_window(self.series, job.program) if self.series else 0,
            rows=bool(self.series),
        )
        n_nodes = job.connectome.n_nodes
        self.made = [m for m in settings.monitors if made_on_device(m, self.kind.window, n_nodes)]
        self.fetched = any(monitor not in self.made for monitor in self.series)
        self.copied = any(m not in self.made or (m.source or m).kind == "bold" for m in self.series)
        self.summary_bytes = sum(summary_bytes(monitor, n_nodes) for monitor in self.made)
        self._loaded: dict[tuple[Speeds, int], tuple[Plan, Code]] = {}
        self._guard = threading.Lock()

    def plan(self, speeds: Speeds, device: int) -> Plan:
        return self.plan_for(speeds, self.devices[device].limits)

    def plan_for(self, speeds: Speeds, limits: Limits) -> Plan:
        """The kernel for a network on a device of these limits, which need not be here."""
        return make_plan(self.shape, wires(self.job, speeds), limits, self.kind)

    def loaded(self, speeds: Speeds, device: int) -> tuple[Plan, Code]:
        """The plan of a network and its code; the device is active."""
        with self._guard:
            key = (speeds, device)
            if key not in self._loaded:
                plan = self.plan(speeds, device)
                self._loaded[key] = plan, self.devices[device].load(self.source, plan, self._origins())
            return self._loaded[key]

    def _origins(self) -> dict[int, str]:
        """For lines of the generated code, the lines of the model's files that they come from."""
        artifact, origin = self.job.artifact, self.job.origin
        texts = {} if origin is None else origin.texts
        sources = {
            mapped.span.file: SourceFile(name, text)
            for mapped in artifact.source_map
            for name, text in texts.items()
            if Path(mapped.span.file).as_posix().endswith(f"/{name}")
        }
        return artifact.origins(sources)

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
        plan, limits = self.plan(self.job.speeds(0), 0), self.devices[0].limits
        most = most_simulations(self.shape, plan, limits, copied=self.copied, more=self.summary_bytes)
        return min(most, -(-simulations // threads))

    def sizes(self, simulations: int, threads: int) -> Iterator[int]:
        """How many simulations one group after the other has at most."""
        once = wave(self.plan(self.job.speeds(0), 0), self.devices[0].limits)
        return group_sizes(simulations, threads, ABREAST, once, self.lanes(simulations, threads))

    def group(self, indices: Sequence[int], thread: int) -> CudaGroup:
        return CudaGroup(self, indices, thread)


def wires(job: Job, speeds: Speeds) -> list[Wires | None]:
    """The edges of every coupling at one combination of conduction speeds."""
    found: list[Wires | None] = []
    for coupling, delay in zip(job.program.couplings, job.delays(speeds), strict=True):
        if coupling.reduce != "sum":
            found.append(None)
            continue
        edges = job.edges(coupling)
        found.append(Wires(edges.target.astype(np.int64), edges.source.astype(np.int64), edges.weight, delay))
    return found


class CudaGroup(Simulations):
    """As ``Group`` of the CPU engine: simulations of these numbers, of one network."""

    def __init__(self, kernels: CudaKernels, indices: Sequence[int], device: int) -> None:
        self.job = job = kernels.job
        self.settings = settings = job.settings
        self.series, self.made = kernels.series, kernels.made
        kind = kernels.kind
        recording = Recording(
            settings.transient_steps, settings.settling_from, kind.window, kind.stats, kind.rows, kernels.fetched,
            settings.total_steps - settings.settling_from,
        )  # fmt: skip
        on = kernels.devices[device]
        drive = None if settings.drives is None else settings.drives.values
        with on.active():
            plan, code = kernels.loaded(job.speeds(indices[0] // (settings.trials or 1)), device)
            super().__init__(on, plan, code, kernels.shape, _batch(job, np.array(indices)), recording, drive)

    def recorders(self, rooms: Sequence[Room] | None = None) -> tuple[Recorder, ...]:
        """What takes the exposures that ``advance`` gives; the device makes some of the numbers itself."""
        settings, program = self.settings, self.job.program
        whole = [m for m in self.made if m.kind == "stats" or (m.source or m).kind == "tavg"]
        bold = partial(DeviceBold, self, balloon=settings.balloon) if self.recording.window else None
        rest = [m for m in self.series if m not in whole]
        args = (program, settings, self.n_nodes, self.lanes)
        made = make_recorders(rest, *args, averaged=self.recording.window > 0, bold=bold, rooms=rooms)
        return (*made, *device_recorders(self, whole, program, settings.steps, settings.targets.fc))


def _batch(job: Job, indices: NDArray[np.int64]) -> Batch:
    settings, program = job.settings, job.program
    points, trials = np.divmod(indices, settings.trials or 1)
    counters = np.zeros_like(points) if settings.noise == "common" else settings.first_point + points
    trials = trials + settings.first_trial
    values = np.empty((len(program.parameters), job.connectome.n_nodes))
    for k, parameter in enumerate(program.parameters):
        values[k] = settings.values.get(parameter.key, parameter.default)
    keys = [p.key for p in program.parameters]
    axis = np.array([keys.index(axis.target.key) if axis.target.key else -1 for axis in settings.axes], np.int64)
    swept = settings.values_at(points)
    init = np.zeros((len(program.states), job.connectome.n_nodes))
    for state, value in settings.init.items():
        init[state] = value
    given = np.array([k in settings.init for k in range(len(program.states))])
    return Batch(
        settings.seed, settings.dt, counters, trials + settings.noise_shift, trials, values, axis, swept, init, given,
        settings.past,
    )  # fmt: skip
