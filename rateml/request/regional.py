"""Values of parameters and initial states: one number, one per region by label, or a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rateml.diagnostics.suggest import closest
from rateml.errors import UserError
from rateml.model.dimension import Dimension, Unit
from rateml.request.arrays import load_arrays
from rateml.request.column import make_column, read_lines, split_header
from rateml.request.values import read_value

_ASSIGNMENT = re.compile(r"(?P<name>[^=\[\]]+)(\[(?P<labels>[^\]]*)\])?=(?P<value>.+)", re.DOTALL)


_LISTED = 100
"""How many regions a message names at most."""

_IN_THE_WAY = frozenset(",[]")
"""What ends a label where regions are chosen."""

_SPELLED = "write * for a comma or bracket of a label"


@dataclass(frozen=True, slots=True)
class Assignment:
    """``NAME=VALUE``, ``NAME[LABEL,...]=VALUE`` or ``NAME=@FILE[:COLUMN]`` of an option.

    A ``*`` in a label stands for any characters: ``lh-*`` are all regions of that beginning.
    """

    option: str
    name: str
    labels: tuple[str, ...]
    value: str

    @property
    def regional(self) -> bool:
        """Whether regions get values of their own."""
        return bool(self.labels) or self.value.startswith("@")


def read_assignment(option: str, text: str) -> Assignment:
    match = _ASSIGNMENT.fullmatch(text.strip())
    if match is None:
        way = f"; {_SPELLED}" if "[" in text else ""
        raise UserError(f"{option} {text}: write it as {option} NAME=VALUE{way}")
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
    out[chosen(assignment.labels, regions, what)] = value
    return out


def chosen(labels: Sequence[str], regions: Sequence[str], what: str) -> list[int]:
    """The indices of the regions that ``labels`` name, each once and in the order named.

    UserError for a label that is no region's, and for one with a ``*`` that fits none.
    """
    found: dict[int, None] = {}
    for label in labels:
        if "*" in label and label not in regions:
            shape = re.compile(".*".join(map(re.escape, label.split("*"))), re.DOTALL)
            fits = [k for k, region in enumerate(regions) if shape.fullmatch(region)]
            if not fits:
                raise UserError(f"{what}: no region is like '{label}'; {_known(regions)}")
            found |= dict.fromkeys(fits)
        else:
            way = f"; {_SPELLED}" if any(_IN_THE_WAY & {*region} for region in regions) else ""
            found[region_index(label, regions, what, way)] = None
    return list(found)


def region_index(label: str, regions: Sequence[str], what: str, way: str = "") -> int:
    """The index of a region; UserError, with a ``way`` out at its end, for a label that is no region's."""
    if label not in regions:
        near = closest(label, regions)
        hint = f"did you mean '{near}'? " if near else ""
        known = _known(regions)
        raise UserError(
            f"{what}: there is no region '{label}'; {hint}{known[0].upper() + known[1:] if near else known}{way}"
        )
    return regions.index(label)


def _known(regions: Sequence[str]) -> str:
    return f"the regions are {', '.join(regions[:_LISTED])}" + (", …" if len(regions) > _LISTED else "")


def split_column(text: str) -> tuple[Path, str]:
    """``FILE[:COLUMN]``: a file whose name holds a colon goes first."""
    if Path(text).is_file() or ":" not in text:
        return Path(text), ""
    name, _, column = text.rpartition(":")
    return Path(name), column


def _read_file(
    text: str, what: str, dimension: Dimension, units: Mapping[str, Unit], regions: Sequence[str]
) -> NDArray[np.float64]:
    path, column = split_column(text)
    if not path.is_file():
        raise UserError(f"{what}: there is no file {path}; give a .csv (region label, value) or a .npy")
    if path.suffix != ".npy":
        return _read_csv(path, column, what, dimension, units, regions)
    if column:
        raise UserError(f"{what}: {path} is one array without columns; drop ':{column}'")
    return _read_npy(path, what, regions)


def _read_npy(path: Path, what: str, regions: Sequence[str]) -> NDArray[np.float64]:
    """An array without labels, in the order of the connectome's regions."""
    values = load_arrays(path, what)[0].get("", np.empty(0))
    if values.shape != (len(regions),):
        raise UserError(f"{what}: {path} has shape {values.shape}; it needs ({len(regions)},), one value per region")
    if not np.isfinite(values).all():
        region = regions[int(np.argmin(np.isfinite(values)))]
        raise UserError(f"{what}: {path} holds a value that is not finite, for region '{region}'")
    return values


def _read_csv(
    path: Path, column: str, what: str, dimension: Dimension, units: Mapping[str, Unit], regions: Sequence[str]
) -> NDArray[np.float64]:
    """Rows under a header line, joined by label, never by row order.

    The labels are in the column ``region``, wherever it stands, or else in the first. The header of the values may
    give their unit: ``tau [s]``.
    """
    lines = read_lines(path, f"{what}: {path}")
    if len(lines) < 2 or len(lines[0][1]) < 2:
        raise UserError(f"{what}: {path} needs a header line and columns: region label, then values")
    (_, first), *body = lines
    header = [cell.strip() for cell in first]
    label_at = header.index("region") if "region" in header else 0
    at = _value_column(header, label_at, column, f"{what}: {path}", path)
    _, symbol = split_header(header[at]) or ("", "")
    values = make_column(symbol, dimension, units, f"{what}: {path}, column {header[at]}")
    out = np.full(len(regions), np.nan)
    for number, row in body:
        place = f"{what}: {path}, line {number}"
        if any(cell.strip() for cell in row[len(header) :]):
            raise UserError(
                f"{place}: {len(row)} values, the header names {len(header)} columns; decimals need a point"
            )
        last = max(at, label_at)
        if len(row) <= last:
            raise UserError(f"{place} has {len(row)} columns, '{header[last]}' is column {last + 1}")
        label = row[label_at].strip()
        index = region_index(label, regions, place)
        if not np.isnan(out[index]):
            raise UserError(f"{place}: region '{label}' stands twice; keep one line")
        out[index] = values.read(row[at], place)
        if not np.isfinite(out[index]):
            raise UserError(f"{place}: the value of region '{label}' must be a finite number")
    missing = [label for label, value in zip(regions, out, strict=True) if np.isnan(value)]
    if missing:
        told = ", ".join(f"'{label}'" for label in missing[:4]) + (", …" if len(missing) > 4 else "")
        raise UserError(f"{what}: {path} lacks {len(missing)} of {len(regions)} regions: {told}; add a line for each")
    return out


def _value_column(header: Sequence[str], label_at: int, column: str, what: str, path: Path) -> int:
    """Where the values stand: under ``column``, with or without its unit, or in the only column beside the labels."""
    names = {i: header[i] for i in range(len(header)) if i != label_at}
    if not column:
        if len(names) > 1:
            raise UserError(f"{what} has several columns: say which, @{path}:{next(iter(names.values()))}")
        return next(iter(names))
    found = [i for i, name in names.items() if name == column]
    found = found or [i for i, name in names.items() if (split_header(name) or ("",))[0] == column]
    if len(found) > 1:
        raise UserError(f"{what} has several columns '{column}'; give each a name of its own")
    if not found:
        labels = f"; the region labels are read from '{column}'" if column == header[label_at] else ""
        raise UserError(f"{what} has no column '{column}'; it has {', '.join(names.values())}{labels}")
    return found[0]
