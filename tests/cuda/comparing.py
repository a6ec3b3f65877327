"""Runs of one job by engine cpu and by the CUDA code on the emulated device, and how far they lie apart."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from emulation import Emulated
from numpy.typing import NDArray

import rateml
from rateml import api
from rateml.codegen import generate
from rateml.connectome import Connectome, Tracts
from rateml.engines.cache import load_module
from rateml.engines.cuda.group import CudaKernels
from rateml.engines.group import EngineGroup, Group, Kernels
from rateml.engines.job import Job
from rateml.request.settings import Request
from rateml.standalone.plan import Plan

MODELS = Path(rateml.__file__).parent / "models"


def job_of(model: str | Path, connectome: str = "synthetic:9:1", steps: int = 60, **asked: Any) -> Job:
    """A job of engine cpu, at the model's own step; of two trials unless there are axes, never of the file's own."""
    path = model if isinstance(model, Path) else MODELS / f"{model}.xml"
    dt = asked.pop("dt", None) or api.read_program(path).dt
    trials = asked.pop("trials", None if "axes" in asked else 2)
    request = Request(**({"duration": f"{steps * dt!r} ms", "dt": f"{dt!r} ms", "monitors": ("raw",)} | asked))
    job = api.prepare(path, connectome, request, sweep="axes" in asked)
    return remade(job, settings=replace(job.settings, trials=trials))


def with_history(job: Job) -> Job:
    """With a random history: every region differs at every step, near the initial states of the model."""
    rng, rows = np.random.default_rng(3), job.longest_delay() + 1
    start = np.stack([x[:, 0] for x in Group(Kernels(job, load_module(job.artifact)), [0]).x]).astype(np.float64)
    past = start * rng.uniform(0.95, 1.05, (rows, *start.shape)) + rng.normal(0.0, 1e-3, (rows, *start.shape))
    for k, state in enumerate(job.program.states):
        if state.period is not None:
            past[:, k] = np.mod(past[:, k], state.period)
    return remade(job, settings=replace(job.settings, past=past))


def remade(job: Job, **changes: Any) -> Job:
    """A job that differs in some of its parts, and shares nothing that was computed from the others."""
    parts = {name: getattr(job, name) for name in ("program", "artifact", "connectome", "settings", "unit")}
    return Job(**(parts | changes))


def rewired(job: Job, change: Callable[[NDArray[Any], NDArray[Any]], tuple[NDArray[Any], NDArray[Any]]]) -> Job:
    """With other weights and lengths."""
    old = job.connectome
    tracts = {name: Tracts(*change(t.weights.copy(), t.lengths.copy())) for name, t in old.tracts.items()}
    return remade(job, connectome=Connectome(old.labels, old.centres, tracts, old.source))


def cuda_kernels(job: Job, *devices: Emulated) -> CudaKernels:
    artifact = generate(job.program, "cuda", job.settings.precision)
    return CudaKernels(job, artifact.files[artifact.entry], devices)


def functions_of(folder: Path, model: str, wrapper: str) -> ctypes.CDLL:
    """The generated float32 code of a shipped model with a C function behind it, compiled for the processor."""
    request = Request(duration="1 ms", precision="float32")
    job = api.prepare(MODELS / f"{model}.xml", "synthetic:3:1", request, sweep=False, target="cuda")
    device = Emulated(folder)
    plan = CudaKernels(job, "", [device]).plan(job.speeds(0), 0)
    return device.load(job.artifact.files[job.artifact.entry] + wrapper, plan, {}).compiled


@dataclass(frozen=True)
class Run:
    """``rows`` (exposure, region, row, lane) that ``advance`` gave, what was recorded of each lane, faults."""

    rows: NDArray[Any]
    recorded: tuple[dict[str, NDArray[Any]], ...]
    stopped: NDArray[Any]
    plan: Plan | None = None

    def bits(self) -> bytes:
        parts = [self.rows, self.stopped, *(lane[name] for lane in self.recorded for name in sorted(lane))]
        return b"".join(np.ascontiguousarray(part).tobytes() for part in parts)


def run_group(job: Job, group: EngineGroup, slices: Sequence[int] | None = None) -> Run:
    """Advance a group as the engine does, in ``slices`` of steps that may be fewer and fewer at the transient's end."""
    settings, recorders, rows = job.settings, group.recorders(), []
    left = list(slices or (settings.total_steps // 3, settings.total_steps))
    while group.step < settings.total_steps:
        settled, settles = group.step >= settings.transient_steps, group.step >= settings.settling_from
        ends = settings.total_steps if settled else settings.transient_steps if settles else settings.settling_from
        seen = group.advance(min(left[0], ends - group.step), record=settles)
        left = left[1:] or left
        for recorder in recorders if settles else ():
            if settled:
                recorder.take(seen)
            else:
                recorder.settle(seen)
        if settled:
            rows.append(np.array(seen))
    recorded = tuple(
        {name: np.array(values) for r in recorders for name, values in r.result(lane, None).items()}
        for lane in range(group.lanes)
    )
    return Run(np.concatenate(rows, axis=2), recorded, np.array(group.stopped))


def run_cpu(job: Job) -> Run:
    return run_group(job, Kernels(job, load_module(job.artifact)).group(range(job.settings.simulations), 0))


def run_cuda(job: Job, device: Emulated, slices: Sequence[int] | None = None) -> Run:
    """The simulations by networks, as the engine groups them."""
    kernels, settings = cuda_kernels(job, device), job.settings
    by_speed: dict[Any, list[int]] = {}
    for index in range(settings.simulations):
        by_speed.setdefault(job.speeds(index // (settings.trials or 1)), []).append(index)
    parts = [run_group(job, kernels.group(indices, 0), slices) for indices in by_speed.values()]
    order = np.argsort([index for indices in by_speed.values() for index in indices])
    recorded = [lane for part in parts for lane in part.recorded]
    return Run(
        np.concatenate([part.rows for part in parts], axis=3)[..., order],
        tuple(recorded[k] for k in order),
        np.concatenate([part.stopped for part in parts], axis=1)[:, order],
        kernels.plan(job.speeds(0), 0),
    )


def run_cpu_by_speed(job: Job) -> Run:
    """As ``run_cpu``, for a job whose conduction speed is swept."""
    kernels = Kernels(job, load_module(job.artifact))
    parts = [run_group(job, kernels.group([index], 0)) for index in range(job.settings.simulations)]
    return Run(
        np.concatenate([part.rows for part in parts], axis=3),
        tuple(lane for part in parts for lane in part.recorded),
        np.concatenate([part.stopped for part in parts], axis=1),
    )


def apart(one: Run, other: Run) -> float:
    """The largest difference, relative to the largest value of the same exposure, array and lane; inf where one alone
    is finite."""
    assert (one.stopped == other.stopped).all()
    worst = 0.0
    if one.rows.shape == other.rows.shape:  # means may be made on one device and not on the other
        worst = max((_apart(a, b) for a, b in zip(one.rows, other.rows, strict=True)), default=0.0)
    for a, b in zip(one.recorded, other.recorded, strict=True):
        assert a.keys() == b.keys()
        worst = max([worst, *(_apart(a[name], b[name]) for name in a)])
    return worst


def _apart(a: NDArray[Any], b: NDArray[Any]) -> float:
    assert a.shape == b.shape
    if not a.size:
        return 0.0
    if (np.isfinite(a) != np.isfinite(b)).any():
        return np.inf
    finite = np.isfinite(a)
    assert finite.mean() > 0.4, "nothing to compare"
    return float(np.abs(a - b)[finite].max() / max(np.abs(a[finite]).max(), 1e-300))
