"""CSV files of values: their lines, and columns under a header such as ``tau [ms]``."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rateml.errors import UserError
from rateml.model.dimension import Dimension, Unit
from rateml.request.values import read_value

_HEADER: Final = re.compile(r"(?P<name>[^\[\]]+?)\s*(\[(?P<unit>[^\[\]]*)\])?")
_NUMBER: Final = re.compile(r"\s*([+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)\s*")
_OTHER_SEPARATORS: Final = {";": "semicolons", "\t": "tabs"}


def read_lines(path: Path, what: str) -> list[tuple[int, list[str]]]:
    """The lines that are not blank, each with its number from 1. Raises UserError for what is no CSV file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), skipinitialspace=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError(f"{what}: cannot be read: {reason}; it must be a CSV file as UTF-8 text") from None
    lines = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if lines and len(lines[0][1]) == 1:
        for character, separators in _OTHER_SEPARATORS.items():
            if character in lines[0][1][0].strip():
                raise UserError(f"{what}: separate the columns by commas, not by {separators}")
    return lines


def split_header(cell: str) -> tuple[str, str] | None:
    """Name and unit of ``NAME [unit]``, the unit "" when there is none; None for what is no header."""
    match = _HEADER.fullmatch(cell.strip())
    return None if match is None else (match["name"], (match["unit"] or "").strip())


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one dimension under a header; ``symbol`` is the unit that the header gives them, or ""."""

    symbol: str
    dimension: Dimension
    units: Mapping[str, Unit]

    def read(self, cell: str, place: str) -> float:
        """A value in base units; infinite where ``inf`` is written. Raises UserError for anything else."""
        unit = self.units[self.symbol] if self.symbol else None
        plain = _NUMBER.fullmatch(cell)
        if plain is not None:
            value = unit.to_base(plain[1]) if unit else float(plain[1])
            if math.isfinite(value):
                return value
        if unit is not None and cell.strip() != "inf":
            raise UserError(f"{place}: '{cell.strip()}' is no number; the header gives the unit, {self.symbol}")
        return read_value(cell, self.dimension, self.units, place)


def make_column(symbol: str, dimension: Dimension, units: Mapping[str, Unit], what: str) -> Column:
    """A Column of values in the unit ``symbol``. Raises UserError when that is none of the dimension."""
    if symbol == "1" and dimension.dimensionless:
        symbol = ""
    if symbol:
        read_value(f"1 {symbol}", dimension, units, what)
    return Column(symbol, dimension, units)
