"""The threads of an engine: groups of simulations, integrated in slices, whose results fill the units of the store."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml.engines.group import EngineGroup, EngineKernels
from rateml.engines.job import Job, Speeds
from rateml.engines.memory import waiting_units
from rateml.engines.recorders import Recorder, Room
from rateml.results.layout import DIVERGED, OK, Unit

SLICE_SECONDS = 0.1
"""What a slice aims at: a third of the longest time that an interruption may wait for."""

_FIRST_PACE = 32
"""Steps of the first slice of a network; a worker's next group of this network goes on at the pace it has found."""

TICK = 0.1
"""Seconds after which one that waits looks around."""


@dataclass
class UnderWay:
    """A unit under way: its arrays, and how many of its simulations are still out."""

    unit: Unit
    block: dict[str, NDArray[Any]]
    left: int
    diverged: int = 0


@dataclass(frozen=True)
class _Part:
    """Simulations of a unit, by their places there."""

    of: UnderWay
    places: NDArray[np.int64]


@dataclass(frozen=True)
class _Pace:
    """How many steps a slice of so many simulations of a network had."""

    speeds: Speeds
    steps: int
    lanes: int


class Crew:
    """The threads and what they share. Compiled code runs without the interpreter's lock.

    ``abreast`` workers share each of ``threads``: all but one integrate, so that there is always one whose group is
    ready to begin, or whose results are taken.
    """

    def __init__(self, job: Job, kernels: EngineKernels, units: Sequence[Unit], threads: int, abreast: int) -> None:
        self.job, self.kernels = job, kernels
        self.arrays = job.layout().all_arrays
        self.out = sum(unit.count for unit in units)
        self.groups = self._groups(units, kernels.sizes(self.out, threads))
        self.finished: queue.Queue[UnderWay | BaseException] = queue.Queue(waiting_units(job))
        self.guard = threading.Lock()
        self.going = threading.Event()
        self.going.set()
        self.ended = False
        workers = range(threads * abreast)
        self.counts = [0] * len(workers)
        self.paces: dict[int, _Pace] = {}
        self.turns = [threading.Semaphore(max(1, abreast - 1)) for _ in range(threads)]
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

    def next_unit(self, timeout: float) -> UnderWay | None:
        """A finished unit, or None after ``timeout`` seconds; raises what a thread raised."""
        try:
            item = self.finished.get(timeout=timeout)
        except queue.Empty:
            return None
        if isinstance(item, BaseException):
            raise item
        self.out -= item.unit.count
        return item

    def _groups(self, units: Sequence[Unit], sizes: Iterator[int]) -> Iterator[list[_Part]]:
        """Simulations that have one network, so many at a time; a unit's arrays are made with its first.

        They hold nothing yet: every simulation writes all of its part.
        """
        waiting: dict[Speeds, list[_Part]] = {}
        size = next(sizes)
        for unit in units:
            block = {a.name: np.empty((unit.count, *a.shape), a.dtype) for a in self.arrays}
            under_way = UnderWay(unit, block, unit.count)
            for speeds, places in self._networks(unit):
                while places.size:
                    parts = waiting.setdefault(speeds, [])
                    lacking = max(1, size - _lanes(parts))
                    parts.append(_Part(under_way, places[:lacking]))
                    places = places[lacking:]
                    if _lanes(parts) >= size:
                        yield waiting.pop(speeds)
                        size = next(sizes)
        yield from waiting.values()

    def _networks(self, unit: Unit) -> Sequence[tuple[Speeds, NDArray[np.int64]]]:
        """The places in a unit of the simulations of each network."""
        settings, places = self.job.settings, np.arange(unit.count)
        points = (unit.first + places) // (settings.trials or 1)
        if not any(axis.target.couplings for axis in settings.axes):
            return [(self.job.speeds(int(points[0])), places)]
        found: dict[Speeds, list[int]] = {}
        for place, point in enumerate(points.tolist()):
            found.setdefault(self.job.speeds(point), []).append(place)
        return [(speeds, np.array(some)) for speeds, some in found.items()]

    def _work(self, worker: int, thread: int) -> None:
        try:
            while True:
                with self.guard:
                    parts = None if self.ended else next(self.groups, None)
                if parts is None or not self._simulate(parts, worker, thread):
                    return
        except BaseException as error:  # handed to the thread that waits, which raises it
            self._hand_over(error)

    def _hand_over(self, item: UnderWay | BaseException) -> None:
        """Give to the thread that waits, once it has room: workers never run far ahead of the disk."""
        while not self.ended:
            try:
                self.finished.put(item, timeout=TICK)
            except queue.Full:
                continue
            return

    def _simulate(self, parts: Sequence[_Part], worker: int, thread: int) -> bool:
        """Run a group to its end; False when the crew was stopped before."""
        indices = np.concatenate([part.of.unit.first + part.places for part in parts])
        with closing(self.kernels.group(indices.tolist(), thread)) as group:
            rooms = _rooms(parts)
            recorders = group.recorders(rooms)
            speeds = self.job.speeds(int(indices[0]) // (self.job.settings.trials or 1))
            with self.turns[thread]:
                done = self._advance(group, recorders, speeds, worker)
            if done:
                for part, room in zip(parts, rooms, strict=True):
                    self._finish(group, recorders, part.of, room)
            return done

    def _advance(self, group: EngineGroup, recorders: Sequence[Recorder], speeds: Speeds, worker: int) -> bool:
        """Integrate a group to its end; False when the crew was stopped before."""
        settings = self.job.settings
        most = group.most_steps()
        pace = min(self._first_pace(worker, speeds, group.lanes), most)
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
        self.paces[worker] = _Pace(speeds, pace, group.lanes)
        self.counts[worker] += (settings.total_steps - group.step) * group.lanes
        return True

    def _first_pace(self, worker: int, speeds: Speeds, lanes: int) -> int:
        """Steps of the first slice of a group; more simulations than the last group had take longer."""
        last = self.paces.get(worker)
        if last is None or last.speeds != speeds:
            return _FIRST_PACE
        return max(1, last.steps * last.lanes // max(last.lanes, lanes))

    def _finish(self, group: EngineGroup, recorders: Sequence[Recorder], unit: UnderWay, room: Room) -> None:
        """Put the results of a unit's lanes into it, and hand it over when it is complete."""
        stopped = group.stopped[:, room.lanes]
        diverged, before = stopped[0] >= 0, self.job.settings.transient_steps
        valid = [max(0, step - before) if step >= 0 else None for step in stopped[0].tolist()]
        for recorder in recorders:
            recorder.put(room, valid)
        room.put("status", np.where(diverged, DIVERGED, OK))
        for name, values in zip(("diverged_at", "diverged_region", "diverged_state"), stopped, strict=True):
            room.put(name, values)
        with self.guard:
            unit.left -= room.places.size
            unit.diverged += int(diverged.sum())
            ready = unit.left == 0
        if ready:
            self._hand_over(unit)


def _lanes(parts: Sequence[_Part]) -> int:
    return sum(part.places.size for part in parts)


def _rooms(parts: Sequence[_Part]) -> list[Room]:
    """Where in their units' arrays simulations go that advance together."""
    firsts = np.cumsum([0, *(part.places.size for part in parts)])
    return [Room(int(first), part.places, part.of.block) for first, part in zip(firsts, parts, strict=False)]
