"""Running a job, into a store or to try it out."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from rateml.engines.cpu import CpuEngine
from rateml.engines.events import Event
from rateml.engines.job import Job
from rateml.engines.origin import keep
from rateml.engines.provenance import describe, identify
from rateml.engines.record import record
from rateml.results import EventLog, Lock, Store, create, open_store, require_same, run_folder
from rateml.results import request as set_command
from rateml.results.overwrite import clear
from rateml.results.store import refuse_existing


def execute(
    job: Job, out: Path, engine: CpuEngine, *, resume: bool = False, force: bool = False, overwrite: bool = False
) -> Generator[Event, None, None]:
    """Run a job into the store at ``out``; yields the engine's events, each unit after it is safely on disk.

    Raises StoreError when the store is another run's or the disk fails, EngineUnavailable when the engine
    cannot run here. Closing the iterator stops the engine; what was recorded stays and ``resume`` goes on.
    ``overwrite`` removes an older store first, unless another run holds its lock.
    """
    if not (resume or overwrite):
        refuse_existing(out)
    folder = run_folder(out)
    with Lock(folder) as lock:
        if overwrite:
            clear(out, lock)
        store = _open(job, out, engine, lock, resume=resume, force=force)
        set_command(out, "run")
        with EventLog(folder) as log, closing(record(job, engine, store, log)) as events:
            yield from events


def try_out(job: Job, engine: CpuEngine) -> Generator[Event, None, None]:
    """Run a job and keep nothing: what a dry run measures. Closing the iterator stops it."""
    yield from engine.run(job, job.layout().units, 0, lambda: "run")


def _open(job: Job, out: Path, engine: CpuEngine, lock: Lock, *, resume: bool, force: bool) -> Store:
    identity = identify(job, engine)
    if resume and out.exists():
        store = open_store(out, lock)
        require_same(out, store.identity, identity, force=force)
        return store
    if job.origin is not None:
        keep(run_folder(out), job.origin)
    return create(out, job.layout(), identity, describe(job), lock)
