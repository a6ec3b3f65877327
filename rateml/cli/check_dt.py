"""``sweep --check-dt``: what halving the time step changes, as text and as a file beside the store."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from rich.progress import TaskID

from rateml import api
from rateml.cli import exits
from rateml.cli.console import console, say, warn
from rateml.cli.progress import Bar, advance
from rateml.cli.stopping import ending
from rateml.cli.wall_clock import time_limit as limited
from rateml.engines.choose import target_of
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import Event, Metrics
from rateml.engines.halved_step import LIMIT, NOISE_FACTOR, Diverged, Findings, Row, StepCheck, plan_check, run_check
from rateml.engines.job import Job
from rateml.errors import UserError
from rateml.request.settings import Request
from rateml.results import run_folder
from rateml.results.disk import disk_errors, replace_file
from rateml.results.layout import JSON
from rateml.results.numbers import to_plain
from rateml.text.amounts import count

RECORD = "check-dt.json"


def prepare_check(
    job: Job,
    points: int,
    file: Path,
    connectome: str | None,
    request: Request,
    rows: Literal["target", "source"] | None,
    engine: str,
) -> StepCheck:
    """The check of a sweep before it runs, so that what cannot be done at half the step is told at once."""
    half = job.settings.dt / 2
    try:
        at_half = api.prepare(file, connectome, replace(request, dt=repr(half)), rows=rows, target=target_of(engine))
    except UserError as error:
        raise UserError(f"--check-dt {points}: at half the time step, {half:g} ms: {error}") from error
    return plan_check(job, at_half, points)


def announce_check(check: StepCheck) -> None:
    """Say which points will run again, and what that takes."""
    job, half = check.job, check.halved.settings.dt
    twice = f", and at {job.settings.dt:g} ms with another noise" if check.other is not None else ""
    say(
        f"checks dt after the sweep at {count(len(check.points), 'point')} of {job.settings.points}: runs them again "
        f"at {half:g} ms{twice}, {check.steps:,} simulation steps; points {_listed(check.points)}"
    )


def follow_check(check: StepCheck, out: Path, engine: CpuEngine, *, time_limit: str | None, quiet: bool) -> int:
    """Check the time step of the finished sweep in ``out``; the exit code, which does not depend on what is found."""
    way_on = f"; the sweep is complete, only the check of dt is not: add --resume --check-dt {len(check.points)} again"
    bar = Bar(quiet)
    try:
        with limited(time_limit), bar, closing(run_check(check, out, engine)) as events:
            task = bar.add_task("checking dt", total=None, rate="")
            found = _drain(events, bar, task)
    except KeyboardInterrupt as stop:
        return ending(stop, way_on)
    file = run_folder(out) / RECORD
    with disk_errors(file, "free some space, and check again with --resume --check-dt"):
        replace_file(file, (json.dumps(to_plain(record(check, found)), indent=1, allow_nan=False) + "\n").encode())
    if not quiet:
        for line in table(check, found):
            console.print(line, markup=False)
    for d in found.diverged:
        warn(_told_diverged(check, d))
    if found.result in ("too large", "nothing to compare"):
        warn(verdict(check, found))
    elif not quiet:
        console.print(verdict(check, found), markup=False)
    if not quiet:
        say(f"the check of dt is recorded in {file}")
    return exits.OK


def _drain(events: Generator[Event, None, Findings], bar: Bar, task: TaskID) -> Findings:
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            found: Findings = end.value
            return found
        if isinstance(event, Metrics):
            advance(bar, task, event)


def table(check: StepCheck, found: Findings) -> list[str]:
    """A line per statistic: its changes over the points, the noise's beside them, and the worst point."""
    if not found.rows:
        return []
    lines = [["", "dt/2: median", "most", "noise: median", "most", "most at"]]
    for row in found.rows:
        noise = ["-", "-"] if row.noise is None else [_percent(float(np.median(row.noise))), _percent(max(row.noise))]
        halved = [_percent(float(np.median(row.halved))), _percent(max(row.halved))]
        worst = check.job.settings.told_point(found.compared[row.worst])
        lines.append([_name(row), *halved, *noise, worst + ("  dt too large" if row.too_large else "")])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]


def verdict(check: StepCheck, found: Findings) -> str:
    """What the step does, in a sentence, and what to do about it."""
    dt, half = (f"{job.settings.dt:g}ms" for job in (check.job, check.halved))
    match found.result:
        case "too large":
            rows = sum(row.too_large for row in found.rows)
            changed = [f"{rows} of {count(len(found.rows), 'statistic')}"] if rows else []
            changed += ["whether simulations diverge"] if found.divergence_depends else []
            return (
                f"dt = {dt} looks too large: halving it changes {' and '.join(changed)}; sweep again with --dt {half} "
                "and check that"
            )
        case "small enough":
            return f"dt = {dt} looks small enough: halving it changes no recorded statistic by more than {LIMIT:.0%}"
        case "hidden by noise":
            return (
                f"dt = {dt} shows no effect, but noise hides much: halving dt changes the statistics by up to "
                f"{_percent(found.largest)}, no more than another noise does; to see smaller effects, check with a "
                "longer --duration or with --noise off"
            )
        case "nothing to compare":
            return (
                f"dt = {dt} cannot be judged: every point that was checked diverges, at {half} too; try a --dt below "
                "that, or other parameter values"
            )


def record(check: StepCheck, found: Findings) -> dict[str, JSON]:
    """The findings as plain JSON; changes are relative, steps count from the start of the transient."""
    job = check.job
    return {
        "format": 1,
        "dt": job.settings.dt,
        "half": check.halved.settings.dt,
        "noise": check.other is not None,
        "limit": LIMIT,
        "noise_factor": NOISE_FACTOR,
        "trial": 0,
        "points": [_point(job, point) for point in check.points],
        "compared": list(found.compared),
        "statistics": [_row(row, found) for row in found.rows],
        "diverged": [{"point": d.point, "step": d.whole, "step_at_half": d.halved} for d in found.diverged],
        "result": found.result,
        "verdict": verdict(check, found),
    }


def _row(row: Row, found: Findings) -> dict[str, JSON]:
    array, name, variable = row.key
    told: dict[str, JSON] = {"array": array, "of": name or None, "variable": variable or None}
    told |= {"median": float(np.median(row.halved)), "maximum": max(row.halved), "worst": found.compared[row.worst]}
    if row.noise is not None:
        told |= {"noise_median": float(np.median(row.noise)), "noise_maximum": max(row.noise)}
    return told | {"changes": list(row.halved), "noise_changes": row.noise, "too_large": row.too_large}


def _point(job: Job, point: int) -> dict[str, JSON]:
    values = zip(job.settings.axes, job.settings.point_values(point), strict=True)
    return {"point": point, "values": {axis.name: value for axis, value in values}}


def _name(row: Row) -> str:
    array, name, variable = row.key
    return " ".join(part for part in (array, name, variable) if part)


def _told_diverged(check: StepCheck, d: Diverged) -> str:
    def told(step: int | None, job: Job) -> str:
        at = f"{job.settings.dt:g} ms"
        return f"not at {at}" if step is None else f"at {at} in step {step} (t = {step * job.settings.dt:g} ms)"

    if d.whole is None and d.halved is None:
        return f"{check.job.settings.told_point(d.point)} diverges with another noise only, so it is not compared"
    return (
        f"{check.job.settings.told_point(d.point)} diverges {told(d.whole, check.job)}, {told(d.halved, check.halved)}"
    )


def _listed(points: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, points[:20]))
    return f"{shown}, …" if len(points) > 20 else shown


def _percent(value: float) -> str:
    percent = 100 * value
    if 0.0 < percent < 0.01:
        return "< 0.01 %"
    return f"{percent:.2g} %" if percent < 10 else f"{percent:.0f} %"
