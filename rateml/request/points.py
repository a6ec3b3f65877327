"""The points of a sweep: a grid of axes, a table, a Sobol sequence, or what the file suggests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rateml.errors import UsageError, UserError
from rateml.ir.program import Program
from rateml.request.axes import Axis, read_axis, suggested_axes
from rateml.request.sampled import sample, uneven
from rateml.request.table import read_table


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options that give points: ``axes`` are (kind, text), the others as in Request."""

    axes: Sequence[tuple[str, str]] = ()
    points: Path | None = None
    sobol: int | None = None
    ranges: Sequence[str] = ()

    @property
    def table(self) -> bool:
        """Whether the points are rows of values and no grid."""
        return self.points is not None or self.sobol is not None


def read_points(program: Program, wanted: Wanted, seed: int) -> tuple[tuple[Axis, ...], list[str]]:
    """The axes, and the option that each comes from, for messages; any option replaces the file's suggestion whole.

    Raises UserError, and UsageError for options that exclude each other.
    """
    _check_together(wanted)
    if wanted.points is not None:
        axes = read_table(program, wanted.points)
        options = [f"--points {wanted.points}, column {axis.name}" for axis in axes]
    elif wanted.sobol is not None:
        axes = sample(program, wanted.sobol, wanted.ranges, seed)
        options = [f"--range {text}" for text in wanted.ranges]
    elif wanted.axes:
        axes = tuple(read_axis(program, kind, text) for kind, text in wanted.axes)
        options = [f"--{kind} {text}" for kind, text in wanted.axes]
    else:
        axes = suggested_axes(program)
        options = [f"rml:sweep, {axis.name}" for axis in axes]
    targets = [name for axis in axes for name in (axis.target.key, *axis.target.couplings) if name]
    twice = next((name for name in targets if targets.count(name) > 1), None)
    if twice:
        one = "--grid, --log-grid or --values"
        one = "column" if wanted.points else "--range" if wanted.sobol else one
        raise UserError(f"'{twice}' is on two axes: give one {one} for it")
    return axes, options


def point_notes(program: Program, wanted: Wanted, axes: Sequence[Axis]) -> list[str]:
    """What is good to know of the points."""
    notes = list(filter(None, [uneven(wanted.sobol)] if wanted.sobol is not None else []))
    regional = [axis.name for axis in axes if axis.target.key and _is_regional(program, axis.target.key)]
    if regional:
        are = "is a regional parameter" if len(regional) == 1 else "are regional parameters"
        notes.append(f"{', '.join(regional)} {are}: every point of the sweep gives all regions the same value")
    return notes


def _is_regional(program: Program, key: str) -> bool:
    parameter = program.parameter(key)
    return parameter is not None and parameter.regional


def _check_together(wanted: Wanted) -> None:
    """UsageError for options that exclude each other, and for one that lacks its other half."""
    ways = [
        *(["--" + wanted.axes[0][0]] if wanted.axes else []),
        *(["--points"] if wanted.points is not None else []),
        *(["--sobol"] if wanted.sobol is not None else []),
    ]
    if len(ways) > 1:
        raise UsageError(f"{ways[0]} and {ways[1]} exclude each other: points are a grid, a table or a Sobol sequence")
    if wanted.ranges and wanted.sobol is None:
        raise UsageError(f"--range {wanted.ranges[0]}: say how many points to spread over it, --sobol N")
    if wanted.sobol is not None and not wanted.ranges:
        raise UsageError(f"--sobol {wanted.sobol}: say over what, --range NAME=LO:HI for every parameter")
