"""Values of parameters and initial states: one number, one per region by label, or a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rateml.diagnostics.suggest import closest
from rateml.errors import UserError
from rateml.model.dimension import Dimension, Unit
from rateml.sweep.arrays import load_arrays
from rateml.sweep.values import read_value

_ASSIGNMENT = re.compile(r"(?P<name>[^=\[\]]+)(\[(?P<labels>[^\]]*)\])?=(?P<value>.+)", re.DOTALL)


_LISTED = 100
"""How many regions a message names at most."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """``NAME=VALUE``, ``NAME[LABEL,...]=VALUE`` or ``NAME=@FILE[:COLUMN]`` of an option."""

    option: str
    name: str
    labels: tuple[str, ...]
    value: str


def read_assignment(option: str, text: str) -> Assignment:
    match = _ASSIGNMENT.fullmatch(text.strip())
    if match is None:
        raise UserError(f"{option} {text}: write it as {option} NAME=VALUE")
    labels = tuple(label.strip() for label in (match["labels"] or "").split(",") if label.strip())
    value = match["value"].strip()
    if match["labels"] is not None and (not labels or value.startswith("@")):
        raise UserError(
            f"{option} {text}: write it as {option} 'NAME[LABEL,...]=VALUE', or for all NAME=VALUE or NAME=@FILE"
        )
    return Assignment(option, match["name"].strip(), labels, value)


def apply_assignment(
    assignment: Assignment,
    before: float | NDArray[np.float64],
    dimension: Dimension,
    units: Mapping[str, Unit],
    regions: Sequence[str],
) -> float | NDArray[np.float64]:
    """The value after the assignment: a number, or one per region, in base units."""
    what = f"{assignment.option} {assignment.name}"
    if assignment.value.startswith("@"):
        return _read_file(assignment.value[1:], what, dimension, units, regions)
    value = read_value(assignment.value, dimension, units, what)
    if not np.isfinite(value):
        raise UserError(f"{what}={assignment.value}: the value must be a finite number")
    if not assignment.labels:
        return value
    out = np.array(np.broadcast_to(before, (len(regions),)), dtype=np.float64)
    for label in assignment.labels:
        out[_index(label, regions, what)] = value
    return out


def _index(label: str, regions: Sequence[str], what: str) -> int:
    if label not in regions:
        near = closest(label, regions)
        hint = f"did you mean '{near}'? " if near else ""
        known = f"The regions are {', '.join(regions[:_LISTED])}" + (", …" if len(regions) > _LISTED else "")
        raise UserError(
            f"{what}: there is no region '{label}'; {hint}{known if near else known[0].lower() + known[1:]}"
        )
    return regions.index(label)


def _read_file(
    text: str, what: str, dimension: Dimension, units: Mapping[str, Unit], regions: Sequence[str]
) -> NDArray[np.float64]:
    path, column = Path(text), ""
    if not path.is_file() and ":" in text:
        name, _, column = text.rpartition(":")
        path = Path(name)
    if not path.is_file():
        raise UserError(f"{what}: there is no file {path}; give a .csv (region label, value) or a .npy")
    if path.suffix != ".npy":
        return _read_csv(path, column, what, dimension, units, regions)
    if column:
        raise UserError(f"{what}: {path} is one array without columns; drop ':{column}'")
    return _read_npy(path, what, regions)


def _read_npy(path: Path, what: str, regions: Sequence[str]) -> NDArray[np.float64]:
    """An array without labels, in the order of the connectome's regions."""
    values = load_arrays(path, what).get("", np.empty(0))
    if values.shape != (len(regions),):
        raise UserError(f"{what}: {path} has shape {values.shape}; it needs ({len(regions)},), one value per region")
    if not np.isfinite(values).all():
        region = regions[int(np.argmin(np.isfinite(values)))]
        raise UserError(f"{what}: {path} holds a value that is not finite, for region '{region}'")
    return values


def _read_csv(
    path: Path, column: str, what: str, dimension: Dimension, units: Mapping[str, Unit], regions: Sequence[str]
) -> NDArray[np.float64]:
    """Rows of region label and values under a header line; joined by label, never by row order."""
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{what}: cannot read {path}: {error}") from None
    if len(rows) < 2 or len(rows[0]) < 2:
        raise UserError(f"{what}: {path} needs a header line and columns: region label, then values")
    header = [cell.strip() for cell in rows[0]]
    if column and header[1:].count(column) > 1:
        raise UserError(f"{what}: {path} has several columns '{column}'; give each a name of its own")
    if column and column not in header[1:]:
        raise UserError(f"{what}: {path} has no column '{column}'; it has {', '.join(header[1:])}")
    if not column and len(header) > 2:
        raise UserError(f"{what}: {path} has several columns: say which, @{path}:{header[1]}")
    at = header.index(column, 1) if column else 1
    out = np.full(len(regions), np.nan)
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        place = f"{what}: {path}, line {number}"
        if len(row) <= at:
            raise UserError(f"{place} has {len(row)} columns, '{header[at]}' is column {at + 1}")
        index = _index(row[0].strip(), regions, place)
        if not np.isnan(out[index]):
            raise UserError(f"{place}: region '{row[0].strip()}' stands twice; keep one line")
        out[index] = read_value(row[at], dimension, units, place)
        if not np.isfinite(out[index]):
            raise UserError(f"{place}: the value of region '{row[0].strip()}' must be a finite number")
    missing = [label for label, value in zip(regions, out, strict=True) if np.isnan(value)]
    if missing:
        told = ", ".join(f"'{label}'" for label in missing[:4]) + (", …" if len(missing) > 4 else "")
        raise UserError(f"{what}: {path} lacks {len(missing)} of {len(regions)} regions: {told}; add a line for each")
    return out
