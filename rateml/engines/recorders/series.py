"""Series of samples: what steps come to before it is stored, or summarised further."""

from __future__ import annotations

from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rateml.engines.recorders.compiled import kernels
from rateml.request.balloon import Balloon

Real: TypeAlias = NDArray[np.floating]
Columns: TypeAlias = NDArray[np.int64]
Periods: TypeAlias = NDArray[np.float64]


class Series(Protocol):
    """Turns steps into samples."""

    def next(self, seen: Real) -> Real:
        """The samples (sample, variable, region, lane) that the steps ``seen`` complete.

        ``seen`` is (exposure, region, row, lane), its rows following those of the last call. The array given back
        may be written over by the next call.
        """


class StepSeries:
    """Every step, in float64."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    @staticmethod
    def bytes() -> int:
        """Held per lane between calls."""
        return 0

    def next(self, seen: Real) -> Real:
        return np.ascontiguousarray(seen[self.columns].transpose(2, 0, 1, 3), dtype=np.float64)


class MeanSeries:
    """The means over windows that the integration made, (exposure, region, window, lane) in float64."""

    def __init__(self, columns: Columns, dtype: np.dtype[np.floating]) -> None:
        self.columns, self.dtype = columns, dtype

    def next(self, seen: Real) -> Real:
        return np.ascontiguousarray(seen[self.columns].transpose(2, 0, 1, 3), dtype=self.dtype)


class AverageSeries:
    """Means over windows of ``every`` steps, circular for angles (period above 0). Sums are float64."""

    def __init__(
        self, columns: Columns, periods: Periods, every: int, n_nodes: int, lanes: int, dtype: np.dtype[np.floating]
    ) -> None:
        self.columns, self.periods, self.every, self.dtype = columns, periods, every, dtype
        self.sums = np.zeros((n_nodes, columns.size, 2, lanes))
        self.phase = 0

    @staticmethod
    def bytes(variables: int, n_nodes: int) -> int:
        """Held per lane between calls."""
        return 2 * 8 * variables * n_nodes

    def next(self, seen: Real) -> Real:
        _, regions, rows, lanes = seen.shape
        full, phase = divmod(self.phase + rows, self.every)
        means = np.empty((full, self.columns.size, regions, lanes), self.dtype)
        kernels("average").average(seen, self.columns, self.periods, self.every, self.phase, self.sums, means)
        self.phase = phase
        return means


class BoldSeries:
    """The BOLD signal of a balloon model driven by the average over 1 ms, after every ``every`` ms.

    The signal is that of ``tvb.analyzers.fmri_balloon.BalloonModel`` (defaults: revised, non-linear) given those
    averages as its time series: the model stands at rest with the first and makes a Heun step of 1 ms, its input
    held, with each further one. The first is that of the transient, by which the model settles. All of it is float64.
    """

    _STEP = 1e-3
    """In seconds, the unit of time of that class and so of the parameters."""

    def __init__(
        self, averages: Series, every: int, balloon: Balloon, variables: int, n_nodes: int, lanes: int
    ) -> None:
        """``averages`` are those over a ms."""
        self.averages = averages
        self.every = every
        self.constants = np.array(balloon.constants())
        self.state = np.zeros((n_nodes, variables, 4, lanes))
        self.state[:, :, 1:] = 1.0
        self.phase = 0
        self.rests = True

    @staticmethod
    def bytes(variables: int, n_nodes: int) -> int:
        """Held per lane between calls."""
        return 4 * 8 * variables * n_nodes + AverageSeries.bytes(variables, n_nodes)

    def settle(self, seen: Real) -> None:
        """Steps of the transient, which end with a whole ms: they move the model and give no samples."""
        means = self.averages.next(seen)
        self._drive(means, len(means) + 1, np.empty((0, *means.shape[1:])))

    def next(self, seen: Real) -> Real:
        means = self.averages.next(seen)
        samples, phase = divmod(self.phase + len(means), self.every)
        out = np.empty((samples, *means.shape[1:]))
        self._drive(means, self.every, out)
        self.phase = phase
        return out

    def _drive(self, means: Real, every: int, out: Real) -> None:
        kernels("balloon").balloon(means, every, self.phase, self.rests, self._STEP, self.constants, self.state, out)
        self.rests = self.rests and not len(means)
