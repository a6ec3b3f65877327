"""Recorders of time series, which go straight into the arrays that the store will have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rateml.engines.recorders.compiled import kernels
from rateml.engines.recorders.room import LaneByLane, Room, part, room_of
from rateml.engines.recorders.series import Columns, Real


class RowsRecorder(LaneByLane):
    """Every row as it is: steps for ``raw``, or the means over windows that the integration made for ``tavg``."""

    def __init__(
        self,
        name: str,
        every: int,
        columns: Columns,
        samples: int,
        n_nodes: int,
        lanes: int,
        dtype: np.dtype[np.floating],
        rooms: Sequence[Room] | None = None,
    ) -> None:
        """``every`` is the number of steps a row covers."""
        self.name, self.every, self.columns = name, every, columns
        self.rooms = room_of(rooms, name, (lanes, samples, columns.size, n_nodes), dtype)
        self.at = 0

    def settle(self, seen: Real) -> None:
        """Nothing: the transient leaves no rows."""

    def take(self, seen: Real) -> None:
        for room in self.rooms:
            out = room.arrays[self.name]
            kernels("spread").spread_rows(seen, self.columns, self.at, room.first, room.places, out)
        self.at += seen.shape[2]

    def result(self, lane: int, valid: int | None) -> Mapping[str, Real]:
        out = part(self.rooms, self.name, lane)
        out[self.at :] = np.nan
        if valid is not None:  # a row is whole when its last step is
            out[valid // self.every :] = np.nan
        return {self.name: out}


class SeriesRecorder:
    """The samples of a series (``tavg``, ``bold``) in the order (sample, variable, region)."""

    def __init__(
        self,
        name: str,
        every: int,
        samples: int,
        variables: int,
        n_nodes: int,
        lanes: int,
        dtype: np.dtype[np.floating],
        rooms: Sequence[Room] | None = None,
    ) -> None:
        """``every`` is the number of steps a sample covers."""
        self.name, self.every = name, every
        self.rooms = room_of(rooms, name, (lanes, samples, variables, n_nodes), dtype)
        self.at = 0

    def add(self, samples: Real) -> None:
        for room in self.rooms:
            kernels("spread").spread(samples, self.at, room.first, room.places, room.arrays[self.name])
        self.at += len(samples)

    def result(self, lane: int, valid: int | None) -> Mapping[str, NDArray[np.floating]]:
        out = part(self.rooms, self.name, lane)
        out[self.at :] = np.nan
        if valid is not None:  # a sample is whole when its last step is
            out[valid // self.every :] = np.nan
        return {self.name: out}
