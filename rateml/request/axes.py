"""Swept axes: ``--grid``, ``--log-grid``, ``--values``, and what the file suggests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from rateml.errors import UserError
from rateml.ir.program import Program
from rateml.model.dimension import base_unit
from rateml.model.sweep import MAX_POINTS
from rateml.request.targets import Target, check_kind, find_target
from rateml.request.values import read_value


@dataclass(frozen=True, slots=True)
class Axis:
    """``values`` are in base units. Of a grid, points are numbered in C order over the axes; of a table, by row."""

    target: Target
    values: tuple[float, ...]

    @property
    def name(self) -> str:
        return self.target.label

    @property
    def units(self) -> str:
        return base_unit(self.target.dimension)

    def __str__(self) -> str:
        return f"{self.span} ({len(self.values)} value{'' if len(self.values) == 1 else 's'})"

    @property
    def span(self) -> str:
        """From the first value to the last."""
        return self._between(self.values[0], self.values[-1])

    @property
    def extent(self) -> str:
        """From the least value to the greatest."""
        return self._between(min(self.values), max(self.values))

    def _between(self, low: float, high: float) -> str:
        return f"{self.name} = {low:g} … {high:g}{'' if self.units == '1' else f' {self.units}'}"


def read_axis(program: Program, kind: str, text: str) -> Axis:
    """One axis of ``kind`` grid or log-grid (``NAME=LO:HI:N``) or values (``NAME=A,B,...``)."""
    name, equals, body = text.partition("=")
    option = f"--{kind} {text}"
    if not equals or not name.strip():
        raise UserError(f"{option}: write it as {_shape(kind)}")
    target = find_target(program, name.strip(), option)
    if kind == "values":
        parts = body.split(",")
        if not all(part.strip() for part in parts):
            raise UserError(f"{option}: a value is missing; write it as {_shape(kind)}")
        values = [read_value(part, target.dimension, program.units, option) for part in parts]
    else:
        values = _spaced(program, kind, option, target, body.split(":"))
    return make_axis(program, target, values, option)


def make_axis(program: Program, target: Target, values: Sequence[float], option: str) -> Axis:
    """The axis, once its values can be simulated and told apart."""
    twice = next((value for value, count in Counter(values).items() if count > 1), None)
    if twice is not None:
        raise UserError(f"{option}: the value {twice:g} stands twice on the axis; give each value once")
    check_values(program, target, values, option)
    return Axis(target, tuple(float(v) for v in values))


def check_values(program: Program, target: Target, values: Sequence[float], option: str) -> None:
    """UserError when a value cannot be simulated."""
    if target.couplings and min(values) <= 0:
        raise UserError(f"{option}: a conduction speed must be above 0 (inf: no delay), {min(values):g} is not")
    for value in dict.fromkeys(values):
        if not isfinite(value) and not target.couplings:
            raise UserError(f"{option}: every value of an axis must be a finite number")
        check_kind(program, target, value, option)


def suggested_axes(program: Program) -> tuple[Axis, ...]:
    """The axes of the file's ``rml:sweep``, in document order."""
    axes = []
    for owner, axis in program.sweep:
        option = f"rml:sweep of '{owner}', {axis.name.text}"
        target = find_target(program, _qualified(program, owner, axis.name.text), option)
        axes.append(make_axis(program, target, axis.values, option))
    return tuple(axes)


def _qualified(program: Program, owner: str, name: str) -> str:
    """The shortest name of what a component's own sweep text means."""
    if name == "speed":
        return name
    unique = sum(p.name == name for p in program.parameters) == 1
    return name if unique or "." in name else f"{owner}.{name}"


def _spaced(program: Program, kind: str, option: str, target: Target, parts: Sequence[str]) -> list[float]:
    if len(parts) != 3:
        raise UserError(f"{option}: write it as {_shape(kind)}")
    low, high = (read_value(part, target.dimension, program.units, option) for part in parts[:2])
    if not (isfinite(low) and isfinite(high)):
        raise UserError(f"{option}: both ends must be finite; name inf among --values {target.label}=A,B,...")
    text = parts[2].strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= MAX_POINTS):
        raise UserError(f"{option}: the number of values must be a whole number from 1 to {MAX_POINTS:,}, not '{text}'")
    count = int(text)
    if not isfinite(high - low):
        raise UserError(f"{option}: the ends are too far apart for a computer's numbers; choose them nearer")
    if kind == "grid":
        return [float(v) for v in np.linspace(low, high, count)]
    if low <= 0 or high <= 0:
        raise UserError(f"{option}: a logarithmic axis needs both ends above 0")
    return [float(v) for v in np.geomspace(low, high, count)]


def _shape(kind: str) -> str:
    return "--values NAME=A,B,..." if kind == "values" else f"--{kind} NAME=LO:HI:N"
