"""Simulations that advance together in the ``cpu`` engine: one per lane of the generated module's arrays."""

from __future__ import annotations

import copy
import math
import threading
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rateml.engines.job import Job, Speeds
from rateml.engines.recorders import Recorder, Room, make_recorders, shared_window

LANES = {"float32": 64, "float64": 32}
"""The most simulations of a group: more would only grow its history beyond the caches."""

NETWORKS = 32
"""How many combinations of conduction speeds are kept ready."""

ROW_BYTES = 2 * 10**6
"""What the exposures of a slice may take: they are read again while they are in the cache."""

CACHE_LINE = 64
"""In bytes."""

LONGEST_BLOCK = 32
"""In steps; the generated module chooses."""

PATHS = (
    "time-blocked path: every region integrates {block} steps on its own",
    "time-blocked path: every region integrates {block} steps on its own; self-connections are summed at every step",
    "per-step path: {why}; the other edges are summed {block} steps at a time",
)


class EngineGroup(Protocol):
    """Simulations that advance together; ``stopped`` (3, lane) is step, region and state of a fault, or -1."""

    lanes: int
    step: int
    stopped: NDArray[Any]

    def recorders(self, rooms: Sequence[Room]) -> tuple[Recorder, ...]: ...

    def most_steps(self) -> int: ...

    def advance(self, steps: int, *, record: bool) -> NDArray[Any]: ...

    @property
    def ended(self) -> bool: ...

    def close(self) -> None:
        """Give back what the group holds; nothing is asked of it afterwards."""


class EngineKernels(Protocol):
    """What makes the groups of a job."""

    def compile(self) -> None: ...

    def path(self) -> str: ...

    def sizes(self, simulations: int, threads: int) -> Iterator[int]:
        """How many simulations one group after the other has at most, without end."""

    def group(self, indices: Sequence[int], thread: int) -> EngineGroup: ...


def most_lanes(job: Job, simulations: int, threads: int) -> int:
    """How many simulations a group has: all threads get some."""
    return max(1, min(LANES[job.settings.precision], -(-simulations // threads)))


@dataclass(frozen=True)
class Network:
    """What the kernel reads of the edges at one combination of conduction speeds."""

    near: int
    edges: tuple[Any, ...]
    strength: NDArray[Any]
    block: int
    base: NDArray[np.int64]
    slots: NDArray[np.int64]


def aligned(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Zeros that begin with a cache line, so that no vector lies across two."""
    size = math.prod(shape) * dtype.itemsize
    room = np.zeros(size + CACHE_LINE, np.uint8)
    skip = -room.ctypes.data % CACHE_LINE
    return room[skip : skip + size].view(dtype).reshape(shape)


class Kernels:
    """The generated module with what all groups of a job share."""

    def __init__(self, job: Job, module: ModuleType) -> None:
        self.job, self.module = job, module
        self.real = np.dtype(job.settings.precision)
        self._networks: dict[Speeds, Network] = {}
        self._rings: list[NDArray[Any]] = []
        self._guard = threading.Lock()
        self._compiled = False

    def serve(self, job: Job) -> bool:
        """Whether a job differs only in its points, initial states and random numbers."""
        mine, other = self.job, job
        return (mine.artifact.digest, mine.settings.dt, mine.settings.precision, mine.settings.monitors) == (
            other.artifact.digest, other.settings.dt, other.settings.precision, other.settings.monitors,
        ) and mine.connectome is other.connectome  # fmt: skip

    def serving(self, job: Job) -> Kernels:
        """These kernels for a job that they ``serve``."""
        same = copy.copy(self)
        same.job = job
        return same

    def network(self, speeds: Speeds) -> Network:
        with self._guard:
            if speeds not in self._networks:
                if len(self._networks) >= NETWORKS:
                    self._networks.clear()
                self._networks[speeds] = self._connect(speeds)
            return self._networks[speeds]

    def ring(self, rows: int, size: int) -> NDArray[Any]:
        """Room for a history (row, slot and lane), to be written wholly; one that was given back if there is."""
        with self._guard:
            while self._rings:
                flat = self._rings.pop()
                if flat.size >= rows * size:
                    return flat[: rows * size].reshape(rows, size)
        return aligned((rows, size), self.real)

    def give_back(self, ring: NDArray[Any]) -> None:
        """Let another group have a history: to touch new memory takes longer than to write it."""
        with self._guard:
            self._rings.append(ring.reshape(-1))

    def _connect(self, speeds: Speeds) -> Network:
        job = self.job
        couplings: list[tuple[NDArray[Any], ...] | None] = []
        for coupling, delays in zip(job.program.couplings, job.delays(speeds), strict=True):
            if coupling.reduce == "sum":
                edges = job.edges(coupling)
                couplings.append((edges.target.astype(np.int64), edges.source.astype(np.int64), edges.weight, delays))
            else:
                couplings.append(None)
        return Network(*self.module.network(couplings, job.connectome.n_nodes))

    def compile(self) -> None:
        """Compile, or load from the cache, everything a group calls."""
        if self._compiled:
            return
        group = Group(self, [0])
        seen = group.advance(0, record=True)
        for recorder in group.recorders():
            recorder.take(seen[:, :, :0])
            recorder.result(0, None)
        self._compiled = True

    def sizes(self, simulations: int, threads: int) -> Iterator[int]:
        """How many simulations one group after the other has at most: all the same."""
        return repeat(most_lanes(self.job, simulations, threads))

    def group(self, indices: Sequence[int], thread: int) -> Group:
        return Group(self, indices)

    def path(self) -> str:
        """Which kernel path the first simulation of the job takes, and why."""
        network = self.network(self.job.speeds(0))
        couplings = self.job.program.couplings
        stepwise = [c.id for c, at_each in zip(couplings, self.module.STEPWISE, strict=True) if at_each]
        means = [c.id for c in couplings if c.reduce == "mean"]
        if stepwise:
            why = f"what {', '.join(stepwise)} sums depends on both ends of an edge"
        elif means:
            why = f"{', '.join(means)} takes the mean over all regions"
        else:
            why = f"edges between regions have delays shorter than {network.block} steps"
        return PATHS[network.near].format(block=network.block, why=why)


class Group:
    """Simulations of these numbers (C order over points and trials), resumable at any step.

    They have one network: their conduction speeds are the same.
    """

    def __init__(self, kernels: Kernels, indices: Sequence[int]) -> None:
        job, module, real = kernels.job, kernels.module, kernels.real
        settings, program = job.settings, job.program
        self.module, self.real, self.settings = module, real, settings
        self.lanes, self.n_nodes = len(indices), job.connectome.n_nodes
        self.exposures = len(program.exposures)
        self.job = job
        self.window = shared_window(settings.monitors, program) if module.WINDOWS else 0
        points, trials = np.divmod(np.array(indices), settings.trials or 1)
        counters = np.zeros_like(points) if settings.noise == "common" else settings.first_point + points
        trials += settings.first_trial
        random = (np.uint64(settings.seed), counters.astype(np.uint64))
        self.start_stream = (*random, trials.astype(np.uint64))
        self.stream = (*random, (trials + settings.noise_shift).astype(np.uint64))
        self.network = kernels.network(job.speeds(int(points[0])))
        self.noise = settings.noise != "off"
        self.p = np.ascontiguousarray(np.stack([job.parameters(int(point)) for point in points], axis=-1))
        self.d = np.empty((len(program.derived_parameters), self.n_nodes, self.lanes))
        module.derive(self.p, self.d)
        self.c = aligned((self.n_nodes, module.TABLE_ROWS, self.lanes), real)
        module.settings(settings.dt, self.p, self.d, self.c)
        self.x = self._arrays(len(program.states))
        self.carry = self._arrays(len(module.SLOW))
        self.ring = kernels.ring(len(program.stored), int(self.network.base[-1]) * self.lanes)
        weakref.finalize(self, kernels.give_back, self.ring).atexit = False
        network = self.network
        module.prime(
            settings.dt, self._past(), self.x, self.c, self.p, self.d, network.block, self.ring, network.base,
            network.slots,
        )  # fmt: skip
        self.idle = np.zeros((len(program.ports), 1, self.n_nodes))
        self.stopped = np.full((3, self.lanes), -1)
        room = (1, LONGEST_BLOCK) if self.window else (self.n_nodes, 1)
        self.seen = aligned((self.exposures, *room, self.lanes), self.real)
        self.means = np.empty((self.exposures, self.n_nodes, 0, self.lanes))
        self.sums = np.zeros((self.exposures, self.n_nodes, self.lanes))
        self.step = 0

    def _arrays(self, count: int) -> tuple[NDArray[Any], ...]:
        return tuple(aligned((self.n_nodes, self.lanes), self.real) for _ in range(count))

    def _past(self) -> NDArray[Any]:
        """(state, row, region, lane), or one lane for all."""
        settings = self.settings
        if settings.past is not None:
            past = np.asarray(settings.past, self.real).transpose(1, 0, 2)
            return np.ascontiguousarray(past[..., np.newaxis])
        self.module.start(*self.start_stream, self.p, self.d, self.x)
        for state, value in settings.init.items():
            self.x[state][:] = np.reshape(value, (-1, 1))
        return np.stack(self.x)[:, np.newaxis]

    def recorders(self, rooms: Sequence[Room] | None = None) -> tuple[Recorder, ...]:
        """What takes the exposures that ``advance`` gives; series go into the ``rooms``."""
        job = self.job
        return make_recorders(
            self.settings.monitors, job.program, self.settings, self.n_nodes, self.lanes, averaged=self.window > 0,
            rooms=rooms,
        )  # fmt: skip

    def most_steps(self) -> int:
        """How many steps a slice has at most."""
        row = self.exposures * self.n_nodes * self.lanes
        row_bytes = row * (8 / self.window if self.window else self.real.itemsize)
        return max(32, int(ROW_BYTES / row_bytes) // 32 * 32)

    def advance(self, steps: int, *, record: bool) -> NDArray[Any]:
        """Integrate ``steps`` steps; with ``record`` gives the exposures (exposure, region, row, lane).

        A row is a step, or of a ``window`` the mean over its steps in float64. The array is written over by the next
        call. Updates ``stopped``.
        """
        origin, network = self.settings.transient_steps, self.network
        windows = self.window if record else 0
        rows = (self.step - origin + steps) // windows - (self.step - origin) // windows if windows else steps
        if record:
            self._make_room(rows)
        self.module.advance(
            self.step, steps, self.settings.dt, self.noise, record, *self.stream, self.x, self.carry,
            self.c, self.p, self.d, self._drive(steps), network.near, network.edges, network.strength, network.block,
            self.ring, network.base, network.slots, tuple(self.seen), windows, origin, tuple(self.sums),
            tuple(self.means), self.stopped,
        )  # fmt: skip
        self.step += steps
        return self.means if windows else self.seen

    def _make_room(self, rows: int) -> None:
        """Room for the exposures of a slice; those of one step are always needed."""
        room = self.means if self.window else self.seen
        if room.shape[2] != rows:
            shape = (self.exposures, self.n_nodes, rows, self.lanes)
            if self.window:
                self.means = np.empty(shape)
            else:
                self.seen = np.empty(shape, self.real)

    def _drive(self, steps: int) -> NDArray[np.float64]:
        """What drives the ports (port, row, region): a row for each step and one more, or one for all."""
        drives = self.settings.drives
        return self.idle if drives is None else np.ascontiguousarray(drives.values(self.step, steps + 1))

    @property
    def ended(self) -> bool:
        """Whether every simulation has ceased to be finite."""
        return bool((self.stopped[0] >= 0).all())

    def close(self) -> None:
        """Nothing: what a group holds goes with it."""
