"""What a driver's command line asks for, in base units: ms, mm, mm/ms, mV, nA."""

from __future__ import annotations

import argparse
import difflib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rateml.errors import UserError
from rateml.standalone.model import Model

_TIME = re.compile(r"\s*([-+0-9.eE]+?)\s*(s|ms|us)?\s*")
_MS = {"s": 1000.0, "ms": 1.0, "us": 0.001, None: 1.0}
MAX_TIMES = 2**34
"""The noise counts steps by fours with 32 bits."""

TAKEN = frozenset(
    (
        *("status", "diverged_at", "stats_mean", "stats_var", "variable_stats", "tavg", "variable_tavg", "time"),
        *("region", "file", "allow_pickle"),
    )
)
"""What no axis can be called: arrays of the results, and what numpy's own options for saving them are called."""


@dataclass(frozen=True)
class SweptAxis:
    """``parameter`` is its index, or None where the conduction speed of ``couplings`` is swept."""

    name: str
    values: tuple[float, ...]
    parameter: int | None
    couplings: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """``stats`` and ``tavg`` are indices of exposures, None where there is no such monitor; times in steps."""

    axes: tuple[SweptAxis, ...]
    values: tuple[float, ...]
    speeds: tuple[float | None, ...]
    dt: float
    steps: int
    transient_steps: int
    trials: int | None
    noise: str
    seed: int
    stats: tuple[int, ...] | None
    tavg: tuple[int, ...] | None
    window: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the axes, and of the trials where there are any."""
        return (*(len(axis.values) for axis in self.axes), *(() if self.trials is None else (self.trials,)))

    @property
    def simulations(self) -> int:
        return math.prod(self.shape)

    @property
    def total_steps(self) -> int:
        return self.transient_steps + self.steps


def read_asked(model: Model, args: argparse.Namespace) -> Asked:
    """UserError says what cannot be done and what to write instead."""
    dt = model.dt if args.dt is None else _time(args.dt, "--dt")
    if dt <= 0:
        raise UserError("--dt: the time step must be above 0, such as 0.1ms")
    steps, transient = (_steps(_time(text, what), dt, what) for text, what in _durations(args))
    if steps < 1 or transient < 0 or steps + transient > MAX_TIMES:
        raise UserError(f"--duration needs at least one step of {dt:g} ms, and --transient none or more")
    if model.scheme == "rk4" and model.noisy and args.noise != "off":
        raise UserError(
            "the scheme of the file, rk4, is for deterministic runs, and this model has noise: add --noise off, or "
            'build the driver again from a file with rml:scheme="heun"'
        )
    if not 0 <= args.seed < 2**64 or not 1 <= (1 if args.trials is None else args.trials) <= 2**16:
        raise UserError("--seed must lie between 0 and 2**64 - 1, --trials between 1 and 65536")
    axes = tuple(_axis(model, kind, text) for kind, text in args.axes)
    swept = [name for axis in axes for name in (axis.parameter, *axis.couplings) if name is not None]
    if len({*swept}) < len(swept):
        raise UserError("an axis stands twice: sweep every parameter once")
    values, speeds = [p.default for p in model.parameters], [c.speed for c in model.couplings]
    for text in args.set:
        name, _, number = text.partition("=")
        parameter, couplings = _find(model, name.strip(), f"--set {text}")
        if any(known in swept for known in (parameter, *couplings) if known is not None):
            raise UserError(f"--set {text}: {name.strip()} is swept; take it off the axes or drop --set")
        value = _number(number, f"--set {text}", couplings)
        _check_kind(model, parameter, value, f"--set {text}")
        if parameter is not None:
            values[parameter] = value
        speeds = [value if c.id in couplings else s for c, s in zip(model.couplings, speeds, strict=True)]
    stats = tavg = None
    window = 0
    for text in args.monitor or ["stats"]:
        kind, *parts = (part.strip() for part in text.split(":"))
        timed = bool(parts) and parts[0][:1] in tuple("+-.0123456789")
        if kind == "stats" and stats is None and len(parts) <= 1:
            stats = _exposures(model, parts, text)
        elif kind == "tavg" and tavg is None and len(parts) <= 1 + timed:
            window = _steps(_time(parts.pop(0) if timed else "1ms", f"--monitor {text}"), dt, f"--monitor {text}")
            tavg = _exposures(model, parts, text)
            _refuse_no_means(model, tavg, window, steps, text)
        else:
            raise UserError(f"--monitor {text}: write stats[:VAR,...] or tavg[:PERIOD][:VAR,...], each once")
    return Asked(
        axes, tuple(values), tuple(speeds), dt, steps, transient, args.trials, args.noise, args.seed, stats, tavg,
        window,
    )  # fmt: skip


def _durations(args: argparse.Namespace) -> list[tuple[str, str]]:
    return [(args.duration, "--duration"), (args.transient, "--transient")]


def _time(text: str, what: str) -> float:
    """A time in ms."""
    found = _TIME.fullmatch(text)
    try:
        time = float(found[1]) * _MS[found[2]] if found else math.nan
    except ValueError:
        time = math.nan
    if not math.isfinite(time):
        raise UserError(f"{what}: '{text}' is no time; write it as 4s, 500ms or 50us")
    return time


def _steps(time: float, dt: float, what: str) -> int:
    """How many steps a time is."""
    if abs(time / dt) >= MAX_TIMES:
        raise UserError(f"{what}: {time:g} ms are more steps of {dt:g} ms than can be counted")
    steps = round(time / dt)
    if not math.isclose(time, steps * dt, rel_tol=1e-9, abs_tol=1e-9 * dt):
        nearest = max(1, steps) * dt
        raise UserError(f"{what}: {time:g} ms is no whole number of steps of {dt:g} ms; the nearest is {nearest:.12g}")
    return steps


def _number(text: str, what: str, couplings: Sequence[str]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isnan(value) or (math.isinf(value) and not couplings):
        raise UserError(f"{what}: '{text.strip()}' is no number; values are in base units (ms, mm, mm/ms, mV, nA)")
    if couplings and value <= 0:
        raise UserError(f"{what}: a conduction speed must be above 0 (inf: no delay)")
    return value


def _axis(model: Model, kind: str, text: str) -> SweptAxis:
    what = f"--{kind} {text}"
    name, equals, body = text.partition("=")
    parameter, couplings = _find(model, name.strip(), what)
    parts = body.split(":" if kind == "grid" else ",")
    if not equals or (kind == "grid" and (len(parts) != 3 or not parts[2].strip().isdecimal() or int(parts[2]) < 1)):
        raise UserError(f"{what}: write it as --grid NAME=LO:HI:N or --values NAME=A,B,...")
    numbers = [_number(part, what, couplings) for part in (parts[:2] if kind == "grid" else parts)]
    if kind == "grid" and not math.isfinite(numbers[1] - numbers[0]):
        raise UserError(f"{what}: both ends must be finite; name inf among --values {name.strip()}=A,B,...")
    values = np.linspace(numbers[0], numbers[1], int(parts[2])).tolist() if kind == "grid" else numbers
    if len({*values}) < len(values):
        raise UserError(f"{what}: a value stands twice on the axis; give each value once")
    for value in values:
        _check_kind(model, parameter, value, what)
    if name.strip() in TAKEN:
        raise UserError(f"{what}: '{name.strip()}' is also what something else in the results is called: rename it")
    return SweptAxis(name.strip(), tuple(map(float, values)), parameter, couplings)


def _find(model: Model, name: str, what: str) -> tuple[int | None, tuple[str, ...]]:
    """The index of a parameter, or the couplings whose conduction speed is meant."""
    owner, _, bare = name.rpartition(".")
    found = [k for k, p in enumerate(model.parameters) if p.name == bare and owner in ("", p.owner)]
    if bare == "speed" and not found:
        delayed = tuple(c.id for c in model.couplings if c.speed is not None and owner in ("", c.id))
        if delayed:
            return None, delayed
    if len(found) == 1:
        return found[0], ()
    known = [f"{p.owner}.{p.name}" if p.key != p.name else p.name for p in model.parameters]
    known += ["speed"] if any(c.speed is not None for c in model.couplings) else []
    if len(found) > 1:
        names = ", ".join(f"{model.parameters[k].owner}.{bare}" for k in found)
        raise UserError(f"{what}: '{name}' is a parameter of several components: say which, {names}")
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"
    raise UserError(f"{what}: there is no parameter '{name}'; {hint}")


def _check_kind(model: Model, parameter: int | None, value: float, what: str) -> None:
    kind = "real" if parameter is None else model.parameters[parameter].kind
    if (kind == "boolean" and value not in (0.0, 1.0)) or (kind == "integer" and value != round(value)):
        raise UserError(f"{what}: the parameter is {'0 or 1' if kind == 'boolean' else 'an integer'}, not {value:g}")


def _exposures(model: Model, parts: Sequence[str], text: str) -> tuple[int, ...]:
    known = [e.name for e in model.exposures]
    names = [name.strip() for name in parts[0].split(",")] if parts else known
    for name in names:
        if name not in known:
            raise UserError(f"--monitor {text}: '{name}' is not exposed; the model exposes {', '.join(known)}")
    if len({*names}) < len(names):
        raise UserError(f"--monitor {text}: a variable stands twice; name each once")
    return tuple(known.index(name) for name in names)


def _refuse_no_means(model: Model, variables: Sequence[int], window: int, steps: int, text: str) -> None:
    if not 1 <= window <= steps:
        raise UserError(f"--monitor {text}: the period must be a step or more, and no longer than --duration")
    angle = next((model.exposures[k].name for k in variables if model.exposures[k].period), None)
    if angle is not None:
        raise UserError(
            f"--monitor {text}: '{angle}' is an angle, whose mean is no sum: name other variables, take stats, or "
            "let rateml sweep make the means"
        )
