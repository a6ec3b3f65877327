"""What ``run`` and ``sweep`` share: announcing a job, showing its progress, and how it ended."""

from __future__ import annotations

import shlex
from contextlib import closing
from pathlib import Path

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from rateml import api
from rateml.cli import exits
from rateml.cli.console import duration, fail, note, notices, say, size, warn
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import Compiled, Finished, Metrics, Paused, Planned
from rateml.engines.job import Job
from rateml.errors import UserError
from rateml.ir.program import Program


def announce(job: Job, connectome_given: bool, quiet: bool) -> None:
    """Axes first, then the network, then what the user should know."""
    settings = job.settings
    if not quiet:
        for axis in settings.axes:
            say(f"axis {axis}")
        trials = f" × {settings.trials} trials" if settings.trials else ""
        say(f"{settings.points} points{trials}, {settings.total_steps} steps of {settings.dt:g} ms, {settings.scheme}")
    for summary in api.summary(job):
        if not quiet:
            for line in summary.lines():
                say(line)
        for message in summary.warnings:
            warn(message)
    if not connectome_given and not quiet:
        note(f"no --connectome given: using {api.DEFAULT_CONNECTOME}, a made-up network")
    for port in _undriven(job.program):
        warn(f"input '{port}' has no coupling and is 0; mark it rml:optional if that is meant")
    if not quiet:
        for text in settings.notes:
            note(text)


def _undriven(program: Program) -> list[str]:
    return [port.name for port in program.ports if not port.optional]


def show_plan(job: Job, out: Path, threads: int, *, yes: bool, quiet: bool) -> None:
    """Print the plan; UserError when it would fill the disk or the memory and nobody said yes."""
    plan = api.plan(job, out, threads)
    if not quiet:
        say(
            f"{plan.simulations} simulations × {plan.steps} steps; results {size(plan.store_bytes)} in {plan.files} "
            f"files at most, memory {size(plan.memory_bytes)}, free disk {size(plan.free_bytes)}"
        )
    if plan.store_bytes > 0.8 * plan.free_bytes and not yes:
        raise UserError(
            f"the results need {size(plan.store_bytes)}, {plan.store_bytes / max(plan.free_bytes, 1):.0%} of the free "
            "disk: record less (--monitor stats), choose another -o, or add --yes"
        )
    if not yes:
        check_memory(plan)


def check_memory(plan: api.Plan) -> None:
    """UserError when the run cannot fit into this machine."""
    if plan.machine_bytes is not None and plan.memory_bytes > plan.machine_bytes:
        raise UserError(
            f"the run would hold {size(plan.memory_bytes)} in memory, this machine has {size(plan.machine_bytes)}: use "
            "fewer --threads, a higher speed or a larger --dt (shorter delays), --precision float32, a smaller --chunk"
        )


def follow(
    job: Job, out: Path, engine: CpuEngine, *, resume: bool = False, force: bool = False, again: bool, quiet: bool
) -> int:
    """Run the job to its end and show how it goes; the exit code. ``again`` says that --resume can go on."""
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
        with bar, closing(api.execute(job, out, engine, resume=resume, force=force)) as events:
            task = bar.add_task("compiling", total=None, rate="")
            for event in events:
                match event:
                    case Planned() if not quiet:
                        resumed = f", {event.done} of them done before" if event.done else ""
                        say(f"engine {event.engine}, {event.threads} threads{resumed}")
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
    except KeyboardInterrupt:
        fail(f"interrupted{way_on}")
        return exits.INTERRUPTED
    if finished is None or finished.stopped:
        fail(f"stopped as asked{way_on}")
        return exits.STOPPED
    if finished.diverged:
        warn(f"{finished.diverged} of {finished.simulations} simulations diverged (status 1); try a smaller --dt")
    if not quiet and not finished.simulations:
        say("every simulation was done before")
    elif not quiet:
        say(
            f"{finished.simulations} simulations in {duration(finished.seconds)}: {finished.rate:.4g} simulation "
            f"steps/s, effective bandwidth {size(finished.bandwidth)}/s"
        )
    return exits.OK
