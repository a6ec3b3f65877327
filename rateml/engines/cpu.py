"""Engine ``cpu``: simulations spread over threads, each integrated in slices by the generated numba module."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rateml.engines.cache import load_module
from rateml.engines.events import Compiled, Event, Finished, Metrics, Paused, Planned, UnitDone
from rateml.engines.features import cores
from rateml.engines.job import Job
from rateml.engines.recorders import make_recorder
from rateml.engines.simulation import NETWORKS, Kernels, Simulation
from rateml.results.layout import DIVERGED, OK, Unit

Command: TypeAlias = Literal["run", "pause", "cancel"]

SLICE_SECONDS = 0.1
"""What a slice aims at: a third of the longest time that an interruption may wait for."""

_ROWS = 1024
_TICK = 0.1
_METER_SECONDS = 10.0
_PROCESS_BYTES = 300 * 10**6
"""The interpreter with numba, zarr and the compiled code."""

WAITING_BYTES = 64 * 10**6
"""Finished units may wait for the disk up to this size (one may always); then the workers wait."""


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
        self.threads = threads or cores()

    def run(
        self, job: Job, units: Sequence[Unit], done: int, command: Callable[[], Command]
    ) -> Generator[Event, None, None]:
        """Compute ``units``; ``command`` is asked about every tenth of a second what to do.

        Closing the iterator stops the workers after their slice.
        """
        simulations = sum(unit.count for unit in units)
        threads = max(1, min(self.threads, simulations))
        steps = job.settings.total_steps
        yield Planned(self.name, job.settings.simulations, done, steps, threads, _path(job))
        if not units:
            yield Finished(0, 0, 0.0, 0.0, 0.0, stopped=False)
            return
        began = time.perf_counter()
        module = load_module(job.artifact)
        kernels = Kernels(job, module)
        kernels.compile()
        yield Compiled(time.perf_counter() - began, job.artifact.digest)

        crew = _Crew(job, kernels, units, threads)
        began = time.perf_counter()
        diverged = 0
        meter = _Meter(done * steps, (done + simulations) * steps, job.bytes_per_step())
        paused_at: float | None = None
        idle = 0.0
        stopped = False
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
                if (asked == "pause") != (paused_at is not None):
                    now = time.perf_counter()
                    idle += 0.0 if paused_at is None else now - paused_at
                    paused_at = now if asked == "pause" else None
                    crew.pause(asked == "pause")
                    meter.restart(crew.steps_done)
                    yield Paused(asked == "pause")
        finally:
            crew.stop()
        idle += 0.0 if paused_at is None else time.perf_counter() - paused_at
        seconds = time.perf_counter() - began - idle
        while (finished := crew.next_unit(0.0)) is not None:
            diverged += finished.diverged
            yield UnitDone(finished.unit, finished.block, finished.diverged)
        rate = crew.steps_done / seconds if seconds > 0 else 0.0
        yield Finished(
            simulations - crew.out,
            diverged,
            seconds,
            rate,
            rate * job.bytes_per_step(),
            stopped,
        )


def waiting_units(job: Job) -> int:
    """How many finished units may wait to be written."""
    layout = job.layout()
    return max(1, WAITING_BYTES // (layout.unit * sum(array.bytes for array in layout.all_arrays)))


def memory(job: Job, threads: int) -> int:
    """Bytes that a run holds at most: the process, histories, records under way, results waiting and being written."""
    layout = job.layout()
    simulation = sum(array.bytes for array in layout.all_arrays)
    unit = layout.unit * simulation
    threads = max(1, min(threads, job.settings.simulations))
    n_nodes, size = job.connectome.n_nodes, np.dtype(job.settings.precision).itemsize
    ring = len(job.program.stored) * (1 + job.longest_delay()) * n_nodes * size
    rows = _ROWS * len(job.program.exposures) * n_nodes * size
    values = (len(job.program.parameters) + len(job.program.derived_parameters)) * n_nodes * 8
    networks = min(prod(len(speeds) for speeds in job.all_speeds()), NETWORKS)
    edges = sum(job.edges(c).n_edges for c in job.program.couplings if c.reduce == "sum")
    held = min(len(layout.units), 1 + -(-threads // layout.unit) + waiting_units(job) + 1)
    written = 2 * max(unit, min(WAITING_BYTES, held * unit))
    matrices = 2 * 8 * n_nodes**2 * len(job.connectome.tracts)
    shared = matrices + edges * (4 * networks + 48)
    return _PROCESS_BYTES + threads * (ring + simulation + rows + values) + held * unit + written + shared


def _path(job: Job) -> str:
    """Which kernel path every simulation of the job takes, and why."""
    return "per-step path: the plain kernel, one simulation per thread"


class _Meter:
    """The rate over the last seconds, and the time left; ``before`` of ``total`` steps an earlier run did."""

    def __init__(self, before: int, total: int, bytes_per_step: float) -> None:
        self.before, self.total, self.bytes_per_step = before, total, bytes_per_step
        self.points: deque[tuple[float, int]] = deque()
        self.restart(0)

    def restart(self, steps: int) -> None:
        self.points.clear()
        self.points.append((time.perf_counter(), steps))

    def read(self, steps: int) -> Metrics:
        t1 = time.perf_counter()
        (t0, s0), newest = self.points[0], self.points[-1][0]
        if t1 - newest > _TICK / 2:
            self.points.append((t1, steps))
            while t1 - self.points[1][0] > _METER_SECONDS:
                self.points.popleft()
        rate = (steps - s0) / (t1 - t0) if t1 > t0 else 0.0
        done = self.before + steps
        left = (self.total - done) / rate if rate > 0 else None
        return Metrics(done, self.total, rate, rate * self.bytes_per_step, left)


class _Crew:
    """The threads and what they share. Compiled code runs without the interpreter's lock."""

    def __init__(self, job: Job, kernels: Kernels, units: Sequence[Unit], threads: int) -> None:
        self.job, self.kernels = job, kernels
        self.arrays = job.layout().all_arrays
        self.tasks = self._tasks(units)
        self.finished: queue.Queue[_Unit | BaseException] = queue.Queue(waiting_units(job))
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
            self._hand_over(error)

    def _hand_over(self, item: _Unit | BaseException) -> None:
        """Give to the thread that waits, once it has room: workers never run far ahead of the disk."""
        while not self.ended:
            try:
                self.finished.put(item, timeout=_TICK)
            except queue.Full:
                continue
            return

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
            self._hand_over(under_way)
        return True
