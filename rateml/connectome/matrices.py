"""Matrices of numbers from text."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from rateml.connectome.validate import Matrix
from rateml.errors import UserError


def decode(where: str, content: bytes) -> str:
    """UTF-8 text, with or without a byte order mark; UserError otherwise."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise UserError(f"{where}: is not UTF-8 text (byte {fault.start}); save it as UTF-8") from fault


def rows_of_text(text: str) -> list[list[str]]:
    """The words of each line; empty lines and what follows ``#`` do not count, as for TVB."""
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return [words for words in lines if words]


def numbers(where: str, rows: Sequence[Sequence[str]]) -> Matrix:
    """(rows, columns) float64; an empty cell is NaN. UserError for rows of unequal length and for other text."""
    if not rows:
        raise UserError(f"{where}: holds no numbers; expected a row per region")
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise UserError(f"{where}: row {number} has {len(row)} columns, row 1 has {len(rows[0])}")
    return np.array(
        [[_number(where, cell, i, j) for j, cell in enumerate(row, 1)] for i, row in enumerate(rows, 1)],
        dtype=np.float64,
    )


def is_number(cell: str) -> bool:
    """Whether the cell reads as a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _number(where: str, cell: str, row: int, column: int) -> float:
    if not cell:
        return math.nan
    try:
        return float(cell)
    except ValueError:
        hint = "; write a decimal point, and only white space or the file's own separator between numbers"
        raise UserError(
            f"{where}: row {row}, column {column}: '{cell}' is not a number{hint if ',' in cell or ';' in cell else ''}"
        ) from None
