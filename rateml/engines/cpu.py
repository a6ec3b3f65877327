"""Engine ``cpu``: groups of simulations spread over threads, integrated in slices by the generated numba module."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rateml.engines.cache import load_module
from rateml.engines.events import Compiled, Event, Finished, Metrics, Paused, Planned, UnitDone
from rateml.engines.features import cores, features
from rateml.engines.group import EngineGroup, EngineKernels, Kernels
from rateml.engines.job import Job, Speeds
from rateml.engines.machine_code import undisturbed
from rateml.engines.memory import Memory, host_memory, waiting_units
from rateml.engines.recorders import Recorder, Room
from rateml.results.layout import DIVERGED, OK, Unit
from rateml.text.amounts import count

Command: TypeAlias = Literal["run", "pause", "cancel"]

SLICE_SECONDS = 0.1
"""What a slice aims at: a third of the longest time that an interruption may wait for."""

_FIRST_PACE = 32
"""Steps of the first slice of a network; a worker's next group of this network goes on at the pace it has found."""

_TICK = 0.1
_METER_SECONDS = 10.0


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

    abreast = 1
    """Groups of simulations that each of ``threads`` has under way."""

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or cores()
        self._kernels: Kernels | None = None

    def run(
        self, job: Job, units: Sequence[Unit], done: int, command: Callable[[], Command]
    ) -> Generator[Event, None, None]:
        """Compute ``units``; ``command`` is asked about every tenth of a second what to do.

        Closing the iterator stops the workers after their slice.
        """
        simulations = sum(unit.count for unit in units)
        threads = max(1, min(self.threads, simulations))
        steps = job.settings.total_steps
        kernels = self._kernels_of(job)
        yield Planned(self.name, job.settings.simulations, done, steps, threads, kernels.path())
        if not units:
            yield Finished(0, 0, 0.0, 0.0, 0.0, stopped=False)
            return
        began = time.perf_counter()
        undisturbed(kernels.compile)
        yield Compiled(time.perf_counter() - began, job.artifact.digest)

        crew = _Crew(job, kernels, units, threads, self.abreast)
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

    def prepare(self, job: Job) -> None:
        """Compile what a job needs and keep it: jobs that differ in points and random numbers only start at once."""
        kernels = self._numba(job)
        undisturbed(kernels.compile)
        self._kernels = kernels

    def features(self) -> dict[str, str]:
        """What of the machine the last bits of a result may depend on."""
        return features()

    def memory(self, job: Job, *, compiled: bool = False) -> Memory:
        """What a run of a job takes; ``compiled`` says that its code will be before."""
        return Memory(host_memory(job, self.threads, compiled=compiled))

    def told(self, threads: int) -> str:
        """What of the machine computes, in words."""
        return count(threads, "thread")

    def _kernels_of(self, job: Job) -> EngineKernels:
        return self._numba(job)

    def _numba(self, job: Job) -> Kernels:
        last = self._kernels
        return Kernels(job, load_module(job.artifact)) if last is None or not last.serve(job) else last.serving(job)


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
    """The threads and what they share. Compiled code runs without the interpreter's lock.

    ``abreast`` workers share each of ``threads``.
    """

    def __init__(self, job: Job, kernels: EngineKernels, units: Sequence[Unit], threads: int, abreast: int) -> None:
        self.job, self.kernels = job, kernels
        self.arrays = job.layout().all_arrays
        self.out = sum(unit.count for unit in units)
        self.groups = self._groups(units, kernels.lanes(self.out, threads))
        self.finished: queue.Queue[_Unit | BaseException] = queue.Queue(waiting_units(job))
        self.guard = threading.Lock()
        self.going = threading.Event()
        self.going.set()
        self.ended = False
        workers = range(threads * abreast)
        self.counts = [0] * len(workers)
        self.paces: dict[int, tuple[Speeds, int]] = {}
        self.threads = [threading.Thread(target=self._work, args=(k, k % threads), daemon=True) for k in workers]

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
        """The simulations of the units by ``lanes`` that have one network; a unit's arrays are made with its first.

        They hold nothing yet: every simulation writes all of its part.
        """
        settings = self.job.settings
        waiting: dict[Speeds, list[_Task]] = {}
        for unit in units:
            block = {a.name: np.empty((unit.count, *a.shape), a.dtype) for a in self.arrays}
            under_way = _Unit(unit, block, unit.count)
            for place in range(unit.count):
                index = unit.first + place
                speeds = self.job.speeds(index // (settings.trials or 1))
                group = waiting.setdefault(speeds, [])
                group.append(_Task(index, under_way, place))
                if len(group) == lanes:
                    yield waiting.pop(speeds)
        yield from waiting.values()

    def _work(self, worker: int, thread: int) -> None:
        try:
            while True:
                with self.guard:
                    tasks = None if self.ended else next(self.groups, None)
                if tasks is None or not self._simulate(tasks, worker, thread):
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

    def _simulate(self, tasks: Sequence[_Task], worker: int, thread: int) -> bool:
        """Run a group to its end; False when the crew was stopped before."""
        with closing(self.kernels.group([task.index for task in tasks], thread)) as group:
            return self._advance(group, tasks, worker)

    def _advance(self, group: EngineGroup, tasks: Sequence[_Task], worker: int) -> bool:
        settings = self.job.settings
        recorders = group.recorders(_rooms(tasks))
        most = group.most_steps()
        speeds = self.job.speeds(tasks[0].index // (settings.trials or 1))
        before, pace = self.paces.get(worker, (speeds, _FIRST_PACE))
        pace = min(pace if before == speeds else _FIRST_PACE, most)
        while group.step < settings.total_steps and not group.ended:
            self.going.wait()
            if self.ended:
                return False
            settled = group.step >= settings.transient_steps
            settles = group.step >= settings.settling_from
            ends = settings.total_steps if settled else settings.transient_steps if settles else settings.settling_from
            steps = min(pace, ends - group.step)
            began = time.perf_counter()
            seen = group.advance(steps, record=settles)
            for recorder in recorders if settles else ():
                if settled:
                    recorder.take(seen)
                else:
                    recorder.settle(seen)
            took = time.perf_counter() - began
            if steps == pace or took > SLICE_SECONDS:
                pace = max(1, min(most, int(steps * min(4.0, SLICE_SECONDS / max(took, 1e-6)))))
            self.counts[worker] += steps * group.lanes
        self.paces[worker] = speeds, pace
        self.counts[worker] += (settings.total_steps - group.step) * group.lanes
        for lane, task in enumerate(tasks):
            self._finish(group, recorders, lane, task)
        return True

    def _finish(self, group: EngineGroup, recorders: Sequence[Recorder], lane: int, task: _Task) -> None:
        """Put the results of one lane into its unit, and hand the unit over when it is complete."""
        step, region, state = (int(v) for v in group.stopped[:, lane])
        diverged = step >= 0
        valid = max(0, step - self.job.settings.transient_steps) if diverged else None
        block = task.unit.block
        for recorder in recorders:
            for name, values in recorder.result(lane, valid).items():
                # a series stands there already: numpy sees that it is the same, and copies nothing
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


def _rooms(tasks: Sequence[_Task]) -> list[Room]:
    """Where in their units' arrays simulations go that advance together."""
    rooms: list[Room] = []
    first = 0
    for _, together in groupby(tasks, key=lambda task: task.unit.unit.index):
        some = list(together)
        rooms.append(Room(first, np.array([task.place for task in some]), some[0].unit.block))
        first += len(some)
    return rooms
