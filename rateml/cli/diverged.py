"""What a user is told of simulations that ceased to be finite."""

from __future__ import annotations

from pathlib import Path

from rateml.engines.job import Job
from rateml.request.settings import Settings
from rateml.results.divergence import Divergence, find_divergence
from rateml.text.amounts import count


def told_divergence(job: Job, out: Path) -> str | None:
    """How many simulations of the store diverged, where the first did and what to do; None if none did."""
    found = find_divergence(out)
    if found is None:
        return None
    if is_single(job.settings):
        return f"diverged: {_where(job, found)}; {diverged_advice(job.settings)}"
    of = f"{found.count} of {count(found.simulations, 'simulation')} diverged (status 1)"
    first = "the first at" if found.count > 1 else "at"
    return f"{of}; {first} {_at(job.settings, found)}: {_where(job, found)}; {diverged_advice(job.settings)}"


def is_single(settings: Settings) -> bool:
    """Whether this is one simulation, as of ``run``, and no sweep."""
    return not settings.axes and settings.trials is None


def diverged_advice(settings: Settings) -> str:
    """What to do about simulations that diverged."""
    if settings.warnings:
        return "see the warnings above: values outside their range are the likely cause"
    return "try a smaller --dt, or parameter values nearer to the file's"


def _at(settings: Settings, found: Divergence) -> str:
    point, trial = divmod(found.simulation, settings.trials or 1)
    return settings.told_point(point) + ("" if settings.trials is None else f", trial {trial}")


def _where(job: Job, found: Divergence) -> str:
    """The state, the region and the time at which the first simulation diverged."""
    state, region = job.program.states[found.state].name, job.connectome.labels[found.region]
    return f"'{state}' in region {region} at step {found.step} (t = {found.step * job.settings.dt:g} ms)"
