"""The engines by name, and what each needs to be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, TypeAlias

from rateml.diagnostics.suggest import closest
from rateml.engines.cpu import CpuEngine
from rateml.engines.cuda.engine import CudaEngine
from rateml.errors import EngineUnavailable, UsageError
from rateml.standalone.gpu import find_gpus

Target: TypeAlias = Literal["numba", "cuda"]

TARGETS: Mapping[str, Target] = MappingProxyType({"cpu": "numba", "cuda": "cuda"})
"""The target whose code each engine runs."""


def target_of(engine: str) -> Target:
    """The target whose code an engine runs; UsageError when there is no such engine."""
    target = TARGETS.get(engine)
    if target is None:
        near = closest(engine, TARGETS)
        asked = f"; did you mean '{near}'?" if near else ""
        raise UsageError(f"there is no engine '{engine}'; the engines are {', '.join(TARGETS)}{asked}")
    return target


def make_engine(name: str, threads: int | None = None, devices: str | Sequence[int] | None = None) -> CpuEngine:
    """The engine of that name.

    ``threads`` are those of engine cpu, ``devices`` the GPUs of engine cuda: their numbers or ``"all"``; the first of
    them without it. Raises UsageError for what the engine does not have, EngineUnavailable when it cannot run here.
    """
    if target_of(name) == "numba":
        if devices is not None:
            raise UsageError("devices are the GPUs of engine cuda, and this is engine cpu: add --engine cuda")
        if threads is not None and threads < 1:
            raise UsageError(f"threads: there must be at least 1, not {threads}")
        return CpuEngine(threads)
    if threads is not None:
        raise UsageError("threads are those of engine cpu; GPUs are chosen with --devices")
    gpus = find_gpus(read_devices(devices))
    differ = sorted({f"{gpu.limits.name} ({gpu.limits.capability})" for gpu in gpus})
    if len(differ) > 1:
        raise EngineUnavailable(
            f"these GPUs differ, and with them the last bits of results: {', '.join(differ)}; choose equal ones with "
            "--devices, such as --devices 0"
        )
    return CudaEngine(gpus)


def read_devices(given: str | Sequence[int] | None) -> Sequence[int] | None:
    """The numbers of the GPUs, None for all of them."""
    if given is None:
        return (0,)
    if not isinstance(given, str):
        numbers = [int(n) for n in given]
    elif given.strip() == "all":
        return None
    else:
        try:
            numbers = [int(part) for part in given.split(",")]
        except ValueError:
            raise UsageError(f"--devices {given}: write all, or numbers of GPUs such as 0,1") from None
    if not numbers or min(numbers) < 0 or len({*numbers}) < len(numbers):
        raise UsageError(f"--devices {given}: write all, or different numbers of GPUs such as 0,1")
    return numbers
