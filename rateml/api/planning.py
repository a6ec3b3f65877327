"""What a job will take, and what its network is, before it runs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from rateml.connectome import ConnectomeSummary, summarise
from rateml.engines.cpu import CpuEngine
from rateml.engines.features import machine_memory
from rateml.engines.footprint import footprint
from rateml.engines.job import Job
from rateml.errors import UserError
from rateml.text.amounts import size


@dataclass(frozen=True)
class Plan:
    """What a job will take.

    ``store_bytes`` are those of the store and the folder beside it, before compression: noisy results shrink by less
    than a tenth. ``files`` are theirs as long as nothing diverges, ``diverged_files`` may come to them.
    ``memory_bytes`` is the peak of the whole process, ``device_bytes`` that on each GPU with ``device_free_bytes`` free
    there before; None for an engine without.
    """

    points: int
    trials: int
    simulations: int
    steps: int
    store_bytes: int
    memory_bytes: int
    files: int
    diverged_files: int
    free_bytes: int
    machine_bytes: int | None
    device_bytes: int | None = None
    device_free_bytes: int | None = None


def plan(job: Job, out: Path, engine: CpuEngine, *, compiled: bool = False) -> Plan:
    """Simulations, steps, disk, memory and files of a job before it runs; ``compiled`` says that its code will be."""
    settings, disk, memory = job.settings, footprint(job, engine), engine.memory(job, compiled=compiled)
    return Plan(
        points=settings.points,
        trials=settings.trials or 1,
        simulations=settings.simulations,
        steps=settings.total_steps,
        store_bytes=disk.bytes,
        memory_bytes=memory.host,
        files=disk.files,
        diverged_files=disk.diverged_files,
        free_bytes=shutil.disk_usage(_existing(out)).free,
        machine_bytes=machine_memory(),
        device_bytes=memory.device,
        device_free_bytes=memory.device_free,
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


def refuse(plan: Plan) -> None:
    """UserError when a run would fill more than 80 % of the free disk, or cannot fit into this machine's memory."""
    if plan.store_bytes > 0.8 * plan.free_bytes:
        raise UserError(
            f"the results need {size(plan.store_bytes)}, {plan.store_bytes / max(plan.free_bytes, 1):.0%} of the free "
            "disk: record less (--monitor stats), choose another -o, or add --yes"
        )
    refuse_memory(plan)


def refuse_memory(plan: Plan) -> None:
    """UserError when a run cannot fit into this machine's memory, or that of its GPU."""
    if plan.device_bytes is not None and plan.device_bytes > (plan.device_free_bytes or 0):
        free = size(plan.device_free_bytes or 0)
        raise UserError(
            f"the run would hold {size(plan.device_bytes)} on a GPU, {free} are free there: "
            "end what else runs there, or take a higher speed or a larger --dt (shorter delays), or --precision float32"
        )
    if plan.machine_bytes is not None and plan.memory_bytes > plan.machine_bytes:
        raise UserError(
            f"the run would hold {size(plan.memory_bytes)} in memory, this machine has {size(plan.machine_bytes)}: use "
            "fewer --threads, a higher speed or a larger --dt (shorter delays), --precision float32, a smaller --chunk"
        )


def _existing(path: Path) -> Path:
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path
