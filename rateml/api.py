"""What rateml does, top to bottom: check a file, build code from it, run it over a network.

Each function is a few lines whose every line changes the type: text, model, program, artifact, job, events.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import time
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from rateml.checks import Checked, check_file
from rateml.codegen import Artifact, generate
from rateml.connectome import ConnectomeSummary, load_connectome, summarise
from rateml.engines.cpu import WAITING_BYTES, CpuEngine, memory
from rateml.engines.events import Event, Finished, Metrics, Paused, Planned, UnitDone
from rateml.engines.features import features, machine_memory, versions
from rateml.engines.job import Job
from rateml.errors import ModelError, StoreError
from rateml.ir.lower import lower
from rateml.ir.program import Program
from rateml.ir.show import show
from rateml.passes import run_passes
from rateml.results import EventLog, Lock, Store, create, open_store, request, requested, require_same, run_folder
from rateml.results.layout import JSON
from rateml.results.store import refuse_existing
from rateml.sweep.settings import Precision, Request, Value, read_settings

DEFAULT_CONNECTOME = "synthetic:68:0"

_WRITE_EVERY = 0.5
_LOG_EVERY = 1.0
_ASK_EVERY = 0.3


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
    return Job(program, generate(program, "numba", settings.precision), network, settings, chunk)


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
        request(out, "run")
        with EventLog(folder) as log, closing(_run(job, engine, store, log)) as events:
            yield from events


def _open(job: Job, out: Path, lock: Lock, *, resume: bool, force: bool) -> Store:
    identity = identify(job)
    if resume and out.exists():
        store = open_store(out, lock)
        require_same(out, store.identity, identity, force=force)
        return store
    return create(out, job.layout(), identity, describe(job), lock)


def _run(job: Job, engine: CpuEngine, store: Store, log: EventLog) -> Generator[Event, None, None]:
    ask = _Ask(store.path)
    pending: dict[int, UnitDone] = {}
    written = logged = time.monotonic()
    unit_bytes = store.layout.unit * sum(array.bytes for array in store.layout.all_arrays)
    enough = max(1, WAITING_BYTES // unit_bytes)

    def flush() -> list[UnitDone]:
        events = list(pending.values())
        if events:
            store.write_many({event.unit.index: event.block for event in events})
            for event in events:
                log.append("unit", index=event.unit.index, simulations=event.unit.count, diverged=event.diverged)
            pending.clear()
        return events

    todo = [unit for unit in store.units() if unit.index not in store.done]
    done = job.settings.simulations - sum(unit.count for unit in todo)
    events = engine.run(job, todo, done, ask)
    try:
        for event in events:
            now = time.monotonic()
            if isinstance(event, UnitDone):
                pending[event.unit.index] = event
            if len(pending) >= enough or now - written > _WRITE_EVERY or isinstance(event, Paused):
                yield from flush()
                written = time.monotonic()
            match event:
                case UnitDone():
                    continue
                case Metrics():
                    if now - logged > _LOG_EVERY:
                        log.append("metrics", **asdict(event))
                        logged = now
                case Finished():
                    yield from flush()
                    log.append("finished", **asdict(event))
                case Planned() | Paused():
                    log.append(type(event).__name__.lower(), **asdict(event))
                case _:
                    log.append("compiled", seconds=event.seconds, digest=event.digest)
            yield event
    except (GeneratorExit, KeyboardInterrupt):
        events.close()
        flush()
        log.append("interrupted")
        raise
    except Exception as error:
        events.close()  # the workers end now, not when somebody drops the traceback
        with suppress(StoreError):  # the first fault is the one to tell
            if not isinstance(error, StoreError):
                flush()
            log.append("failed", error=str(error))
        raise


class _Ask:
    """What the control file asks for, read a few times a second."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.read_at = 0.0
        self.command: Literal["run", "pause", "cancel"] = "run"

    def __call__(self) -> Literal["run", "pause", "cancel"]:
        now = time.monotonic()
        if now - self.read_at > _ASK_EVERY:
            self.command = requested(self.out)
            self.read_at = now
        return self.command


def identify(job: Job) -> dict[str, JSON]:
    """Everything that decides the numbers of a job: two jobs of one identity give the same bits."""
    settings = job.settings
    return {
        "model": {"name": job.program.name, "program": _digest(show(job.program)), "code": job.artifact.digest},
        "connectome": {
            "transform": list(job.connectome.transform),
            "digest": job.connectome.digest(),
        },
        "axes": [{"name": axis.name, "values": list(axis.values)} for axis in settings.axes],
        "set": {name: _value(value) for name, value in settings.values.items()},
        "speed": dict(settings.speeds),
        "init": {job.program.states[k].name: _value(value) for k, value in settings.init.items()},
        "history": None if settings.past is None else _digest(settings.past.tobytes()),
        "dt": settings.dt,
        "scheme": settings.scheme,
        "duration": settings.steps * settings.dt,
        "transient": settings.transient_steps * settings.dt,
        "monitors": [m.text for m in settings.monitors],
        "noise": settings.noise,
        "seed": settings.seed,
        "trials": settings.trials,
        "first_point": settings.first_point,
        "engine": "cpu",
        "precision": settings.precision,
        "versions": {**versions(), "python": platform.python_version()},
        "features": features(),
    }


def describe(job: Job) -> dict[str, JSON]:
    """What the store says of itself, for a reader without rateml."""
    settings = job.settings
    return {
        "title": f"{job.program.name}: {settings.simulations} simulations",
        "model": job.program.name,
        "model_file": job.program.file,
        "connectome": job.connectome.source,
        "connectome_transform": ",".join(job.connectome.transform),
        "connectome_digest": job.connectome.digest(),
        "dt": settings.dt,
        "scheme": settings.scheme,
        "seed": settings.seed,
        "noise": settings.noise,
        "precision": settings.precision,
        "parameters": {p.key: _value(settings.values.get(p.key, p.default)) for p in job.program.parameters},
        "rateml": versions()["rateml"],
    }


def _existing(path: Path) -> Path:
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path


def _value(value: Value) -> JSON:
    return value if isinstance(value, float | int) else [float(v) for v in value]


def _digest(data: str | bytes) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()
