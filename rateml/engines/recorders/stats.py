"""Mean and variance over the whole run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rateml.engines.recorders.compiled import kernels
from rateml.engines.recorders.room import LaneByLane
from rateml.engines.recorders.series import Columns, Periods, Real
from rateml.standalone.moments import summarise


class StatsRecorder(LaneByLane):
    """Mean and population variance by Welford, float64; for an angle the circular mean and variance.

    The variance of an angle of period P is ``(P / 2 pi)**2 * -2 ln R``, R the length of the mean direction: the
    square of the circular standard deviation (Mardia and Jupp, Directional Statistics), which is the usual
    variance when the angle stays within a small arc.
    """

    def __init__(self, columns: Columns, periods: Periods, n_nodes: int, lanes: int) -> None:
        self.columns, self.periods = columns, periods
        self.moments = np.zeros((n_nodes, columns.size, 2, lanes))
        self.count = 0

    @staticmethod
    def bytes(variables: int, n_nodes: int) -> int:
        """Held per lane."""
        return 2 * 8 * variables * n_nodes

    def settle(self, seen: Real) -> None:
        """Nothing: the transient isn't part of the statistics."""

    def take(self, seen: Real) -> None:
        rows = seen.shape[2]
        weights = 1.0 / np.arange(self.count + 1, self.count + rows + 1)
        kernels("moments").welford(seen, self.columns, self.periods, weights, self.moments)
        self.count += rows

    def result(self, lane: int, valid: int | None) -> Mapping[str, NDArray[np.float64]]:
        first, second = np.ascontiguousarray(self.moments[..., lane].transpose(2, 1, 0))
        mean, var = np.full((2, *first.shape), np.nan)
        if valid is None and self.count:
            summarise(self.periods, self.count, first, second, mean, var)
        return {"stats_mean": mean, "stats_var": var}
