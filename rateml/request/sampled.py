"""Points spread evenly over ranges: ``--sobol N`` with ``--range NAME=LO:HI[:log]``."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rateml.errors import UserError
from rateml.ir.program import Program
from rateml.request.axes import Axis, check_values
from rateml.request.sobol import MAX_DIMENSIONS, sobol
from rateml.request.table import MAX_ROWS
from rateml.request.targets import Target, find_target
from rateml.request.values import read_value


def sample(program: Program, count: int, ranges: Sequence[str], seed: int) -> tuple[Axis, ...]:
    """One Axis of ``count`` values per range: point k has the k-th value of each, the k-th of Sobol's sequence.

    Raises UserError for what is no range of a real parameter.
    """
    if not 1 <= count <= MAX_ROWS:
        raise UserError(f"--sobol {count}: the number of points must lie between 1 and {MAX_ROWS:,}")
    if len(ranges) > MAX_DIMENSIONS:
        raise UserError(f"--sobol spreads points over at most {MAX_DIMENSIONS} ranges, {len(ranges)} are given")
    points = sobol(count, len(ranges), seed)
    return tuple(_stretched(program, text, points[:, k]) for k, text in enumerate(ranges))


def uneven(count: int) -> str | None:
    """What to say of a number of points at which the sequence is less even than it could be."""
    if count & (count - 1) == 0:
        return None
    low = 2 ** (count.bit_length() - 1)
    return f"--sobol {count}: the points are most even at a power of two, such as {low} or {2 * low}"


def _stretched(program: Program, text: str, places: NDArray[np.float64]) -> Axis:
    option = f"--range {text}"
    name, _, body = text.partition("=")
    parts = [part.strip() for part in body.split(":")]
    if not name.strip() or len(parts) not in (2, 3) or not all(parts) or parts[2:] not in ([], ["log"]):
        raise UserError(f"{option}: write it as --range NAME=LO:HI or --range NAME=LO:HI:log")
    target = find_target(program, name.strip(), option)
    _check_real(program, target, option)
    low, high = (read_value(part, target.dimension, program.units, option) for part in parts[:2])
    if not (math.isfinite(high - low) and low < high):
        raise UserError(f"{option}: both ends must be finite and the first below the second")
    if len(parts) == 2:
        values = low + (high - low) * places
    elif low <= 0:
        raise UserError(f"{option}: a logarithmic range needs both ends above 0")
    else:
        first, width = math.log(low), math.log(high) - math.log(low)
        values = np.array([math.exp(first + width * place) for place in places.tolist()])
    numbers = np.clip(values, low, high).tolist()
    check_values(program, target, numbers, option)
    return Axis(target, tuple(numbers))


def _check_real(program: Program, target: Target, option: str) -> None:
    kind = next((p.kind for p in program.parameters if p.key == target.key), "real")
    if kind != "real":
        raise UserError(
            f"{option}: '{target.label}' is of type {kind}, and a Sobol sequence has real numbers; "
            "sweep it with --values, or write a table for --points"
        )
