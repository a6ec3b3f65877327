"""What rateml does, top to bottom: check a file, build code from it, run it over a network.

Each function is a few lines whose every line changes the type: text, model, program, artifact, job, events.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from rateml.checks import Checked, check_file
from rateml.codegen import Artifact, generate
from rateml.connectome import ConnectomeSummary, absolute, load_connectome, summarise
from rateml.engines.cpu import CpuEngine, memory
from rateml.engines.events import Event
from rateml.engines.features import machine_memory
from rateml.engines.job import Job
from rateml.engines.origin import Origin, keep, read_kept
from rateml.engines.provenance import describe, identify
from rateml.engines.record import record
from rateml.engines.replay import require_inputs, simulation_at
from rateml.errors import ModelError
from rateml.ir.lower import lower
from rateml.ir.program import Program
from rateml.passes import run_passes
from rateml.results import EventLog, Lock, Store, create, open_store, read_manifest, require_same, run_folder
from rateml.results import request as set_command
from rateml.results.overwrite import clear
from rateml.results.store import refuse_existing
from rateml.sweep.settings import Precision, Request, read_settings

DEFAULT_CONNECTOME = "synthetic:68:0"


def check(path: Path | str) -> Checked:
    """The model of a file and its diagnostics; UserError when the file cannot be read."""
    return check_file(path)


def read_program(path: Path | str) -> Program:
    """The lowered program of a file; ModelError with every diagnostic when it has errors."""
    return _lowered(check_file(path))


def _lowered(checked: Checked) -> Program:
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
    connectome = connectome or DEFAULT_CONNECTOME
    checked = check_file(path)
    lowered = _lowered(checked)
    network = load_connectome(connectome, rows=rows)
    settings = read_settings(lowered, network.labels, request, sweep=sweep)
    program = run_passes(replace(lowered, step=settings.dt, scheme=settings.scheme))
    origin = Origin(*_texts(checked), absolute(connectome), rows, request)
    job = Job(program, generate(program, "numba", settings.precision), network, settings, chunk, origin)
    job.check_delays()
    return job


def _texts(checked: Checked) -> tuple[str, dict[str, str]]:
    """The name of a model's file, and the text of all its files by their paths below its folder."""
    folder = Path(checked.source.name).parent
    texts = {Path(name).relative_to(folder).as_posix(): source.text for name, source in checked.sources.items()}
    return Path(checked.source.name).name, texts


def replay(
    store: Path,
    select: Mapping[str, str],
    monitors: Sequence[str],
    *,
    connectome: str | None = None,
    force: bool = False,
) -> Job:
    """The job of one simulation of ``store``, made from what was kept beside it; its bits are those of the sweep.

    ``select`` names a value of every dimension, as ``--sel`` does; dimensions of one value may be left out.
    ``connectome`` is where the network is now, if it was moved. Raises StoreError when the inputs are not those of
    the store any more; ``force`` accepts other package versions and another processor.
    """
    manifest = read_manifest(run_folder(store) / "manifest.json")
    kept = read_kept(run_folder(store))
    point, trial = simulation_at(store, select)
    request = kept.request
    swept = manifest.identity["axes"] != [] or manifest.identity["trials"] is not None
    network = connectome or kept.connectome
    whole = prepare(kept.model, network, request, sweep=swept, rows=kept.rows)
    require_inputs(store, manifest.identity, identify(whole), network, force=force)
    values = zip(whole.settings.axes, whole.settings.point_values(point), strict=True)
    single = replace(
        request, axes=(), points=None, sobol=None, ranges=(), trials=None, monitors=tuple(monitors),
        set=(*request.set, *(f"{axis.name}={value!r}" for axis, value in values)),
        point=request.point + point, trial=request.trial + trial,
    )  # fmt: skip
    return prepare(kept.model, network, single, sweep=False, rows=kept.rows)


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
        store = _open(job, out, lock, resume=resume, force=force)
        set_command(out, "run")
        with EventLog(folder) as log, closing(record(job, engine, store, log)) as events:
            yield from events


def try_out(job: Job, engine: CpuEngine) -> Generator[Event, None, None]:
    """Run a job and keep nothing: what a dry run measures. Closing the iterator stops it."""
    yield from engine.run(job, job.layout().units, 0, lambda: "run")


def _open(job: Job, out: Path, lock: Lock, *, resume: bool, force: bool) -> Store:
    identity = identify(job)
    if resume and out.exists():
        store = open_store(out, lock)
        require_same(out, store.identity, identity, force=force)
        return store
    if job.origin is not None:
        keep(run_folder(out), job.origin)
    return create(out, job.layout(), identity, describe(job), lock)


def _existing(path: Path) -> Path:
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path
