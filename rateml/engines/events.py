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


Event: TypeAlias = Planned | Compiled | Metrics | UnitDone | Paused | Finished
