"""Points that a program hands over as numbers: a row of values for every point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rateml.errors import UserError
from rateml.ir.program import Program
from rateml.request.axes import Axis, check_values
from rateml.request.table import MAX_ROWS
from rateml.request.targets import Target, find_target


def find_swept(program: Program, names: Sequence[str]) -> tuple[Target, ...]:
    """What the names of the columns mean. Raises UserError for an unknown name, and for two of one parameter."""
    if not names:
        raise UserError("sweep: name the parameters that theta gives, such as sweep=['G']")
    targets = tuple(find_target(program, name, f"sweep {name}") for name in names)
    keys = [key for target in targets for key in (target.key, *target.couplings) if key]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise UserError(f"sweep: '{twice}' is in two columns: name it once")
    return targets


def given_axes(program: Program, targets: Sequence[Target], theta: NDArray[np.float64]) -> tuple[Axis, ...]:
    """One Axis per column of ``theta`` (point, target; base units), as the columns of a table of points.

    Raises UserError that names the row and the column.
    """
    if not 1 <= len(theta) <= MAX_ROWS:
        raise UserError(f"theta: it has {len(theta):,} points; give 1 to {MAX_ROWS:,}")
    axes = []
    for k, target in enumerate(targets):
        column = theta[:, k]
        if np.isnan(column).any():
            raise UserError(f"theta, row {int(np.argmax(np.isnan(column)))}, {target.label}: nan is no number")
        values = tuple(column.tolist())
        check_values(program, target, values, f"theta, column {target.label}")
        axes.append(Axis(target, values))
    return tuple(axes)
