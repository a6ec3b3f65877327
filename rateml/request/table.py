"""A table of points: ``--points FILE.csv``, one row per point."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rateml.errors import UserError
from rateml.ir.program import Program
from rateml.request.axes import Axis, check_values
from rateml.request.column import make_column, read_lines, split_header
from rateml.request.targets import Target, find_target

MAX_ROWS: Final = 2**20
"""Points of a table or a Sobol sequence: every parameter of each is a coordinate of the store."""


def read_table(program: Program, path: Path) -> tuple[Axis, ...]:
    """One Axis per column, all of one length: the values of point k are those of row k.

    The header names the parameters, each with the unit of its column if that is no base unit: ``tau [ms],G``.
    Raises UserError that names the line and the column.
    """
    option = f"--points {path}"
    lines = read_lines(path, option)
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
        header = split_header(cell)
        if header is None:
            index = "; save the table without the row numbers (pandas: index=False)" if not cell.strip() else ""
            raise UserError(f"{option}, column {number}: '{cell}' is no header; write NAME or NAME [unit]{index}")
        name, symbol = header
        self.target: Target = find_target(program, name, f"{option}, column {number}")
        self._column = make_column(symbol, self.target.dimension, program.units, f"{option}, column {cell.strip()}")

    def read(self, cell: str, place: str) -> float:
        return self._column.read(cell, place)
