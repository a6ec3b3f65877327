"""Everything that decides a run's numbers but the model and the connectome, checked and in base units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rateml.errors import UserError
from rateml.ir.program import Parameter, Precision, Program, State
from rateml.model.dimension import SPEED
from rateml.model.nodes import Scheme
from rateml.request.axes import Axis
from rateml.request.balloon import PREFIX, Balloon, split_balloon
from rateml.request.drives import Drive, read_drives
from rateml.request.empirical import Targets, read_targets
from rateml.request.history import read_history
from rateml.request.intensity import is_silent, numbered_noise, refuse_negative
from rateml.request.monitors import Monitor, read_monitor
from rateml.request.points import Wanted, point_notes, read_points
from rateml.request.ranges import outside
from rateml.request.recording import check_monitors
from rateml.request.regional import Assignment, apply_assignment, chosen, read_assignment
from rateml.request.targets import Target, check_kind, find_state, find_target
from rateml.request.values import MAX_STEPS, read_time, read_value, whole_steps

Noise: TypeAlias = Literal["on", "off", "common"]
Value: TypeAlias = float | NDArray[np.float64]

MAX_SIMULATIONS = 10**8

RUN_MONITORS = ("tavg:1ms",)
"""What ``rateml run`` records when nothing is asked."""


@dataclass(frozen=True)
class Request:
    """What a user asks for, as text; see ``rateml run --help`` for each."""

    axes: Sequence[tuple[str, str]] = ()
    points: Path | None = None
    sobol: int | None = None
    ranges: Sequence[str] = ()
    set: Sequence[str] = ()
    init: Sequence[str] = ()
    history: Path | None = None
    drives: Sequence[str] = ()
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
    target_fc: Path | None = None
    target_fcd: Path | None = None

    @property
    def is_single(self) -> bool:
        """Whether it asks for one simulation, as ``rateml run`` does, and for no sweep."""
        return not self.axes and self.points is None and self.sobol is None and self.trials is None


@dataclass(frozen=True)
class Settings:
    """The request against a program. Times are in ms and in steps; ``past`` is (row, state, region) or None.

    Of a ``table``, all axes have one length and point k has the k-th value of each; otherwise the points are the grid
    of the axes. ``values`` are by parameter key, ``speeds`` by coupling id, ``init`` by state index. ``drives`` is
    None when nothing is driven. ``first_point`` and ``first_trial`` are those of the first simulation, so that
    ``run --point K --trial J`` sees the random numbers of trial J at point K. ``noise_shift`` is added to the trial for
    the noise of the steps, not for random initial states. ``notes`` are for information,
    ``warnings`` for what is likely a mistake.
    ``balloon`` makes BOLD signals, ``targets`` are what simulations are compared with.
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
    table: bool = False
    drives: Drive | None = None
    balloon: Balloon = field(default_factory=Balloon)
    targets: Targets = field(default_factory=Targets)
    noise_shift: int = 0

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the dimensions of the points: the axes' lengths, or one for a table."""
        sizes = tuple(len(axis.values) for axis in self.axes)
        return sizes[:1] if self.table else sizes

    @property
    def points(self) -> int:
        return prod(self.shape)

    @property
    def simulations(self) -> int:
        return self.points * (self.trials or 1)

    @property
    def total_steps(self) -> int:
        """Steps of one simulation, transient included."""
        return self.transient_steps + self.steps

    @property
    def settling_from(self) -> int:
        """The step of the transient from which on a BOLD signal is computed: whole ms before it is recorded."""
        sources = [monitor.source or monitor for monitor in self.monitors]
        ms = max((source.inner for source in sources if source.kind == "bold"), default=0)
        return self.transient_steps % ms if ms else self.transient_steps

    def point_values(self, point: int) -> tuple[float, ...]:
        """The value of every axis at a point."""
        return tuple(self.values_at(np.array([point]))[0].tolist())

    def told_point(self, point: int) -> str:
        """A point by its number and the values of its parameters: ``point 3 (G=0.5, tau=10 ms)``."""
        values = zip(self.axes, self.point_values(point), strict=True)
        told = ", ".join(f"{a.name}={value:.6g}{'' if a.units == '1' else f' {a.units}'}" for a, value in values)
        return f"point {point}" + (f" ({told})" if told else "")

    def values_at(self, points: NDArray[np.int64]) -> NDArray[np.float64]:
        """The value of every axis at points, (point, axis)."""
        found = np.empty((points.size, len(self.axes)))
        at = [points] * len(self.axes) if self.table or not self.axes else np.unravel_index(points, self.shape)
        for k, axis in enumerate(self.axes):
            found[:, k] = [axis.values[n] for n in at[k].tolist()]
        return found


def read_settings(
    program: Program, regions: Sequence[str], request: Request, *, sweep: bool, later: Sequence[Target] = ()
) -> Settings:
    """Check a request; UserError says what cannot be done and what to write instead.

    ``later`` are the parameters whose values come with every call of a Simulator; the settings have no axes then.
    """
    check_counts(request)
    warnings: list[str] = []
    dt = program.dt if request.dt is None else read_time(request.dt, program.units, "--dt")
    if not (0 < dt < np.inf):
        raise UserError("--dt: the time step must be above 0, such as 0.1 ms")
    scheme = request.scheme or program.scheme
    noise = request.noise
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
    notes = check_monitors(monitors, steps, transient_steps, dt, len(regions))
    targets = read_targets(request.target_fc, request.target_fcd, monitors, len(regions))
    balloon, assignments = split_balloon(program, request.set)
    if balloon != Balloon() and not any(m.of_bold for m in monitors):
        warnings.append(f"--set {PREFIX}... changes nothing: no BOLD signal is recorded, add --monitor bold")
    axes = _axes(program, request, notes, warnings) if sweep else ()
    swept = [*(axis.target for axis in axes), *later]
    of_file = bool(axes) and not request.axes and request.points is None and request.sobol is None
    values, speeds = _values(program, regions, assignments, swept, of_file, warnings)
    if scheme == "rk4" and program.diffusion and noise != "off":
        if noise == "common" or not is_silent(program, values, {target.key for target in swept if target.key}):
            cause = "--scheme rk4" if request.scheme else 'the scheme of the file, rml:scheme="rk4",'
            raise UserError(
                f"{cause} is for deterministic runs, and this model has noise: add --noise off, or take --scheme heun"
            )
        noise = "off"  # nothing is to be drawn
    init = _init(program, regions, request, warnings)
    past = read_history(program, request.history, len(regions)) if request.history else None
    if past is not None and init:
        raise UserError("--history and --init both set the initial state: give one of them")
    drives, said = read_drives(program, request.drives, regions, dt, transient_steps + steps)
    warnings += said
    return Settings(
        axes, values, speeds, init, past, dt, scheme, transient_steps, steps, monitors, noise,
        request.seed, request.trials, request.precision, request.point, request.trial, tuple(notes), tuple(warnings),
        sweep and (request.points is not None or request.sobol is not None), drives,
        balloon, targets,
    )  # fmt: skip


def _axes(program: Program, request: Request, notes: list[str], warnings: list[str]) -> tuple[Axis, ...]:
    """The axes of a grid, or of a table the columns."""
    wanted = Wanted(request.axes, request.points, request.sobol, request.ranges)
    axes, options = read_points(program, wanted, request.seed)
    for axis, option in zip(axes, options, strict=True):
        parameter = program.parameter(axis.target.key) if axis.target.key else None
        if parameter is not None:
            refuse_negative(program, parameter, axis.values, option)
        _warn_outside(parameter, axis.values, option, warnings)
    if not axes and request.trials is None:
        raise UserError(
            "nothing to sweep: give an axis, e.g. --grid NAME=LO:HI:N, a table, --points FILE.csv, or --trials K"
        )
    points = len(axes[0].values) if wanted.table else prod(len(axis.values) for axis in axes)
    simulations = points * (request.trials or 1)
    if simulations > MAX_SIMULATIONS:
        raise UserError(
            f"the axes make {simulations:,} simulations, at most {MAX_SIMULATIONS:,} can be: split the sweep"
        )
    notes += point_notes(program, wanted, axes)
    return axes


def _values(
    program: Program,
    regions: Sequence[str],
    assignments: Sequence[str],
    targets: Sequence[Target],
    of_file: bool,
    warnings: list[str],
) -> tuple[dict[str, Value], dict[str, float]]:
    """Of every ``--set``; ``of_file`` says that the swept ``targets`` are those of the file's rml:sweep."""
    swept = {target.key: target.label for target in targets if target.key}
    swept |= {c: target.label for target in targets for c in target.couplings}
    values: dict[str, Value] = {}
    speeds: dict[str, float] = {}
    by_region: set[str] = set()
    for text in assignments:
        assignment = numbered_noise(program, read_assignment("--set", text))
        target = find_target(program, assignment.name, f"--set {text}")
        for name in (target.key, *target.couplings):
            if name in swept:
                every = " and gets one value for all regions at every point" if assignment.regional else ""
                where = " by the file's rml:sweep" if of_file else ""
                out = "give axes without it, such as --grid NAME=LO:HI:N," if of_file else "take it off the axes"
                raise UserError(f"--set {text}: {swept[name]} is swept{where}{every}; {out} or drop --set")
        parameter = program.parameter(target.key) if target.key else None
        if parameter is not None:
            _refuse_undoing(assignment, f"--set {text}", target.key in by_region)
            by_region |= {parameter.key} if assignment.labels else set()
            before = values.get(parameter.key, parameter.default)
            value = apply_assignment(assignment, before, target.dimension, program.units, regions)
            for number in np.ravel(value):
                check_kind(program, target, float(number), f"--set {text}")
            refuse_negative(program, parameter, [float(v) for v in np.ravel(value)], f"--set {text}")
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
    return [float(np.ravel(value)[k]) for k in chosen(assignment.labels, regions, assignment.option)]


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


def check_counts(request: Request) -> None:
    """UserError when the seed, the trials or the first point or trial cannot be counted."""
    if not 0 <= request.seed < 2**64:
        raise UserError("--seed must lie between 0 and 2**64 - 1")
    if request.trials is not None and not 1 <= request.trials <= 2**16:
        raise UserError("--trials must lie between 1 and 65536")
    if not 0 <= request.point < 2**32:
        raise UserError("--point must lie between 0 and 2**32 - 1")
    if not 0 <= request.trial < 2**16:
        raise UserError("--trial must lie between 0 and 65535")
