"""What ``run`` and ``sweep`` share: announcing a job, showing its progress, and how it ended."""

from __future__ import annotations

import shlex
import time
from contextlib import closing
from pathlib import Path

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from rateml import api
from rateml.cli import exits
from rateml.cli.console import count, duration, fail, note, notices, say, size, warn
from rateml.cli.stopping import Stopped, stopping
from rateml.cli.wall_clock import read_wall_clock
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import Compiled, Finished, Metrics, Paused, Planned
from rateml.engines.job import Job
from rateml.errors import UsageError, UserError
from rateml.sweep.settings import Settings


def announce(job: Job, connectome_given: bool, quiet: bool) -> None:
    """Axes first, then the network, then what the user should know."""
    settings = job.settings
    if not quiet:
        for line in _points(settings):
            say(line)
        trials = f" × {count(settings.trials, 'trial')}" if settings.trials else ""
        points, steps = count(settings.points, "point"), count(settings.total_steps, "step")
        say(f"{points}{trials}, {steps} of {settings.dt:g} ms, {settings.scheme}")
    for summary in api.summary(job):
        if not quiet:
            for line in summary.lines():
                say(line)
        for message in summary.warnings:
            warn(message)
    if not connectome_given:
        warn(f"no --connectome given: using {api.DEFAULT_CONNECTOME}, a made-up network")
    driven = settings.drives.driven if settings.drives else ()
    for port in job.program.ports:
        told = f"input '{port.name}' has no coupling and no --drive, so it is 0"
        if port.name not in driven and not port.optional:
            warn(f"{told}; mark it rml:optional if that is meant")
        elif not quiet:
            note(f"input '{port.name}' is driven by --drive" if port.name in driven else told)
    for text in settings.warnings:
        warn(text)
    if not quiet:
        for text in settings.notes:
            note(text)


def _points(settings: Settings) -> list[str]:
    """A line per axis, or what the columns of a table reach over."""
    if not settings.table:
        return [f"axis {axis}" for axis in settings.axes]
    names = ", ".join(axis.name for axis in settings.axes)
    return [f"{count(settings.points, 'point')} of {names}", *(f"  {axis.extent}" for axis in settings.axes)]


def show_plan(job: Job, out: Path, threads: int, *, yes: bool, quiet: bool) -> None:
    """Print the plan; UserError when it would fill the disk or the memory and nobody said yes."""
    plan = api.plan(job, out, threads)
    if not quiet:
        work = f"{count(plan.simulations, 'simulation')} × {count(plan.steps, 'step')}"
        say(
            f"{work}; results {size(plan.store_bytes)} in {count(plan.files, 'file')} at most, "
            f"memory {size(plan.memory_bytes)}, free disk {size(plan.free_bytes)}"
        )
    if plan.store_bytes > 0.8 * plan.free_bytes and not yes:
        raise UserError(
            f"the results need {size(plan.store_bytes)}, {plan.store_bytes / max(plan.free_bytes, 1):.0%} of the free "
            "disk: record less (--monitor stats), choose another -o, or add --yes"
        )
    if not yes:
        check_memory(plan)


def measure(job: Job, engine: CpuEngine) -> None:
    """Say how long the job will take, after running it for a moment without keeping anything."""
    rate = 0.0
    began: float | None = None
    with closing(api.try_out(job, engine)) as events:
        for event in events:
            match event:
                case Compiled():
                    began = time.monotonic()
                case Metrics():
                    rate = event.rate
                    if began is not None and rate > 0 and time.monotonic() - began > _MEASURED:
                        break
                case Finished():
                    rate = event.rate or rate
    if rate > 0:
        seconds = job.settings.simulations * job.settings.total_steps / rate
        say(f"time about {duration(seconds)}, at {rate:.3g} simulation steps/s measured just now")


_MEASURED = 1.0
"""Seconds of a dry run's measurement."""


def check_memory(plan: api.Plan) -> None:
    """UserError when the run cannot fit into this machine."""
    if plan.machine_bytes is not None and plan.memory_bytes > plan.machine_bytes:
        raise UserError(
            f"the run would hold {size(plan.memory_bytes)} in memory, this machine has {size(plan.machine_bytes)}: use "
            "fewer --threads, a higher speed or a larger --dt (shorter delays), --precision float32, a smaller --chunk"
        )


def follow(
    job: Job,
    out: Path,
    engine: CpuEngine,
    *,
    resume: bool = False,
    force: bool = False,
    overwrite: bool = False,
    time_limit: str | None = None,
    again: bool,
    quiet: bool,
) -> int:
    """Run the job to its end and show how it goes; the exit code. ``again`` says that --resume can go on."""
    if resume and overwrite:
        raise UsageError("--resume and --overwrite exclude each other: go on with the store, or start it again")
    limit = None if time_limit is None else read_wall_clock(time_limit)
    way_on = f"; what is done is kept, go on with --resume -o {shlex.quote(str(out))}" if again else ""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        console=notices,
        disable=quiet or not notices.is_terminal,
    )
    finished: Finished | None = None
    try:
        work = api.execute(job, out, engine, resume=resume, force=force, overwrite=overwrite)
        with stopping(limit, time_limit or ""), bar, closing(work) as events:
            task = bar.add_task("compiling", total=None, rate="")
            for event in events:
                match event:
                    case Planned() if not quiet:
                        resumed = f", {event.done} of them done before" if event.done else ""
                        say(f"engine {event.engine}, {count(event.threads, 'thread')}{resumed}")
                    case Compiled():
                        bar.update(task, description="simulating")
                        if not quiet:
                            say(f"compiled in {duration(event.seconds)}")
                    case Metrics():
                        left = f", {duration(event.left)} left" if event.left is not None else ""
                        rate = f"{event.rate:.3g} simulation steps/s, {size(event.bandwidth)}/s{left}"
                        bar.update(task, total=event.total_steps, completed=event.done_steps, rate=rate)
                    case Paused():
                        bar.update(task, description="paused" if event.paused else "simulating")
                    case Finished():
                        finished = event
    except Stopped as stop:
        fail(f"stopped by {stop}{way_on}")
        return exits.STOPPED
    except KeyboardInterrupt:
        fail(f"interrupted{way_on}")
        return exits.INTERRUPTED
    if finished is None or finished.stopped:
        fail(f"stopped as asked{way_on}")
        return exits.STOPPED
    if finished.diverged and not is_single(job.settings):
        told = f"{finished.diverged} of {count(finished.simulations, 'simulation')} diverged (status 1)"
        warn(f"{told}; {diverged_advice(job.settings)}")
    if not quiet and not finished.simulations:
        say("every simulation was done before")
    elif not quiet:
        say(
            f"{count(finished.simulations, 'simulation')} in {duration(finished.seconds)}: {finished.rate:.4g} "
            f"simulation steps/s, effective bandwidth {size(finished.bandwidth)}/s"
        )
    return exits.OK


def is_single(settings: Settings) -> bool:
    """Whether this is one simulation, as of ``run``, and no sweep."""
    return not settings.axes and settings.trials is None


def diverged_advice(settings: Settings) -> str:
    """What to do about simulations that diverged."""
    if settings.warnings:
        return "see the warnings above: values outside their range are the likely cause"
    return "try a smaller --dt, or parameter values nearer to the file's"
