"""What a store says of its run: for rateml to know the run again, and for readers without rateml."""

from __future__ import annotations

import hashlib
import math
import platform
from dataclasses import asdict

import numpy as np

from rateml.engines.cpu import CpuEngine
from rateml.engines.features import versions
from rateml.engines.job import Job
from rateml.ir.show import show
from rateml.request.monitors import Monitor
from rateml.request.settings import Value
from rateml.results.layout import JSON


def identify(job: Job, engine: CpuEngine) -> dict[str, JSON]:
    """Everything that decides the numbers of a job on an engine: two jobs of one identity give the same bits.

    It holds what the options came to, not how they were written.
    """
    settings = job.settings
    return {
        "model": {"name": job.program.name, "program": _digest(show(job.program)), "code": job.artifact.digest},
        "connectome": {"digest": job.connectome.digest()},
        "axes": _axes(job),
        "parameters": _parameters(job),
        "speed": dict(_speeds(job)),
        "init": {job.program.states[k].name: _value(value) for k, value in settings.init.items()},
        "history": None if settings.past is None else _digest(settings.past.tobytes()),
        "drives": {} if settings.drives is None else settings.drives.content,
        "dt": settings.dt,
        "scheme": settings.scheme,
        "duration": settings.steps * settings.dt,
        "transient": settings.transient_steps * settings.dt,
        **_recording(job),
        "noise": settings.noise,
        "seed": settings.seed,
        "trials": settings.trials,
        "first_point": settings.first_point,
        "first_trial": settings.first_trial,
        "engine": engine.name,
        "precision": settings.precision,
        "versions": {**versions(), "python": platform.python_version()},
        "features": engine.features(),
    }


def describe(job: Job) -> dict[str, JSON]:
    """What the store says of itself. Values are in base units, times in ms, an infinite speed is ``"inf"``."""
    settings = job.settings
    count = settings.simulations
    return {
        "title": f"{job.program.name}: {count} simulation{'' if count == 1 else 's'}",
        "model": job.program.name,
        "model_file": job.program.file,
        "connectome": job.connectome.source,
        "connectome_transform": ",".join(job.connectome.transform),
        "connectome_digest": job.connectome.digest(),
        "dt": settings.dt,
        "scheme": settings.scheme,
        "duration": settings.steps * settings.dt,
        "transient": settings.transient_steps * settings.dt,
        **_recording(job),
        "seed": settings.seed,
        "noise": settings.noise,
        "precision": settings.precision,
        "drives": {} if settings.drives is None else settings.drives.content,
        "swept": [axis.name for axis in settings.axes],
        "parameters": _parameters(job),
        "speeds": {name: speed if math.isfinite(speed) else "inf" for name, speed in _speeds(job).items()},
        "rateml": versions()["rateml"],
    }


def _axes(job: Job) -> list[JSON]:
    """The axes of a grid with their values; of a table, whose values may be many, those as a hash."""
    settings = job.settings
    if not settings.table:
        return [{"name": axis.name, "values": list(axis.values)} for axis in settings.axes]
    told: list[JSON] = []
    for axis in settings.axes:
        digest = _digest(np.asarray(axis.values, "<f8").tobytes())
        told.append({"name": axis.name, "points": len(axis.values), "digest": digest})
    return told


def _parameters(job: Job) -> dict[str, JSON]:
    """The value of every parameter that no axis sweeps."""
    swept = {axis.target.key for axis in job.settings.axes}
    values = job.settings.values
    return {p.key: _value(values.get(p.key, p.default)) for p in job.program.parameters if p.key not in swept}


def _speeds(job: Job) -> dict[str, float]:
    """The conduction speed of every delayed coupling that no axis sweeps."""
    swept = {name for axis in job.settings.axes for name in axis.target.couplings}
    couplings = zip(job.program.couplings, job.speeds(0), strict=True)
    return {c.id: speed for c, speed in couplings if speed is not None and c.id not in swept}


def _monitors(job: Job) -> list[JSON]:
    """Every monitor with its period and variables spelt out."""
    dt = job.settings.dt

    def told(monitor: Monitor) -> str:
        names = ",".join(job.program.exposures[k].name for k in monitor.variables)
        if monitor.windows is not None and monitor.source is not None:
            windows = monitor.windows
            width, stride = (f"{k * monitor.every * dt:.12g}ms" for k in (windows.width, windows.stride))
            return f"fcd:{width}:{stride}:{told(monitor.source)}{':full' if windows.full else ''}"
        if monitor.source is not None:
            return f"{monitor.kind}:{told(monitor.source)}"
        period = f":{monitor.every * dt:.12g}ms" if monitor.kind in ("tavg", "bold") else ""
        return f"{monitor.kind}{period}:{names}"

    return [told(monitor) for monitor in job.settings.monitors]


def _recording(job: Job) -> dict[str, JSON]:
    """The monitors, and what they need: the balloon model (times in s), the digests of what fits are with."""
    settings = job.settings
    targets = {"fc": settings.targets.fc, "fcd": settings.targets.fcd}
    given = {name: _digest(values.tobytes()) for name, values in targets.items() if values is not None}
    recording: dict[str, JSON] = {"monitors": _monitors(job)}
    recording |= {"bold": asdict(settings.balloon)} if any(m.of_bold for m in settings.monitors) else {}
    return recording | ({"targets": given} if given else {})


def _value(value: Value) -> JSON:
    """A number, or one per region where they differ."""
    values = np.ravel(value)
    return float(values[0]) if (values == values[0]).all() else [float(v) for v in values]


def _digest(data: str | bytes) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()
