"""Whether the time step of a sweep is small enough: some of its simulations again at half of it.

Halving the step changes the noise with it: the same seed gives another path. Two simulations of one point at two steps
therefore differ by what the step does and by what any two noises differ by. So each chosen point runs twice more, with
two noises that the sweep did not see there and the initial states that it did: at half the step, and at the whole one.
The second says how much of the first is noise. Without noise any change is the step's.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rateml.engines.cpu import CpuEngine
from rateml.engines.events import Event, Finished, Metrics, UnitDone
from rateml.engines.job import Job
from rateml.engines.statistics import Key, change, statistics
from rateml.results import OK, Unit, open_results

LIMIT = 0.01
"""A statistic may change by this much, relatively, whatever the noise does."""

NOISE_FACTOR = 3.0
"""A change beyond this many times that by the noise alone is the step's."""

_AT_HALF, _AT_WHOLE = 2, 1
"""Noises, as trials after the one that the sweep has: independent of it and of each other."""

_FIRST_TRIAL = 0

Result: TypeAlias = Literal["small enough", "hidden by noise", "too large", "nothing to compare"]

Block: TypeAlias = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True)
class StepCheck:
    """What to run: ``points`` of ``job`` again as in ``halved``, and if there is noise, as in ``other``."""

    job: Job
    halved: Job
    other: Job | None
    points: tuple[int, ...]

    @property
    def steps(self) -> int:
        """Simulation steps that the check takes, over all simulations."""
        runs = [self.halved, *([self.other] if self.other is not None else [])]
        return sum(len(self.points) * run.settings.total_steps for run in runs)


@dataclass(frozen=True)
class Row:
    """Relative changes of one statistic: by halving the step (point), and by another noise alone or None."""

    key: Key
    halved: tuple[float, ...]
    noise: tuple[float, ...] | None

    @property
    def worst(self) -> int:
        """Which of the compared points changes most."""
        return int(np.argmax(self.halved))

    @property
    def too_large(self) -> bool:
        """Whether halving changes more than LIMIT and, at most points or at the worst, more than noise explains."""

        def beyond(changed: float, by_noise: float) -> bool:
            return changed > max(LIMIT, NOISE_FACTOR * by_noise)

        noise = np.zeros(len(self.halved)) if self.noise is None else np.array(self.noise)
        return beyond(float(np.median(self.halved)), float(np.median(noise))) or beyond(
            float(np.max(self.halved)), float(np.max(noise))
        )


@dataclass(frozen=True)
class Diverged:
    """A point that ceased to be finite in one of the runs: the steps at which it did, None where it did not."""

    point: int
    whole: int | None
    halved: int | None


@dataclass(frozen=True)
class Findings:
    """``compared`` are the points that stayed finite in every run, those of each row."""

    compared: tuple[int, ...]
    rows: tuple[Row, ...]
    diverged: tuple[Diverged, ...]

    @property
    def divergence_depends(self) -> bool:
        """Whether a simulation diverges at one of the two steps only."""
        return any((d.whole is None) != (d.halved is None) for d in self.diverged)

    @property
    def result(self) -> Result:
        """What to make of it."""
        if self.divergence_depends or any(row.too_large for row in self.rows):
            return "too large"
        if not self.rows:
            return "nothing to compare"
        return "small enough" if self.largest <= LIMIT else "hidden by noise"

    @property
    def largest(self) -> float:
        """The largest change by halving the step, 0 where nothing was compared."""
        return max((row.halved[row.worst] for row in self.rows), default=0.0)


def choose_points(points: int, count: int, seed: int) -> tuple[int, ...]:
    """``count`` different points (all, if there are fewer), drawn by ``seed``, in order."""
    drawn = np.random.default_rng(seed).choice(points, min(count, points), replace=False)
    return tuple(sorted(int(point) for point in drawn))


def plan_check(job: Job, at_half: Job, count: int) -> StepCheck:
    """The check of ``count`` points of a sweep; ``at_half`` is the job of the same request at half the step."""
    settings = at_half.settings
    past = None if settings.past is None else refine(settings.past, [state.period for state in job.program.states])
    halved = replace(at_half, connectome=job.connectome, settings=replace(settings, past=past, noise_shift=_AT_HALF))
    noisy = bool(job.program.diffusion) and settings.noise != "off"
    other = replace(job, settings=replace(job.settings, noise_shift=_AT_WHOLE)) if noisy else None
    return StepCheck(job, halved, other, choose_points(settings.points, count, settings.seed))


def refine(past: NDArray[np.float64], periods: Sequence[float | None]) -> NDArray[np.float64]:
    """A history (row, state, region) at half the step: a row half-way between any two, angles the short way round."""
    fine = np.empty((2 * len(past) - 1, *past.shape[1:]))
    fine[::2] = past
    apart = np.diff(past, axis=0)
    for k, period in enumerate(periods):
        if period is not None:
            apart[:, k] = np.mod(apart[:, k] + period / 2, period) - period / 2
    fine[1::2] = past[:-1] + apart / 2
    for k, period in enumerate(periods):
        if period is not None:
            fine[:, k] = np.mod(fine[:, k], period)
    return fine


def run_check(check: StepCheck, out: Path, engine: CpuEngine) -> Generator[Event, None, Findings]:
    """Run a check of the finished sweep in ``out``; yields the engine's events and gives what it found.

    ``Metrics`` count the steps of the whole check. Closing the iterator stops the engine.
    """
    done = 0
    halved = yield from _run(check, check.halved, engine, done)
    done += len(check.points) * check.halved.settings.total_steps
    other = None
    if check.other is not None:
        other = yield from _run(check, check.other, engine, done)
    return compare(check, _stored(check, out), halved, other)


def compare(
    check: StepCheck, whole: Sequence[Block], halved: Sequence[Block], other: Sequence[Block] | None
) -> Findings:
    """What the runs of the points differ by."""
    compared: list[int] = []
    by_step: dict[Key, list[float]] = {}
    by_noise: dict[Key, list[float]] = {}
    diverged = []
    for k, point in enumerate(check.points):
        runs = [whole[k], halved[k], *([] if other is None else [other[k]])]
        if any(int(run["status"]) != OK for run in runs):
            diverged.append(Diverged(point, _diverged_at(whole[k]), _diverged_at(halved[k])))
            continue
        compared.append(point)
        told = [
            statistics(job.layout(), run) for job, run in zip((check.job, check.halved, check.job), runs, strict=False)
        ]
        for key, old in told[0].items():
            by_step.setdefault(key, []).append(change(old, told[1][key]))
            if other is not None:
                by_noise.setdefault(key, []).append(change(old, told[2][key]))
    rows = tuple(
        Row(key, tuple(changes), tuple(by_noise[key]) if other is not None else None)
        for key, changes in by_step.items()
    )
    return Findings(tuple(compared), rows, tuple(diverged))


def _diverged_at(run: Block) -> int | None:
    return None if int(run["status"]) == OK else int(run["diverged_at"])


def _simulation(job: Job, point: int) -> int:
    """The number of a point's first trial."""
    return point * (job.settings.trials or 1) + _FIRST_TRIAL


def _run(check: StepCheck, job: Job, engine: CpuEngine, before: int) -> Generator[Event, None, list[Block]]:
    """The points, each as a unit of one simulation."""
    units = [Unit(k, _simulation(job, point), 1) for k, point in enumerate(check.points)]
    blocks: dict[int, Block] = {}
    for event in engine.run(job, units, 0, lambda: "run"):
        match event:
            case UnitDone():
                blocks[event.unit.index] = {name: values[0] for name, values in event.block.items()}
            case Metrics():
                done = before + event.done_steps
                left = (check.steps - done) / event.rate if event.rate > 0 else None
                yield Metrics(done, check.steps, event.rate, event.bandwidth, left)
            case Finished():
                continue
            case _:
                yield event
    return [blocks[k] for k in range(len(units))]


def _stored(check: StepCheck, out: Path) -> list[Block]:
    """The points as the sweep left them."""
    layout = check.job.layout()
    blocks: list[Block] = []
    with open_results(out) as results:
        for point in check.points:
            at: tuple[Any, ...] = np.unravel_index(_simulation(check.job, point), layout.shape)
            place = dict(zip(layout.dims, map(int, at), strict=True))
            blocks.append({array.name: results[array.name].isel(place).values for array in layout.all_arrays})
    return blocks
