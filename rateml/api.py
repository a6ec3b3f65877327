"""What rateml does, top to bottom: check a file, build code from it, run it over a network.

Each function is a few lines whose every line changes the type: text, model, program, artifact, job, events.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from rateml.checks import Checked, check_file
from rateml.codegen import Artifact, generate
from rateml.connectome import ConnectomeSummary, load_connectome, summarise
from rateml.engines.cpu import CpuEngine, memory
from rateml.engines.events import Event
from rateml.engines.features import machine_memory
from rateml.engines.job import Job
from rateml.engines.provenance import describe, identify
from rateml.engines.record import record
from rateml.errors import ModelError
from rateml.ir.lower import lower
from rateml.ir.program import Program
from rateml.passes import run_passes
from rateml.results import EventLog, Lock, Store, create, open_store, require_same, run_folder
from rateml.results import request as set_command
from rateml.results.store import refuse_existing
from rateml.sweep.settings import Precision, Request, read_settings

DEFAULT_CONNECTOME = "synthetic:68:0"


def check(path: Path | str) -> Checked:
    """The model of a file and its diagnostics; UserError when the file cannot be read."""
    return check_file(path)


def read_program(path: Path | str) -> Program:
    """The lowered program of a file; ModelError with every diagnostic when it has errors."""
    checked = check_file(path)
    if checked.model is None or not checked.ok:
        raise ModelError(checked.diagnostics, checked.sources)
    return lower(checked.model)


def build(path: Path | str, target: str = "numba", precision: Precision = "float64") -> Artifact:
    """The code of a file for ``target``."""
    return generate(run_passes(read_program(path)), target, precision)


def prepare(
    path: Path | str,
    connectome: str | None = None,
    request: Request | None = None,
    *,
    sweep: bool = True,
    rows: Literal["target", "source"] | None = None,
    chunk: int | None = None,
) -> Job:
    """Everything a run needs, checked: a run of ``sweep=False`` has no axes."""
    request = request or Request()
    lowered = read_program(path)
    network = load_connectome(connectome or DEFAULT_CONNECTOME, rows=rows)
    settings = read_settings(lowered, network.labels, request, sweep=sweep)
    program = run_passes(replace(lowered, step=settings.dt))
    job = Job(program, generate(program, "numba", settings.precision), network, settings, chunk)
    job.check_delays()
    return job


@dataclass(frozen=True)
class Plan:
    """What a job will take, all of it uncompressed and at most; ``memory_bytes`` includes the process itself."""

    points: int
    trials: int
    simulations: int
    steps: int
    store_bytes: int
    memory_bytes: int
    files: int
    free_bytes: int
    machine_bytes: int | None


def plan(job: Job, out: Path, threads: int) -> Plan:
    """Simulations, steps, disk, memory and files of a job before it runs."""
    layout, settings = job.layout(), job.settings
    per_simulation = sum(array.bytes for array in layout.all_arrays)
    coordinates = len(layout.axes) + len(layout.coords) + (layout.trials is not None)
    beside = 6  # group metadata, manifest, layout, events, control, lock
    return Plan(
        points=settings.points,
        trials=settings.trials or 1,
        simulations=settings.simulations,
        steps=settings.total_steps,
        store_bytes=per_simulation * settings.simulations,
        memory_bytes=memory(job, threads),
        files=(len(layout.units) + 1) * len(layout.all_arrays) + 2 * coordinates + beside,
        free_bytes=shutil.disk_usage(_existing(out)).free,
        machine_bytes=machine_memory(),
    )


def summary(job: Job) -> list[ConnectomeSummary]:
    """The network as each of the couplings' tracts sees it."""
    speeds = job.all_speeds()
    tracts = dict.fromkeys(c.weights for c in job.program.couplings) or {"structural": None}
    summaries = []
    for name in tracts:
        of_name = [k for k, c in enumerate(job.program.couplings) if c.weights == name]
        seen = sorted({v for k in of_name for v in speeds[k] if v is not None})
        summaries.append(summarise(job.connectome, name, seen, job.settings.dt))
    return summaries


def execute(
    job: Job, out: Path, engine: CpuEngine, *, resume: bool = False, force: bool = False
) -> Generator[Event, None, None]:
    """Run a job into the store at ``out``; yields the engine's events, each unit after it is safely on disk.

    Raises StoreError when the store is another run's or the disk fails, EngineUnavailable when the engine
    cannot run here. Closing the iterator stops the engine; what was recorded stays and ``resume`` goes on.
    """
    if not resume:
        refuse_existing(out)
    folder = run_folder(out)
    with Lock(folder) as lock:
        store = _open(job, out, lock, resume=resume, force=force)
        set_command(out, "run")
        with EventLog(folder) as log, closing(record(job, engine, store, log)) as events:
            yield from events


def _open(job: Job, out: Path, lock: Lock, *, resume: bool, force: bool) -> Store:
    identity = identify(job)
    if resume and out.exists():
        store = open_store(out, lock)
        require_same(out, store.identity, identity, force=force)
        return store
    return create(out, job.layout(), identity, describe(job), lock)


def _existing(path: Path) -> Path:
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path
