"""What an engine tells while it runs: frozen events that the command line, a dashboard and a log read alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rateml.results.layout import Unit

Block: TypeAlias = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Planned:
    """Before anything runs: ``done`` of ``simulations`` are already in the store."""

    engine: str
    simulations: int
    done: int
    steps: int
    threads: int
    reason: str


@dataclass(frozen=True, slots=True)
class Compiled:
    seconds: float
    digest: str


@dataclass(frozen=True, slots=True)
class Metrics:
    """``rate`` in simulation steps/s, ``bandwidth`` the effective bandwidth in bytes/s; ``left`` seconds or None."""

    done_steps: int
    total_steps: int
    rate: float
    bandwidth: float
    left: float | None


@dataclass(frozen=True, slots=True)
class GpuState:
    """``number`` counts the GPUs of the run; ``power`` in W, clocks in MHz, memory in bytes, ``busy`` the share of the
    last moment in which a kernel ran, ``temperature`` in °C. None stands for what a GPU does not tell."""

    number: int
    power: float | None
    clock: int | None
    memory_clock: int | None
    memory_used: int | None
    memory_total: int | None
    busy: float | None
    temperature: int | None


@dataclass(frozen=True, slots=True)
class GpuMetrics:
    """``peak`` is what copies on all GPUs of the run move together in bytes/s, measured at its start; ``of_peak`` the
    share of it that the effective bandwidth is: above 1 where data are used again on chip. ``gpus`` is empty without
    NVML."""

    gpus: tuple[GpuState, ...]
    peak: float | None
    of_peak: float | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a run goes on without."""

    text: str


@dataclass(frozen=True, slots=True)
class UnitDone:
    """One unit of simulations, with every array of the layout for it."""

    unit: Unit
    block: Block = field(repr=False)
    diverged: int


@dataclass(frozen=True, slots=True)
class Paused:
    paused: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """``simulations`` were computed in ``seconds``; ``stopped`` when the user asked for the end before the end."""

    simulations: int
    diverged: int
    seconds: float
    rate: float
    bandwidth: float
    stopped: bool


Event: TypeAlias = Planned | Compiled | Metrics | GpuMetrics | Notice | UnitDone | Paused | Finished
