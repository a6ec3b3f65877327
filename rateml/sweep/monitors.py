"""Monitors: what of a simulation is recorded. ``KIND[:PERIOD][:VAR[,VAR]]``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from rateml.errors import UserError
from rateml.ir.program import Program
from rateml.model.dimension import Unit
from rateml.sweep.values import read_time, whole_steps

Kind: TypeAlias = Literal["raw", "tavg", "stats"]
_PERIOD = "1 ms"


@dataclass(frozen=True, slots=True)
class Monitor:
    """``every`` is the number of steps a sample covers; ``variables`` are indices of exposures."""

    kind: Kind
    every: int
    variables: tuple[int, ...]
    text: str


def read_monitor(program: Program, text: str, dt: float) -> Monitor:
    """One ``--monitor``; UserError that says what is wrong with it."""
    kind, *parts = [part.strip() for part in text.split(":")]
    if kind not in get_args(Kind):
        raise UserError(f"--monitor {text}: there is no monitor '{kind}'; there are {', '.join(get_args(Kind))}")
    period = parts.pop(0) if parts and parts[0][:1] in tuple("+-.0123456789") else None
    if len(parts) > 1 or (period is not None and kind != "tavg"):
        raise UserError(f"--monitor {text}: write it as {_shape(kind)}")
    every = _every(period or _PERIOD, program.units, dt, text) if kind == "tavg" else 1
    return Monitor(_kind(kind), every, _variables(program, parts, text), text)


def _kind(text: str) -> Kind:
    kinds: Mapping[str, Kind] = {"raw": "raw", "tavg": "tavg", "stats": "stats"}
    return kinds[text]


def _every(period: str, units: Mapping[str, Unit], dt: float, text: str) -> int:
    time = read_time(period, units, f"--monitor {text}")
    if time <= 0:
        raise UserError(f"--monitor {text}: the period must be above 0, such as tavg:1ms")
    return whole_steps(time, dt, f"--monitor {text}")


def _variables(program: Program, parts: Sequence[str], text: str) -> tuple[int, ...]:
    known = [e.name for e in program.exposures]
    if not parts:
        return tuple(range(len(known)))
    chosen = [name.strip() for name in parts[0].split(",")]
    for name in chosen:
        if name not in known:
            raise UserError(f"--monitor {text}: '{name}' is not exposed; the model exposes {', '.join(known)}")
    if len(set(chosen)) != len(chosen):
        raise UserError(f"--monitor {text}: a variable stands twice; name each once")
    return tuple(known.index(name) for name in chosen)


def _shape(kind: str) -> str:
    return "tavg:PERIOD[:VAR,...]" if kind == "tavg" else f"{kind}[:VAR,...]"
