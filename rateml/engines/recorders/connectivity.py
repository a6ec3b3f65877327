"""Functional connectivity: Pearson's correlation of every pair of regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rateml.engines.recorders.compiled import kernels
from rateml.engines.recorders.fit import fit_fc
from rateml.engines.recorders.series import Real

_TOGETHER = 2 * 10**6
"""Bytes of co-moments whose correlations are made together."""


class FcRecorder:
    """The upper triangles (variable, pair) of the samples' correlations, pairs in C order.

    Co-moments are summed up sample by sample in float64. Where the samples of the whole run take less room than the
    co-moments they are kept instead, and the same sums made at the end: the same bits either way.
    A region that never changes has no correlation: NaN.
    """

    def __init__(
        self,
        samples: int,
        variables: int,
        n_nodes: int,
        lanes: int,
        target: NDArray[np.float64] | None,
        *,
        keep: bool | None = None,
    ) -> None:
        """``target`` is a measured triangle (pair,); ``keep`` overrides what bytes decide, for tests."""
        self.shape = (variables, n_nodes)
        self.count = 0
        keeps = self.keeps(samples, n_nodes) if keep is None else keep
        self.kept = np.full((samples, variables, n_nodes, lanes), np.nan) if keeps else None
        self.sums = None if keeps else _Sums(variables, n_nodes, lanes)
        self.correlations = Correlations(self._moments, variables, n_nodes, target)

    @staticmethod
    def keeps(samples: int, n_nodes: int) -> bool:
        """Whether the samples are kept: they are fewer numbers than the sums."""
        return samples * n_nodes < n_nodes * (n_nodes + 1) // 2 + n_nodes

    @staticmethod
    def bytes(samples: int, variables: int, n_nodes: int) -> int:
        """Held per lane."""
        return 8 * (variables * min(samples * n_nodes, n_nodes * (n_nodes + 1) // 2 + n_nodes) + 2 * n_nodes)

    def add(self, samples: Real) -> None:
        if self.sums is not None:
            self.sums.add(samples, self.count)
        elif self.kept is not None:
            self.kept[self.count : self.count + len(samples)] = samples[: len(self.kept) - self.count]
        self.count += len(samples)

    def result(self, lane: int, valid: int | None) -> Mapping[str, Real]:
        return self.correlations.result(lane, valid)

    def _moments(self, lanes: slice) -> NDArray[np.float64]:
        """The co-moments (lane, variable, pair) of some lanes, the diagonal among the pairs."""
        sums = self.sums
        if sums is not None:
            return np.moveaxis(sums.moments[..., lanes], -1, 0)
        assert self.kept is not None
        kept = np.ascontiguousarray(self.kept[: self.count, ..., lanes])
        sums = _Sums(*self.shape, kept.shape[-1])
        sums.add(kept, 0)
        return np.moveaxis(sums.moments, -1, 0)


class Correlations:
    """Those of each lane, made of several lanes at a time: one by one takes longer, all at once takes memory.

    ``moments`` gives the co-moments (lane, variable, pair) of some lanes.
    """

    def __init__(
        self,
        moments: Callable[[slice], NDArray[np.float64]],
        variables: int,
        n_nodes: int,
        target: NDArray[np.float64] | None,
    ) -> None:
        self.moments, self.n_nodes, self.target = moments, n_nodes, target
        self.shape = variables, n_nodes * (n_nodes - 1) // 2
        self.together = max(1, _TOGETHER // (8 * variables * n_nodes * (n_nodes + 1) // 2))
        self.first = -1
        self.found = np.empty((0, *self.shape))

    def result(self, lane: int, valid: int | None) -> Mapping[str, Real]:
        first = lane - lane % self.together
        if first != self.first:
            self.first = first
            self.found = correlations(self.moments(slice(first, first + self.together)), self.n_nodes)
        fc = self.found[lane - first] if valid is None else np.full(self.shape, np.nan)
        return {"fc": fc} if self.target is None else {"fc": fc, "fit_fc": np.array(fit_fc(fc[0], self.target))}


class _Sums:
    """Running means (variable, region, lane) and co-moments (variable, pair, lane) of lanes."""

    def __init__(self, variables: int, n_nodes: int, lanes: int) -> None:
        self.means = np.zeros((variables, n_nodes, lanes))
        self.moments = np.zeros((variables, n_nodes * (n_nodes + 1) // 2, lanes))
        self.room = np.empty((2, n_nodes, lanes))

    def add(self, samples: Real, count: int) -> None:
        kernels("moments").comoments(samples, count, self.means, self.moments, self.room[0], self.room[1])


@lru_cache(maxsize=8)
def _pairs(n_nodes: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.triu_indices(n_nodes)


def correlations(moments: NDArray[np.float64], n_nodes: int) -> NDArray[np.float64]:
    """Pearson's correlations (..., pair) of co-moments that have the diagonal among their pairs."""
    rows, columns = _pairs(n_nodes)
    diagonal = rows == columns
    above = ~diagonal
    with np.errstate(invalid="ignore", divide="ignore"):
        roots = np.sqrt(moments[..., diagonal])
        # two roots, not one of the product: that may underflow
        lengths = roots[..., rows[above]] * roots[..., columns[above]]
        return np.asarray(np.clip(moments[..., above] / lengths, -1.0, 1.0))
