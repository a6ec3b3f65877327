"""What may be done to the weights of a connectome, in the order written: ``diag=0,scale=max,log1p,threshold=X``."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rateml.connectome.connectome import Connectome, Tracts
from rateml.connectome.suggest import did_you_mean
from rateml.connectome.validate import Matrix
from rateml.errors import UserError

FORMS = ("diag=0", "scale=none", "scale=max", "scale=in-strength", "log1p", "threshold=X")


@dataclass(frozen=True)
class Transform:
    """``text`` as written, ``apply``: (N, N) weights to new (N, N) weights; UserError where they do not allow it."""

    text: str
    apply: Callable[[Matrix], Matrix]


def parse_transform(text: str) -> Transform:
    """One transform from its text; UserError with the nearest known one when there is none such."""
    name, equals, value = text.partition("=")
    if name == "threshold" and equals:
        return Transform(text, threshold(_number(text, value)))
    if text in _PLAIN:
        return Transform(text, _PLAIN[text])
    raise UserError(
        f"unknown connectome transform '{text}'{did_you_mean(text, FORMS)} "
        f"A connectome is SOURCE followed by any of: {', '.join(FORMS)}"
    )


def apply_transforms(connectome: Connectome, transforms: tuple[Transform, ...]) -> Connectome:
    """A connectome whose every pair of tracts went through ``transforms``; the lengths stay."""
    tracts = {}
    for name, pair in connectome.tracts.items():
        weights = pair.weights
        for transform in transforms:
            try:
                with np.errstate(over="ignore"):
                    weights = transform.apply(weights)
            except UserError as fault:
                raise UserError(f"{connectome.source}: tracts '{name}': {transform.text}: {fault}") from fault
        tracts[name] = Tracts(weights, pair.lengths)
    return replace(connectome, tracts=tracts, transform=connectome.transform + tuple(t.text for t in transforms))


def clear_diagonal(weights: Matrix) -> Matrix:
    """The weights without self-connections."""
    return np.where(np.eye(weights.shape[0], dtype=bool), 0.0, weights)


def divide_by_maximum(weights: Matrix) -> Matrix:
    """Divided by the largest weight; all-zero weights stay. UserError when the largest weight is negative."""
    largest = float(weights.max())
    if largest < 0 or (largest == 0 and weights.any()):
        raise UserError("no weight is above 0, so there is no maximum to scale by")
    return weights / largest if largest else weights


def divide_by_in_strength(weights: Matrix) -> Matrix:
    """Each row divided by its sum; rows that sum to 0 stay 0. UserError when a weight is negative."""
    negative = np.argwhere(weights < 0)
    if negative.size:
        row, column = negative[0]
        raise UserError(
            f"the weight in row {row + 1}, column {column + 1} is negative, and an in-strength is "
            "a sum of weights from 0 up; use scale=max, or threshold=0 first"
        )
    strength = weights.sum(axis=1, keepdims=True)
    if not np.all(np.isfinite(strength)):
        raise UserError("the weights are too large to add up; use scale=max first")
    return weights / np.where(strength == 0, 1.0, strength)


def log1p(weights: Matrix) -> Matrix:
    """log(1 + w). UserError when a weight is -1 or less."""
    low = np.argwhere(weights <= -1)
    if low.size:
        row, column = low[0]
        raise UserError(
            f"the weight in row {row + 1}, column {column + 1} is {weights[row, column]:g}, and "
            "log(1 + w) needs w > -1; use threshold=0 first"
        )
    return np.log1p(weights)


def threshold(limit: float) -> Callable[[Matrix], Matrix]:
    """The transform that sets weights below ``limit`` to 0."""
    return lambda weights: np.where(weights < limit, 0.0, weights)


def keep(weights: Matrix) -> Matrix:
    """The weights as they are: ``scale=none``, the default."""
    return weights


_PLAIN: dict[str, Callable[[Matrix], Matrix]] = {
    "diag=0": clear_diagonal,
    "scale=none": keep,
    "scale=max": divide_by_maximum,
    "scale=in-strength": divide_by_in_strength,
    "log1p": log1p,
}


def _number(text: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UserError(f"connectome transform '{text}': '{value}' is not a number; write for example threshold=0.01")
    return number
