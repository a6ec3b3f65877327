"""How many simulations of a store ceased to be finite, and which of them first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rateml.results.layout import DIVERGED, DIVERGED_AT, DIVERGED_REGION, DIVERGED_STATE, STATUS
from rateml.results.read import open_results


@dataclass(frozen=True)
class Divergence:
    """``count`` of ``simulations`` diverged. The first did at ``step``, the least; of several, the one numbered first.

    ``simulation`` is its number in C order over the points and trials, ``region`` and ``state`` are numbers as well.
    """

    count: int
    simulations: int
    simulation: int
    step: int
    region: int
    state: int


def find_divergence(path: Path) -> Divergence | None:
    """What the store at ``path`` says of divergence; None when no simulation diverged so far."""
    with open_results(path) as results:
        diverged = np.ravel(results[STATUS.name].values) == DIVERGED
        if not diverged.any():
            return None
        steps = np.ravel(results[DIVERGED_AT.name].values)
        numbers = np.flatnonzero(diverged)
        first = int(numbers[np.argmin(steps[numbers])])
        region, state = (int(np.ravel(results[a.name].values)[first]) for a in (DIVERGED_REGION, DIVERGED_STATE))
    return Divergence(numbers.size, diverged.size, first, int(steps[first]), region, state)
