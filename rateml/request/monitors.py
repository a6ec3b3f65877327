"""Monitors: what of a simulation is recorded. ``KIND[:PERIOD][:VAR[,VAR]]``, ``fc:MONITOR``, ``fcd:WINDOW:STEP``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from rateml.errors import UserError
from rateml.ir.program import Program
from rateml.request.values import read_time, whole_steps
from rateml.request.windows import Windows

Kind: TypeAlias = Literal["raw", "tavg", "stats", "bold", "fc", "fcd"]
_PERIODS: Mapping[str, str] = {"tavg": "1 ms", "bold": "2 s"}
_BALLOON_STEP = "1 ms"

FEWEST = 3
"""Samples that a correlation needs."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """``every`` is the number of steps a sample covers; ``variables`` are indices of exposures.

    ``inner`` is the number of steps whose average drives the balloon model of bold. ``source`` is the monitor that
    fc and fcd look at, whose samples and variables are theirs; ``windows`` are those of fcd.
    """

    kind: Kind
    every: int
    variables: tuple[int, ...]
    text: str
    inner: int = 1
    source: Monitor | None = None
    windows: Windows | None = None

    @property
    def of_bold(self) -> bool:
        """Whether a BOLD signal is made for it."""
        return (self.source or self).kind == "bold"


def read_monitor(program: Program, text: str, dt: float) -> Monitor:
    """One ``--monitor``; UserError that says what is wrong with it."""
    return _read(program, text, dt, f"--monitor {text}")


def _read(program: Program, text: str, dt: float, what: str) -> Monitor:
    kind, *parts = [part.strip() for part in text.split(":")]
    match kind:
        case "fc":
            return _read_fc(program, text, parts, dt, what)
        case "fcd":
            return _read_fcd(program, text, parts, dt, what)
        case "raw" | "tavg" | "stats" | "bold":
            return _read_plain(program, kind, text, parts, dt, what)
    raise UserError(f"{what}: there is no monitor '{kind}'; there are {', '.join(get_args(Kind))}")


def _read_plain(
    program: Program,
    kind: Literal["raw", "tavg", "stats", "bold"],
    text: str,
    parts: Sequence[str],
    dt: float,
    what: str,
) -> Monitor:
    parts = list(parts)
    period = parts.pop(0) if parts and parts[0][:1] in tuple("+-.0123456789") else None
    if len(parts) > 1 or (period is not None and kind not in _PERIODS):
        raise UserError(f"{what}: write it as {_shape(kind)}")
    every = _every(program, period or _PERIODS[kind], dt, what, kind) if kind in _PERIODS else 1
    if kind != "bold":
        return Monitor(kind, every, _variables(program, parts, what), text)
    inner = whole_steps(read_time(_BALLOON_STEP, program.units, what), dt, f"{what}, which takes averages over 1 ms")
    if every % inner:
        raise UserError(f"{what}: the period must be a whole number of ms, such as bold:2s; the balloon steps by 1 ms")
    if not parts and len(program.exposures) > 1:
        names = [e.name for e in program.exposures]
        raise UserError(
            f"{what}: say which variable drives the blood flow, such as bold:2s:{names[0]}; "
            f"the model exposes {', '.join(names)}"
        )
    variables = _variables(program, parts, what)
    _refuse_angles(program, variables, what, "drives no blood flow")
    return Monitor(kind, every, variables, text, inner)


def _read_fc(program: Program, text: str, parts: Sequence[str], dt: float, what: str) -> Monitor:
    if not parts or parts[0] not in ("raw", "tavg", "bold"):
        raise UserError(f"{what}: write it as fc:MONITOR, of raw, tavg or bold, such as fc:bold or fc:tavg:10ms")
    source = _read(program, ":".join(parts), dt, what)
    _refuse_angles(program, source.variables, what, "has no correlation")
    return Monitor("fc", source.every, source.variables, text, source=source)


def _read_fcd(program: Program, text: str, parts: Sequence[str], dt: float, what: str) -> Monitor:
    if len(parts) < 2 or not all(part[:1] in tuple("+.0123456789") for part in parts[:2]):
        raise UserError(f"{what}: write it as fcd:WINDOW:STEP[:VAR or :bold:PERIOD:VAR][:full], such as fcd:60s:2s")
    rest = list(parts[2:])
    full = rest[-1:] == ["full"]
    rest = rest[:-1] if full else rest
    source = _read(program, ":".join(rest if rest[:1] == ["bold"] else ["bold", *rest]), dt, what)
    width, stride = (_samples(program, part, source.every, dt, what) for part in parts[:2])
    if width < FEWEST:
        raise UserError(
            f"{what}: a window of {width} samples is too short for a correlation, take {FEWEST * source.every * dt:g} "
            "ms or more"
        )
    return Monitor("fcd", source.every, source.variables, text, source=source, windows=Windows(width, stride, full))


def _samples(program: Program, text: str, every: int, dt: float, what: str) -> int:
    """How many samples of bold a time is, at least 1."""
    samples, rest = divmod(whole_steps(read_time(text, program.units, what), dt, what), every)
    if rest or samples < 1:
        raise UserError(f"{what}: '{text}' must be a whole number of the {every * dt:g} ms between samples of bold")
    return samples


def _every(program: Program, period: str, dt: float, what: str, kind: str) -> int:
    time = read_time(period, program.units, what)
    if time <= 0:
        raise UserError(f"{what}: the period must be above 0, such as {kind}:{_PERIODS[kind].replace(' ', '')}")
    return whole_steps(time, dt, what)


def _variables(program: Program, parts: Sequence[str], what: str) -> tuple[int, ...]:
    known = [e.name for e in program.exposures]
    if not parts:
        return tuple(range(len(known)))
    chosen = [name.strip() for name in parts[0].split(",")]
    for name in chosen:
        if name not in known:
            raise UserError(f"{what}: '{name}' is not exposed; the model exposes {', '.join(known)}")
    if len(set(chosen)) != len(chosen):
        raise UserError(f"{what}: a variable stands twice; name each once")
    return tuple(known.index(name) for name in chosen)


def period_of_exposure(program: Program, exposure: int) -> float:
    """The period of an exposed angle, 0 for what is no angle."""
    name = program.exposures[exposure].name
    return next((s.period for s in program.states if s.name == name and s.period is not None), 0.0)


def _refuse_angles(program: Program, variables: Sequence[int], what: str, why: str) -> None:
    angle = next((k for k in variables if period_of_exposure(program, k)), None)
    if angle is not None:
        others = [e.name for k, e in enumerate(program.exposures) if not period_of_exposure(program, k)]
        way = f"name {' or '.join(others)}" if others else "expose its sine in the model and name that"
        raise UserError(f"{what}: '{program.exposures[angle].name}' is an angle and {why}; {way}")


def _shape(kind: str) -> str:
    return (
        f"{kind}[:PERIOD][:VAR,...]"
        if kind == "bold"
        else ("tavg:PERIOD[:VAR,...]" if kind == "tavg" else f"{kind}[:VAR,...]")
    )
