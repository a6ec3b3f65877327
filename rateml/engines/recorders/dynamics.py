"""Functional connectivity dynamics: how alike the functional connectivities of sliding windows are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rateml.engines.recorders.compiled import kernels
from rateml.engines.recorders.fit import fit_fcd
from rateml.engines.recorders.series import Real
from rateml.request.windows import FCD_BINS, Windows


class FcdRecorder:
    """Variance and histogram of the FCD (window, window), its overlapping windows left out; the matrix on request.

    FCD[a, b] is Pearson's correlation of the upper triangles of the functional connectivities of windows a and b
    (Hansen et al. 2015, NeuroImage 105:525). The samples of the run are kept; the rest is made at the end.
    """

    def __init__(
        self,
        samples: int,
        variables: int,
        n_nodes: int,
        lanes: int,
        windows: Windows,
        target: NDArray[np.float64] | None,
    ) -> None:
        """``target`` are measured entries (n,)."""
        self.windows, self.target = windows, target
        self.kept = np.full((samples, variables, n_nodes, lanes), np.nan)
        self.count = 0

    @staticmethod
    def bytes(samples: int, variables: int, n_nodes: int) -> int:
        """Held per lane; see ``scratch_bytes``."""
        return 8 * samples * variables * n_nodes

    @staticmethod
    def scratch_bytes(samples: int, n_nodes: int, windows: Windows) -> int:
        """Held per thread while one lane's result is made: the triangles of all windows, the FCD and a copy of it."""
        count = windows.count(samples)
        return 8 * count * (n_nodes * (n_nodes - 1) // 2 + 2 * count)

    def add(self, samples: Real) -> None:
        self.kept[self.count : self.count + len(samples)] = samples[: len(self.kept) - self.count]
        self.count += len(samples)

    def result(self, lane: int, valid: int | None) -> Mapping[str, Real]:
        samples, variables = self.kept.shape[:2]
        count = self.windows.count(samples)
        apart = self.windows.apart(count)
        var, histogram = np.full(variables, np.nan), np.full((variables, FCD_BINS), np.nan)
        full = np.full((variables, count, count) if self.windows.full else (0,), np.nan)
        fit = np.nan
        for v in range(variables if valid is None else 0):
            fcd = self._matrix(v, lane, count)
            entries = fcd[apart]
            if self.windows.full:
                full[v] = fcd
            if np.isfinite(entries).all():
                var[v] = entries.var()
                histogram[v] = np.histogram(entries, FCD_BINS, (-1.0, 1.0))[0]
            if self.target is not None:
                fit = fit_fcd(entries, self.target)
        made: dict[str, Real] = {"fcd_var": var, "fcd_hist": histogram}
        made |= {"fcd": full} if self.windows.full else {}
        return made | ({} if self.target is None else {"fit_fcd": np.array(fit)})

    def _matrix(self, variable: int, lane: int, count: int) -> NDArray[np.float64]:
        series = np.ascontiguousarray(self.kept[:, variable, :, lane])
        n_nodes = series.shape[1]
        triangles = np.empty((n_nodes * (n_nodes - 1) // 2, count))
        kernels("dynamics").windowed(series, self.windows.width, self.windows.stride, triangles)
        fcd = np.empty((count, count))
        kernels("dynamics").alike(triangles, fcd)
        return np.asarray(np.clip(fcd, -1.0, 1.0))
