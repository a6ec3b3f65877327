"""Engine ``cpu``: groups of simulations spread over threads, integrated in slices by the generated numba module."""

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
from rateml.engines.group import LANES, LONGEST_BLOCK, NETWORKS, ROW_BYTES, Group, Kernels
from rateml.engines.job import Job, Speeds
from rateml.engines.recorders import Recorder, make_recorders, recorder_bytes, result_bytes
from rateml.results.layout import DIVERGED, OK, Unit

Command: TypeAlias = Literal["run", "pause", "cancel"]

SLICE_SECONDS = 0.1
"""What a slice aims at: a third of the longest time that an interruption may wait for."""

_TICK = 0.1
_METER_SECONDS = 10.0
_PROCESS_BYTES = 300 * 10**6
"""The interpreter with numba, zarr and the compiled code."""

WAITING_BYTES = 64 * 10**6
"""Finished units may wait for the disk up to this size (one may always); then the workers wait."""


@dataclass(frozen=True, slots=True)
class _Task:
    """One simulation: its number, and its place in its unit."""

    index: int
    unit: _Unit
    place: int


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
        kernels = Kernels(job, load_module(job.artifact))
        yield Planned(self.name, job.settings.simulations, done, steps, threads, kernels.path())
        if not units:
            yield Finished(0, 0, 0.0, 0.0, 0.0, stopped=False)
            return
        began = time.perf_counter()
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
    lanes = _lanes(job, job.settings.simulations, threads)
    n_nodes, size = job.connectome.n_nodes, np.dtype(job.settings.precision).itemsize
    ring = len(job.program.stored) * job.history_slots() * size
    table = len(job.program.parameters) + len(job.program.derived_parameters)
    sums = sum(max(1, len(c.factors)) for c in job.program.couplings) * LONGEST_BLOCK * size
    lane = (
        ring
        + n_nodes * (table * (8 + size) + sums)
        + sum(recorder_bytes(monitor, job.settings, n_nodes) for monitor in job.settings.monitors)
    )
    rows = max(ROW_BYTES, 32 * len(job.program.exposures) * n_nodes * lanes * size)
    thread = (
        lanes * lane
        + rows
        + max((result_bytes(monitor, job.settings, n_nodes) for monitor in job.settings.monitors), default=0)
    )
    networks = min(prod(len(speeds) for speeds in job.all_speeds()), NETWORKS)
    edges = sum(job.edges(c).n_edges for c in job.program.couplings if c.reduce == "sum")
    open_units = min(len(layout.units), 1 + -(-threads * lanes * networks // layout.unit) + waiting_units(job) + 1)
    written = 2 * max(unit, min(WAITING_BYTES, open_units * unit))
    matrices = 2 * 8 * n_nodes**2 * len(job.connectome.tracts)
    shared = matrices + edges * (24 * networks + 48)
    return _PROCESS_BYTES + threads * thread + open_units * unit + written + shared


def _lanes(job: Job, simulations: int, threads: int) -> int:
    """How many simulations a group has: all threads get some."""
    return max(1, min(LANES[job.settings.precision], -(-simulations // threads)))


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
        self.out = sum(unit.count for unit in units)
        self.groups = self._groups(units, _lanes(job, self.out, threads))
        self.finished: queue.Queue[_Unit | BaseException] = queue.Queue(waiting_units(job))
        self.guard = threading.Lock()
        self.going = threading.Event()
        self.going.set()
        self.ended = False
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

    def _groups(self, units: Sequence[Unit], lanes: int) -> Iterator[list[_Task]]:
        """The simulations of the units by ``lanes`` that have one network; a unit's arrays are made with its first."""
        settings = self.job.settings
        waiting: dict[Speeds, list[_Task]] = {}
        for unit in units:
            block = {a.name: np.full((unit.count, *a.shape), a.fill, a.dtype) for a in self.arrays}
            under_way = _Unit(unit, block, unit.count)
            for place in range(unit.count):
                index = unit.first + place
                speeds = self.job.speeds(index // (settings.trials or 1))
                group = waiting.setdefault(speeds, [])
                group.append(_Task(index, under_way, place))
                if len(group) == lanes:
                    yield waiting.pop(speeds)
        yield from waiting.values()

    def _work(self, thread: int) -> None:
        try:
            while True:
                with self.guard:
                    tasks = None if self.ended else next(self.groups, None)
                if tasks is None or not self._simulate(tasks, thread):
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

    def _simulate(self, tasks: Sequence[_Task], thread: int) -> bool:
        """Run a group to its end; False when the crew was stopped before."""
        settings = self.job.settings
        group = Group(self.kernels, [task.index for task in tasks])
        recorders = make_recorders(settings.monitors, self.job.program, settings, group.n_nodes, group.lanes)
        most = group.most_rows()
        pace = min(32, most)
        seen = group.rows(0, record=False)
        while group.step < settings.total_steps and not group.ended:
            self.going.wait()
            if self.ended:
                return False
            record = group.step >= settings.transient_steps
            end = settings.total_steps if record else settings.transient_steps
            steps = min(pace, end - group.step)
            began = time.perf_counter()
            if seen.shape[2] != (steps if record else 1):
                seen = group.rows(steps, record=record)
            group.advance(seen, steps, record=record)
            if record:
                for recorder in recorders:
                    recorder.take(seen)
            took = time.perf_counter() - began
            pace = max(1, min(most, int(pace * min(4.0, SLICE_SECONDS / max(took, 1e-6)))))
            self.counts[thread] += steps * group.lanes
        self.counts[thread] += (settings.total_steps - group.step) * group.lanes
        for lane, task in enumerate(tasks):
            self._finish(group, recorders, lane, task)
        return True

    def _finish(self, group: Group, recorders: Sequence[Recorder], lane: int, task: _Task) -> None:
        """Put the results of one lane into its unit, and hand the unit over when it is complete."""
        step, region, state = (int(v) for v in group.stopped[:, lane])
        diverged = step >= 0
        valid = max(0, step - self.job.settings.transient_steps) if diverged else None
        block = task.unit.block
        for recorder in recorders:
            for name, values in recorder.result(lane, valid).items():
                block[name][task.place] = values
        block["status"][task.place] = DIVERGED if diverged else OK
        for name, value in (("diverged_at", step), ("diverged_region", region), ("diverged_state", state)):
            block[name][task.place] = value
        with self.guard:
            task.unit.left -= 1
            task.unit.diverged += diverged
            ready = task.unit.left == 0
        if ready:
            self._hand_over(task.unit)
