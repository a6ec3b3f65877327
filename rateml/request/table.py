"""A table of points: ``--points FILE.csv``, one row per point."""

from __future__ import annotations

import csv
import io
import math
import re
from pathlib import Path
from typing import Final

from rateml.errors import UserError
from rateml.ir.program import Program
from rateml.model.dimension import Unit
from rateml.request.axes import Axis, check_values
from rateml.request.targets import Target, find_target
from rateml.request.values import read_value

MAX_ROWS: Final = 2**20
"""Points of a table or a Sobol sequence: every parameter of each is a coordinate of the store."""

_HEADER: Final = re.compile(r"(?P<name>[^\[\]]+?)\s*(\[(?P<unit>[^\[\]]*)\])?")
_NUMBER: Final = re.compile(r"\s*([+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)\s*")


def read_table(program: Program, path: Path) -> tuple[Axis, ...]:
    """One Axis per column, all of one length: the values of point k are those of row k.

    The header names the parameters, each with the unit of its column if that is no base unit: ``tau [ms],G``.
    Raises UserError that names the line and the column.
    """
    option = f"--points {path}"
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError(f"{option}: cannot be read: {reason}; it must be a CSV file as UTF-8 text") from None
    lines = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if len(lines) < 2:
        raise UserError(f"{option}: it needs a header line of parameter names, then a line of values for every point")
    if len(lines) - 1 > MAX_ROWS:
        raise UserError(f"{option}: it has {len(lines) - 1:,} points, at most {MAX_ROWS:,} can be: split the table")
    (_, header), *body = lines
    columns = [_Column(program, option, k, cell) for k, cell in enumerate(header, 1)]
    values: list[list[float]] = [[] for _ in columns]
    for number, row in body:
        if len(row) != len(columns):
            raise UserError(f"{option}, line {number}: {len(row)} values, the header names {len(columns)} parameters")
        for column, cell, out in zip(columns, row, values, strict=True):
            out.append(column.read(cell, f"{option}, line {number}, {column.target.label}"))
    for column, numbers in zip(columns, values, strict=True):
        check_values(program, column.target, numbers, f"{option}, column {column.target.label}")
    return tuple(Axis(c.target, tuple(numbers)) for c, numbers in zip(columns, values, strict=True))


class _Column:
    """What a cell of the header means."""

    def __init__(self, program: Program, option: str, number: int, cell: str) -> None:
        match = _HEADER.fullmatch(cell.strip())
        if match is None:
            index = "; save the table without the row numbers (pandas: index=False)" if not cell.strip() else ""
            raise UserError(f"{option}, column {number}: '{cell}' is no header; write NAME or NAME [unit]{index}")
        if number == 1 and ";" in cell:
            raise UserError(f"{option}: separate the columns by commas, not by semicolons")
        self.units = program.units
        self.target: Target = find_target(program, match["name"], f"{option}, column {number}")
        symbol = (match["unit"] or "").strip()
        self.symbol = "" if symbol == "1" and self.target.dimension.dimensionless else symbol
        if self.symbol:
            read_value(f"1 {self.symbol}", self.target.dimension, self.units, f"{option}, column {cell.strip()}")
        self.unit: Unit | None = self.units[self.symbol] if self.symbol else None

    def read(self, cell: str, place: str) -> float:
        plain = _NUMBER.fullmatch(cell)
        if plain is not None:
            value = self.unit.to_base(plain[1]) if self.unit else float(plain[1])
            if math.isfinite(value):
                return value
        if self.unit is not None and cell.strip() != "inf":
            raise UserError(f"{place}: '{cell.strip()}' is no number; the header gives the unit, {self.symbol}")
        return read_value(cell, self.target.dimension, self.units, place)
