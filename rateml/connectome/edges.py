"""The edges of a network as compressed sparse rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rateml.connectome.connectome import Tracts


@dataclass(frozen=True, eq=False)
class Edges:
    """The E edges of N nodes by target row, sources ascending within a row.

    Those into node i are ``start[i]:start[i + 1]``. ``start`` (N+1) int64, ``source`` (E) int32, ``weight`` (E)
    float64, ``length`` (E) float64 in mm. All arrays are read-only.
    """

    start: NDArray[np.int64]
    source: NDArray[np.int32]
    weight: NDArray[np.float64]
    length: NDArray[np.float64]

    @classmethod
    def from_tracts(cls, tracts: Tracts) -> Edges:
        """The edges where the weight is not 0; the diagonal counts."""
        target, source = np.nonzero(tracts.weights)
        start = np.zeros(tracts.weights.shape[0] + 1, dtype=np.int64)
        np.cumsum(np.bincount(target, minlength=tracts.weights.shape[0]), out=start[1:])
        edges = cls(start, source.astype(np.int32), tracts.weights[target, source], tracts.lengths[target, source])
        for array in (edges.start, edges.source, edges.weight, edges.length):
            array.flags.writeable = False
        return edges

    @property
    def n_nodes(self) -> int:
        """N."""
        return self.start.size - 1

    @property
    def n_edges(self) -> int:
        """E."""
        return self.source.size

    @property
    def target(self) -> NDArray[np.int32]:
        """(E) int32: the target of each edge."""
        return np.repeat(np.arange(self.n_nodes, dtype=np.int32), np.diff(self.start))
