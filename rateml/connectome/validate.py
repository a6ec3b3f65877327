"""The faults a connectome can have. Each check raises a UserError that names the file, the place and the way out.

Rows and columns count regions from 1; a header row or column of labels is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rateml.errors import UserError

Matrix = NDArray[np.float64]


def as_floats(where: str, values: ArrayLike) -> Matrix:
    """A float64 copy, C order, of real numbers; ``where`` names them in the UserError for anything else."""
    try:
        given = np.asarray(values)
    except ValueError as fault:
        raise UserError(f"{where}: the rows differ in length") from fault
    if given.dtype.kind not in "biuf":
        raise UserError(f"{where}: expected real numbers, found values of type {given.dtype}")
    return np.array(given, dtype=np.float64, order="C")


def check_square(where: str, matrix: Matrix) -> None:
    """``matrix`` is (N, N) with N > 0, or UserError."""
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise UserError(f"{where}: expected a square matrix with a row and a column per region, found {_shape(matrix)}")


def check_weights(where: str, weights: Matrix, labels: Sequence[str] | None = None) -> None:
    """``weights`` is square and finite, or UserError. Negative weights are allowed."""
    check_square(where, weights)
    if place := _first(np.isnan(weights)):
        raise UserError(
            f"{where}: {_cell(*place, labels)}: the weight is missing or NaN; write 0 where there is no tract"
        )
    if place := _first(np.isinf(weights)):
        raise UserError(f"{where}: {_cell(*place, labels)}: the weight is infinite; weights must be finite")


def check_lengths(
    where: str, lengths: Matrix, weights_where: str, weights: Matrix, labels: Sequence[str] | None = None
) -> None:
    """``lengths`` has the shape of ``weights`` and is finite and not negative, or UserError."""
    check_square(where, lengths)
    if lengths.shape != weights.shape:
        raise UserError(
            f"{where} is {_shape(lengths)} but {weights_where} is {_shape(weights)}: "
            "both need a row and a column per region"
        )
    missing = np.isnan(lengths)
    if place := _first(missing & (weights != 0)):
        raise UserError(
            f"{where}: {_cell(*place, labels)}: the tract length is missing or NaN although the weight is "
            f"{weights[place]:g}; give its length in mm (0 = no delay), or set the weight to 0"
        )
    if place := _first(missing):
        raise UserError(
            f"{where}: {_cell(*place, labels)}: the tract length is missing or NaN; write 0 where there is no tract"
        )
    if place := _first(np.isinf(lengths)):
        raise UserError(
            f"{where}: {_cell(*place, labels)}: the tract length is infinite; "
            "write 0 (and weight 0) where there is no tract"
        )
    if place := _first(lengths < 0):
        raise UserError(
            f"{where}: {_cell(*place, labels)}: the tract length {lengths[place]:g} is negative; "
            "lengths are in mm, from 0 up"
        )


def check_labels(where: str, labels: Sequence[str], n: int) -> None:
    """``n`` labels, none empty, none twice, or UserError."""
    if len(labels) != n:
        raise UserError(f"{where}: {len(labels)} labels for {n} regions; give one label per region")
    for number, label in enumerate(labels, 1):
        if not label.strip():
            raise UserError(f"{where}: the label of region {number} is empty; give each region a name")
    twice = [label for label, count in Counter(labels).items() if count > 1]
    if twice:
        at = " and ".join(str(i) for i, label in enumerate(labels, 1) if label == twice[0])
        more = f" ({len(twice) - 1} more labels are repeated)" if len(twice) > 1 else ""
        raise UserError(
            f"{where}: the label '{twice[0]}' names regions {at}; values are joined by label, "
            f"so rename all but one{more}"
        )


def check_centres(where: str, centres: Matrix, n: int) -> None:
    """``centres`` is (n, 3) and finite, or UserError."""
    if centres.shape != (n, 3):
        raise UserError(f"{where}: the centres are {_shape(centres)}, expected {n} x 3 (x, y, z in mm per region)")
    if place := _first(~np.isfinite(centres)):
        raise UserError(f"{where}: row {place[0] + 1}, {'xyz'[place[1]]}: the coordinate is not a finite number")


def default_labels(n: int) -> tuple[str, ...]:
    """``region-001`` and so on, for sources without labels."""
    return tuple(f"region-{i:0{max(3, len(str(n)))}d}" for i in range(1, n + 1))


def _first(mask: NDArray[np.bool_]) -> tuple[int, int] | None:
    found = np.flatnonzero(mask)
    if not found.size:
        return None
    row, column = divmod(int(found[0]), mask.shape[1])
    return row, column


def _cell(row: int, column: int, labels: Sequence[str] | None) -> str:
    if labels is None or max(row, column) >= len(labels):
        return f"row {row + 1}, column {column + 1}"
    return f"row {row + 1} ({labels[row]}), column {column + 1} ({labels[column]})"


def _shape(matrix: Matrix) -> str:
    return " x ".join(map(str, matrix.shape)) or "a single number"
