"""Engine ``cpu``: groups of simulations spread over threads, integrated in slices by the generated numba module."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from typing import Literal, TypeAlias

from rateml.engines.cache import load_module
from rateml.engines.crew import TICK, Crew
from rateml.engines.events import Compiled, Event, Finished, Metrics, Paused, Planned, UnitDone
from rateml.engines.features import cores, features
from rateml.engines.group import EngineKernels, Kernels
from rateml.engines.job import Job
from rateml.engines.machine_code import undisturbed
from rateml.engines.memory import Memory, host_memory
from rateml.results.layout import Unit
from rateml.text.amounts import count

Command: TypeAlias = Literal["run", "pause", "cancel"]

_METER_SECONDS = 10.0


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

        crew = Crew(job, kernels, units, threads, self.abreast)
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
                finished = crew.next_unit(TICK)
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
        if t1 - newest > TICK / 2:
            self.points.append((t1, steps))
            while t1 - self.points[1][0] > _METER_SECONDS:
                self.points.popleft()
        rate = (steps - s0) / (t1 - t0) if t1 > t0 else 0.0
        done = self.before + steps
        left = (self.total - done) / rate if rate > 0 else None
        return Metrics(done, self.total, rate, rate * self.bytes_per_step, left)
