"""Engine ``cpu``: simulations spread over threads, each integrated in slices by the generated numba module."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rateml.engines.cache import load_module
from rateml.engines.events import Compiled, Event, Finished, Metrics, Paused, Planned, UnitDone
from rateml.engines.job import Job, Speeds
from rateml.engines.recorders import make_recorder
from rateml.results.layout import DIVERGED, OK, Unit

Command: TypeAlias = Literal["run", "pause", "cancel"]

SLICE_SECONDS = 0.1
"""What a slice aims at: a third of the longest time that an interruption may wait for."""

_ROWS = 1024
_TICK = 0.1


@dataclass
class _Unit:
    """A unit under way: its arrays, and how many of its simulations are still out."""

    unit: Unit
    block: dict[str, NDArray[Any]]
    left: int
    diverged: int = 0


class CpuEngine:
    """Runs a job on ``threads`` threads; results do not depend on their number."""

    name = "cpu"

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or len(os.sched_getaffinity(0))

    def run(
        self, job: Job, units: Sequence[Unit], done: int, command: Callable[[], Command]
    ) -> Generator[Event, None, None]:
        """Compute ``units``; ``command`` is asked about every tenth of a second what to do.

        Closing the iterator stops the workers after their slice.
        """
        simulations = sum(unit.count for unit in units)
        threads = max(1, min(self.threads, simulations))
        total = simulations * job.settings.total_steps
        yield Planned(self.name, job.settings.simulations, done, job.settings.total_steps, threads, _path(job))
        began = time.perf_counter()
        module = load_module(job.artifact)
        kernels = _Kernels(job, module)
        kernels.compile()
        yield Compiled(time.perf_counter() - began, job.artifact.digest)

        crew = _Crew(job, kernels, units, threads)
        began = time.perf_counter()
        diverged = 0
        meter = _Meter(total, job.bytes_per_step())
        paused = stopped = False
        try:
            crew.start()
            left = len(units)
            while left and not stopped:
                finished = crew.next_unit(_TICK)
                if finished is not None:
                    left -= 1
                    diverged += finished.diverged
                    yield UnitDone(finished.unit, finished.block, finished.diverged)
                yield meter.read(crew.steps_done)
                asked = command()
                stopped = asked == "cancel"
                if (asked == "pause") != paused:
                    paused = not paused
                    crew.pause(paused)
                    meter.restart(crew.steps_done)
                    yield Paused(paused)
        finally:
            crew.stop()
        seconds = time.perf_counter() - began
        rate = crew.steps_done / seconds if seconds > 0 else 0.0
        yield Finished(
            simulations - crew.out,
            diverged,
            seconds,
            rate,
            rate * job.bytes_per_step(),
            stopped,
        )


def _path(job: Job) -> str:
    """Which kernel path every simulation of the job takes, and why."""
    return "per-step path: the plain kernel, one simulation per thread"


class _Meter:
    """The rate over the last seconds, and the time left."""

    def __init__(self, total: int, bytes_per_step: float) -> None:
        self.total, self.bytes_per_step = total, bytes_per_step
        self.points: deque[tuple[float, int]] = deque(maxlen=100)
        self.restart(0)

    def restart(self, steps: int) -> None:
        self.points.clear()
        self.points.append((time.perf_counter(), steps))

    def read(self, steps: int) -> Metrics:
        self.points.append((time.perf_counter(), steps))
        (t0, s0), (t1, s1) = self.points[0], self.points[-1]
        rate = (s1 - s0) / (t1 - t0) if t1 > t0 else 0.0
        left = (self.total - steps) / rate if rate > 0 else None
        return Metrics(steps, self.total, rate, rate * self.bytes_per_step, left)


class _Kernels:
    """The generated module with what all simulations of a job share."""

    def __init__(self, job: Job, module: ModuleType) -> None:
        self.job, self.module = job, module
        self.real = np.dtype(job.settings.precision)
        self._networks: dict[Speeds, tuple[tuple[Any, ...], int]] = {}
        self._guard = threading.Lock()

    def network(self, speeds: Speeds) -> tuple[tuple[Any, ...], int]:
        """The edges of every coupling, and the slots that their history needs."""
        with self._guard:
            if speeds not in self._networks:
                if len(self._networks) > 256:
                    self._networks.clear()
                self._networks[speeds] = self._connect(speeds)
            return self._networks[speeds]

    def _connect(self, speeds: Speeds) -> tuple[tuple[Any, ...], int]:
        packed = []
        longest = 0
        for coupling, delays in zip(self.job.program.couplings, self.job.delays(speeds), strict=True):
            if coupling.reduce == "sum":
                edges = self.job.edges(coupling)
                parts = (edges.start, edges.source, edges.weight)
            else:
                parts = (np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0))
            longest = max(longest, int(delays.max(initial=0)))
            # fresh arrays: compiled code has one signature, for arrays that may be written
            begin, source, weight = (np.array(part) for part in parts)
            packed.append((begin, source, weight.astype(self.real), delays.astype(np.int32)))
        return tuple(packed), longest + 1

    def compile(self) -> None:
        """Compile, or load from the cache, everything a simulation calls."""
        Simulation(self, 0).advance(np.empty((0, len(self.job.program.exposures), self.job.connectome.n_nodes)), 0)


class Simulation:
    """One simulation, number ``index`` in C order over points and trials, resumable at any step."""

    def __init__(self, kernels: _Kernels, index: int) -> None:
        job, module, real = kernels.job, kernels.module, kernels.real
        settings, program = job.settings, job.program
        point, trial = divmod(index, settings.trials or 1)
        n_nodes = job.connectome.n_nodes
        counter = 0 if settings.noise == "common" else settings.first_point + point
        self.stream = (np.uint64(settings.seed), np.uint64(counter), np.uint64(trial))
        self.module, self.real, self.settings = module, real, settings
        self.scheme = module.SCHEMES[settings.scheme]
        self.noise = settings.noise != "off"
        self.p = job.parameters(point)
        self.d = np.empty((len(program.derived_parameters), n_nodes))
        module.derive(self.p, self.d)
        self.edges, slots = kernels.network(job.speeds(point))
        self.x = np.empty((len(program.states), n_nodes), real)
        self.u = np.zeros((len(program.inputs), n_nodes), real)
        self.ring = np.zeros((len(program.stored), slots, n_nodes), real)
        module.prime(settings.dt, self._past(), self.p, self.d, self.x, self.u, self.ring, self.edges)
        self.step = 0

    def _past(self) -> NDArray[Any]:
        settings = self.settings
        if settings.past is not None:
            return np.ascontiguousarray(settings.past, dtype=self.real)
        self.module.start(*self.stream, self.p, self.d, self.x)
        for state, value in settings.init.items():
            self.x[state] = value
        return self.x[np.newaxis].copy()

    def advance(self, out: NDArray[Any], steps: int) -> int:
        """Integrate ``steps`` steps; the exposures go to ``out`` when it has rows. The step of divergence or -1."""
        stopped = self.module.advance(
            self.step, steps, self.settings.dt, self.scheme, self.noise, *self.stream,
            self.p, self.d, self.x, self.u, self.ring, self.edges, np.ascontiguousarray(out, dtype=self.real),
        )  # fmt: skip
        self.step += steps
        return int(stopped)


class _Crew:
    """The threads and what they share. Compiled code runs without the interpreter's lock."""

    def __init__(self, job: Job, kernels: _Kernels, units: Sequence[Unit], threads: int) -> None:
        self.job, self.kernels = job, kernels
        self.arrays = job.layout().all_arrays
        self.tasks = self._tasks(units)
        self.finished: queue.Queue[_Unit | BaseException] = queue.Queue()
        self.guard = threading.Lock()
        self.going = threading.Event()
        self.going.set()
        self.ended = False
        self.out = sum(unit.count for unit in units)
        self.counts = [0] * threads
        self.threads = [threading.Thread(target=self._work, args=(k,), daemon=True) for k in range(threads)]

    @property
    def steps_done(self) -> int:
        """Steps integrated so far, over all simulations; those after a divergence count as done."""
        return sum(self.counts)

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def pause(self, paused: bool) -> None:
        if paused:
            self.going.clear()
        else:
            self.going.set()

    def stop(self) -> None:
        """End every thread after its slice."""
        self.ended = True
        self.going.set()
        for thread in self.threads:
            if thread.ident is not None:
                thread.join()

    def next_unit(self, timeout: float) -> _Unit | None:
        """A finished unit, or None after ``timeout`` seconds; raises what a thread raised."""
        try:
            item = self.finished.get(timeout=timeout)
        except queue.Empty:
            return None
        if isinstance(item, BaseException):
            raise item
        self.out -= item.unit.count
        return item

    def _tasks(self, units: Sequence[Unit]) -> Iterator[tuple[_Unit, int]]:
        """Every simulation with its place in its unit; a unit's arrays are made when its first is taken."""
        for unit in units:
            block = {a.name: np.full((unit.count, *a.shape), a.fill, a.dtype) for a in self.arrays}
            under_way = _Unit(unit, block, unit.count)
            for k in range(unit.count):
                yield under_way, k

    def _work(self, thread: int) -> None:
        try:
            rows = np.empty((_ROWS, len(self.job.program.exposures), self.job.connectome.n_nodes), self.kernels.real)
            while True:
                with self.guard:
                    task = None if self.ended else next(self.tasks, None)
                if task is None or not self._simulate(*task, rows, thread):
                    return
        except BaseException as error:  # handed to the thread that waits, which raises it
            self.finished.put(error)

    def _simulate(self, under_way: _Unit, k: int, rows: NDArray[Any], thread: int) -> bool:
        """Run one simulation of a unit to its end; False when the crew was stopped before."""
        settings = self.job.settings
        simulation = Simulation(self.kernels, under_way.unit.first + k)
        recorders = [make_recorder(m, self.job.program, settings, rows.shape[2]) for m in settings.monitors]
        stopped = -1
        pace = 16
        while simulation.step < settings.total_steps and stopped < 0:
            self.going.wait()
            if self.ended:
                return False
            record = simulation.step >= settings.transient_steps
            end = settings.total_steps if record else settings.transient_steps
            steps = min(pace, end - simulation.step)
            began = time.perf_counter()
            seen = rows[: steps if record else 0]
            stopped = simulation.advance(seen, steps)
            if record:
                valid = seen if stopped < 0 else seen[: stopped - (simulation.step - steps)]
                for recorder in recorders:
                    recorder.take(valid)
            took = time.perf_counter() - began
            pace = max(1, min(_ROWS, int(pace * min(4.0, SLICE_SECONDS / max(took, 1e-6)))))
            self.counts[thread] += steps
        self.counts[thread] += settings.total_steps - simulation.step
        block = under_way.block
        for recorder in recorders:
            for name, values in recorder.result(stopped >= 0).items():
                block[name][k] = values
        block["status"][k] = DIVERGED if stopped >= 0 else OK
        block["diverged_at"][k] = stopped
        with self.guard:
            under_way.left -= 1
            under_way.diverged += stopped >= 0
            ready = under_way.left == 0
        if ready:
            self.finished.put(under_way)
        return True
