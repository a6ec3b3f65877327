"""Everything that decides a run's numbers but the model and the connectome, checked and in base units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rateml.errors import UserError
from rateml.ir.program import Parameter, Program, State
from rateml.model.dimension import SPEED
from rateml.model.nodes import Scheme
from rateml.sweep.axes import Axis, read_axis, suggested_axes
from rateml.sweep.history import read_history
from rateml.sweep.monitors import Monitor, read_monitor
from rateml.sweep.ranges import outside
from rateml.sweep.regional import Assignment, apply_assignment, read_assignment
from rateml.sweep.targets import check_kind, find_state, find_target
from rateml.sweep.values import MAX_STEPS, read_time, read_value, whole_steps

Noise: TypeAlias = Literal["on", "off", "common"]
Precision: TypeAlias = Literal["float32", "float64"]
Value: TypeAlias = float | NDArray[np.float64]

MAX_SAMPLES = 10**7
"""Samples of one monitor of one simulation: a coordinate holds the time of each."""

MAX_SIMULATIONS = 10**8


@dataclass(frozen=True)
class Request:
    """What a user asks for, as text; see ``rateml run --help`` for each."""

    axes: Sequence[tuple[str, str]] = ()
    set: Sequence[str] = ()
    init: Sequence[str] = ()
    history: Path | None = None
    duration: str = "1 s"
    transient: str = "0 ms"
    dt: str | None = None
    scheme: Scheme | None = None
    monitors: Sequence[str] = ("stats",)
    noise: Noise = "on"
    seed: int = 0
    trials: int | None = None
    precision: Precision = "float64"
    point: int = 0
    trial: int = 0


@dataclass(frozen=True)
class Settings:
    """The request against a program. Times are in ms and in steps; ``past`` is (row, state, region) or None.

    ``values`` are by parameter key, ``speeds`` by coupling id, ``init`` by state index. ``first_point`` and
    ``first_trial`` are those of the first simulation, so that ``run --point K --trial J`` sees the random numbers of
    trial J at point K. ``notes`` are for information, ``warnings`` for what is likely a mistake.
    """

    axes: tuple[Axis, ...]
    values: Mapping[str, Value]
    speeds: Mapping[str, float]
    init: Mapping[int, Value]
    past: NDArray[np.float64] | None
    dt: float
    scheme: Scheme
    transient_steps: int
    steps: int
    monitors: tuple[Monitor, ...]
    noise: Noise
    seed: int
    trials: int | None
    precision: Precision
    first_point: int = 0
    first_trial: int = 0
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        return prod(len(axis.values) for axis in self.axes)

    @property
    def simulations(self) -> int:
        return self.points * (self.trials or 1)

    @property
    def total_steps(self) -> int:
        """Steps of one simulation, transient included."""
        return self.transient_steps + self.steps

    def point_values(self, point: int) -> tuple[float, ...]:
        """The value of every axis at a point."""
        at = np.unravel_index(point, tuple(len(axis.values) for axis in self.axes)) if self.axes else ()
        return tuple(axis.values[int(k)] for axis, k in zip(self.axes, at, strict=True))


def read_settings(program: Program, regions: Sequence[str], request: Request, *, sweep: bool) -> Settings:
    """Check a request; UserError says what cannot be done and what to write instead."""
    _check_counts(request)
    notes: list[str] = []
    warnings: list[str] = []
    dt = program.dt if request.dt is None else read_time(request.dt, program.units, "--dt")
    if not (0 < dt < np.inf):
        raise UserError("--dt: the time step must be above 0, such as 0.1 ms")
    scheme = request.scheme or program.scheme
    noise = request.noise
    if scheme == "rk4" and program.diffusion and noise != "off":
        raise UserError("--scheme rk4 is for deterministic runs, and this model has noise: add --noise off")
    steps = whole_steps(read_time(request.duration, program.units, "--duration"), dt, "--duration")
    transient_steps = whole_steps(read_time(request.transient, program.units, "--transient"), dt, "--transient")
    if steps < 1:
        raise UserError(f"--duration {request.duration}: at least one step is needed, {dt:g} ms")
    if transient_steps < 0:
        raise UserError(
            f"--transient {request.transient}: it cannot be negative; leave it out to record from the start"
        )
    if steps + transient_steps > MAX_STEPS:
        raise UserError(
            f"--duration and --transient are {steps + transient_steps:,} steps, at most {MAX_STEPS:,} can be"
        )
    monitors = tuple(read_monitor(program, text, dt) for text in request.monitors)
    _check_monitors(monitors, steps, dt, notes)
    if not transient_steps and any(m.kind == "stats" for m in monitors):
        notes.append("stats include the transient: leave it out with --transient, e.g. --transient 500ms")
    axes = _axes(program, request, warnings) if sweep else ()
    values, speeds = _values(program, regions, request, axes, warnings)
    init = _init(program, regions, request, warnings)
    past = read_history(program, request.history, len(regions)) if request.history else None
    if past is not None and init:
        raise UserError("--history and --init both set the initial state: give one of them")
    return Settings(
        axes, values, speeds, init, past, dt, scheme, transient_steps, steps, monitors, noise,
        request.seed, request.trials, request.precision, request.point, request.trial, tuple(notes), tuple(warnings),
    )  # fmt: skip


def _check_monitors(monitors: Sequence[Monitor], steps: int, dt: float, notes: list[str]) -> None:
    if not monitors:
        raise UserError("nothing would be recorded: give a --monitor, such as stats")
    kinds = [m.kind for m in monitors]
    twice = next((kind for kind in kinds if kinds.count(kind) > 1), None)
    if twice:
        raise UserError(f"--monitor {twice} stands twice; name all its variables in one")
    for monitor in monitors:
        if monitor.every > steps:
            raise UserError(
                f"--monitor {monitor.text}: the duration, {steps * dt:g} ms, is shorter than one period of "
                f"{monitor.every * dt:g} ms; give a longer --duration"
            )
        samples = 0 if monitor.kind == "stats" else steps // monitor.every
        if samples > MAX_SAMPLES:
            raise UserError(
                f"--monitor {monitor.text}: {samples:,} samples of one simulation, at most {MAX_SAMPLES:,} can be; "
                "record averages over longer periods (tavg:PERIOD) or stats"
            )
        left = steps % monitor.every
        if left:
            notes.append(f"{monitor.text}: the last {left * dt:g} ms fill no period and are dropped")


def _axes(program: Program, request: Request, warnings: list[str]) -> tuple[Axis, ...]:
    given = tuple(read_axis(program, kind, text) for kind, text in request.axes)
    for axis, (kind, text) in zip(given, request.axes, strict=True):
        parameter = program.parameter(axis.target.key) if axis.target.key else None
        _warn_outside(parameter, axis.values, f"--{kind} {text}", warnings)
    axes = given or suggested_axes(program)
    if not axes and request.trials is None:
        raise UserError("nothing to sweep: give an axis, e.g. --grid NAME=LO:HI:N, or --trials K")
    targets = [name for axis in axes for name in (axis.target.key, *axis.target.couplings) if name]
    twice = next((name for name in targets if targets.count(name) > 1), None)
    if twice:
        raise UserError(f"'{twice}' is on two axes: give one --grid, --log-grid or --values for it")
    simulations = prod(len(axis.values) for axis in axes) * (request.trials or 1)
    if simulations > MAX_SIMULATIONS:
        raise UserError(
            f"the axes make {simulations:,} simulations, at most {MAX_SIMULATIONS:,} can be: split the sweep"
        )
    return axes


def _values(
    program: Program, regions: Sequence[str], request: Request, axes: Sequence[Axis], warnings: list[str]
) -> tuple[dict[str, Value], dict[str, float]]:
    swept = {axis.target.key: axis.name for axis in axes if axis.target.key}
    swept |= {c: axis.name for axis in axes for c in axis.target.couplings}
    values: dict[str, Value] = {}
    speeds: dict[str, float] = {}
    by_region: set[str] = set()
    for text in request.set:
        assignment = read_assignment("--set", text)
        target = find_target(program, assignment.name, f"--set {text}")
        for name in (target.key, *target.couplings):
            if name in swept:
                raise UserError(f"--set {text}: {swept[name]} is swept; take it off the axes or drop --set")
        parameter = program.parameter(target.key) if target.key else None
        if parameter is not None:
            _refuse_undoing(assignment, f"--set {text}", target.key in by_region)
            by_region |= {parameter.key} if assignment.labels else set()
            before = values.get(parameter.key, parameter.default)
            value = apply_assignment(assignment, before, target.dimension, program.units, regions)
            for number in np.ravel(value):
                check_kind(program, target, float(number), f"--set {text}")
            values[parameter.key] = value
            _warn_outside(parameter, _assigned(assignment, value, regions), f"--set {text}", warnings)
            continue
        speed = _speed(assignment.value, program, text, regional=bool(assignment.labels))
        speeds |= dict.fromkeys(target.couplings, speed)
    return values, speeds


def _init(program: Program, regions: Sequence[str], request: Request, warnings: list[str]) -> dict[int, Value]:
    init: dict[int, Value] = {}
    by_region: set[int] = set()
    for text in request.init:
        assignment = read_assignment("--init", text)
        k = find_state(program, assignment.name, f"--init {text}")
        if assignment.labels and k not in init:
            raise UserError(f"--init {text}: give all regions a value first, --init {assignment.name}=VALUE")
        _refuse_undoing(assignment, f"--init {text}", k in by_region)
        by_region |= {k} if assignment.labels else set()
        init[k] = apply_assignment(assignment, init.get(k, 0.0), program.states[k].dimension, program.units, regions)
        _warn_outside(program.states[k], _assigned(assignment, init[k], regions), f"--init {text}", warnings)
    return init


def _refuse_undoing(assignment: Assignment, option: str, by_region: bool) -> None:
    """UserError when a value for all regions comes after one for some."""
    if by_region and not assignment.labels:
        raise UserError(
            f"{option}: it would undo {assignment.option} '{assignment.name}[...]' before it: "
            "give all regions a value first, then single ones"
        )


def _assigned(assignment: Assignment, value: Value, regions: Sequence[str]) -> list[float]:
    """The values that this assignment gave."""
    if not assignment.labels:
        return [float(v) for v in np.ravel(value)]
    return [float(np.ravel(value)[regions.index(label)]) for label in assignment.labels]


def _warn_outside(item: Parameter | State | None, values: Sequence[float], option: str, warnings: list[str]) -> None:
    warning = outside(item, values, option) if item is not None else None
    if warning:
        warnings.append(warning)


def _speed(text: str, program: Program, option: str, *, regional: bool) -> float:
    if regional or text.startswith("@"):
        raise UserError(f"--set {option}: a conduction speed is one number for the whole network")
    speed = read_value(text, SPEED, program.units, f"--set {option}")
    if not speed > 0:
        raise UserError(f"--set {option}: a conduction speed must be above 0 (inf means no delay)")
    return speed


def _check_counts(request: Request) -> None:
    if not 0 <= request.seed < 2**64:
        raise UserError("--seed must lie between 0 and 2**64 - 1")
    if request.trials is not None and not 1 <= request.trials <= 2**16:
        raise UserError("--trials must lie between 1 and 65536")
    if not 0 <= request.point < 2**32:
        raise UserError("--point must lie between 0 and 2**32 - 1")
    if not 0 <= request.trial < 2**16:
        raise UserError("--trial must lie between 0 and 65535")
