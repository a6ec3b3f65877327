"""What ``run`` and ``sweep`` share: announcing a job, showing its progress, and how it ended."""

from __future__ import annotations

import shlex
import time
from contextlib import closing
from pathlib import Path

from rateml import api
from rateml.cli import exits
from rateml.cli.console import fail, note, say, warn
from rateml.cli.diverged import is_single, told_divergence
from rateml.cli.progress import Bar, advance, told_gpus
from rateml.cli.stopping import ending, resumable
from rateml.cli.wall_clock import time_limit as limited
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import Compiled, Finished, GpuMetrics, Metrics, Notice, Paused, Planned
from rateml.engines.job import Job
from rateml.errors import UsageError, UserError
from rateml.request.settings import Settings
from rateml.text.amounts import count, duration, size


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
    if not connectome_given:
        warn(f"no --connectome given: using {api.DEFAULT_CONNECTOME}, a made-up network")
    for text in api.cautions(job):
        warn(text)
    driven = settings.drives.driven if settings.drives else ()
    if not quiet:
        for port in job.program.ports:
            if port.name in driven:
                note(f"input '{port.name}' is driven by --drive")
            elif port.optional:
                note(f"input '{port.name}' has no coupling and no --drive, so it is 0")
        for text in settings.notes:
            note(text)


def _points(settings: Settings) -> list[str]:
    """A line per axis, or what the columns of a table reach over."""
    if not settings.table:
        return [f"axis {axis}" for axis in settings.axes]
    names = ", ".join(axis.name for axis in settings.axes)
    return [f"{count(settings.points, 'point')} of {names}", *(f"  {axis.extent}" for axis in settings.axes)]


def show_plan(job: Job, out: Path, engine: CpuEngine, *, yes: bool, quiet: bool) -> None:
    """Print the plan; UserError when it would fill the disk or the memory and nobody said yes."""
    plan = api.plan(job, out, engine)
    if not quiet:
        say(_told(plan))
    if not yes:
        api.refuse(plan)


def plan_only(job: Job, out: Path, engine: CpuEngine, check_steps: int) -> None:
    """Print the plan of a job and how long it will take; ``check_steps`` are those of --check-dt.

    UserError when the memory does not suffice to try it out.
    """
    plan = api.plan(job, out, engine, compiled=True)
    say(_told(plan))
    api.refuse_memory(plan)
    measure(job, engine, check_steps)
    note("dry run: nothing was stored")


def _told(plan: api.Plan) -> str:
    device = ""
    if plan.device_bytes is not None:
        device = f", on each GPU {size(plan.device_bytes)} of {size(plan.device_free_bytes or 0)} free"
    work = f"{count(plan.simulations, 'simulation')} × {count(plan.steps, 'step')}"
    return (
        f"{work}; results {size(plan.store_bytes)} at most in {count(plan.files, 'file')} "
        f"({plan.files + plan.diverged_files} if simulations diverge), memory {size(plan.memory_bytes)}{device}, "
        f"free disk {size(plan.free_bytes)}"
    )


def measure(job: Job, engine: CpuEngine, check_steps: int) -> None:
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
        steps = job.settings.simulations * job.settings.total_steps
        check = f", of them {duration(check_steps / rate)} for the check of dt" if check_steps else ""
        whole = duration((steps + check_steps) / rate)
        say(f"time about {whole}{check}, at {rate:.3g} simulation steps/s measured just now")


_MEASURED = 1.0
"""Seconds of a dry run's measurement."""


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
    verbose: bool = False,
) -> int:
    """Run the job to its end and show how it goes; the exit code. ``again`` says that --resume can go on,
    ``verbose`` asks for the path that computes, and what GPUs do.
    """
    if resume and overwrite:
        raise UsageError("--resume and --overwrite exclude each other: go on with the store, or start it again")
    limit = limited(time_limit)
    kept = f"what is done is kept, go on with --resume -o {shlex.quote(str(out))}" if again else ""
    way_on = kept and f"; {kept}"
    bar = Bar(quiet)
    finished: Finished | None = None
    gpus: GpuMetrics | None = None
    resumed = False
    try:
        work = api.execute(job, out, engine, resume=resume, force=force, overwrite=overwrite)
        with limit, resumable(way_on), bar, closing(work) as events:
            task = bar.add_task("compiling", total=None, rate="")
            for event in events:
                match event:
                    case Planned():
                        resumed = event.done > 0
                        before = f", {event.done} of them done before" if resumed else ""
                        if not quiet:
                            say(f"engine {event.engine}, {engine.told(event.threads)}{before}")
                        if verbose:
                            say(event.reason)
                    case Compiled():
                        bar.update(task, description="simulating")
                        if not quiet:
                            say(f"compiled in {duration(event.seconds)}")
                    case Metrics():
                        advance(bar, task, event, gpus if verbose else None)
                    case GpuMetrics():
                        gpus = event
                    case Notice():
                        if verbose:
                            note(event.text)
                    case Paused():
                        bar.update(task, description="paused" if event.paused else "simulating")
                    case Finished():
                        finished = event
    except KeyboardInterrupt as stop:
        return ending(stop, way_on)
    except Exception as error:
        if kept and not isinstance(error, UserError):  # which say themselves what to do
            note(kept)
        raise
    if finished is None or finished.stopped:
        fail(f"stopped as asked{way_on}")
        return exits.STOPPED
    told = told_divergence(job, out) if finished.diverged or resumed else None
    if told is not None and not is_single(job.settings):
        warn(told)
    if not quiet and not finished.simulations:
        say("every simulation was done before")
    elif not quiet:
        say(
            f"{count(finished.simulations, 'simulation')} in {duration(finished.seconds)}: {finished.rate:.4g} "
            f"simulation steps/s, effective bandwidth {size(finished.bandwidth)}/s"
        )
    if gpus is not None and verbose:
        say("; ".join(told_gpus(gpus)))
    return exits.OK
