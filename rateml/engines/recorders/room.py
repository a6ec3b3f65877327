"""Where the series of a group's simulations go: straight into the arrays that hold them at the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Room:
    """Arrays by name, each (place, *shape of one simulation), in which lanes from ``first`` on have these places."""

    first: int
    places: NDArray[np.int64]
    arrays: Mapping[str, NDArray[Any]]

    @property
    def lanes(self) -> slice:
        return slice(self.first, self.first + self.places.size)

    def put(self, name: str, values: NDArray[Any]) -> None:
        """Store the ``values`` (lane, ...) of these lanes."""
        low, high = int(self.places[0]), int(self.places[-1]) + 1
        together = high - low == self.places.size and bool((np.diff(self.places) == 1).all())
        # a slice is copied without the interpreter's lock
        self.arrays[name][slice(low, high) if together else self.places] = values


class LaneByLane(ABC):
    """A recorder that makes what it stores of one lane after the other."""

    @abstractmethod
    def result(self, lane: int, valid: int | None) -> Mapping[str, NDArray[Any]]:
        """What is stored of a lane, by name; ``valid`` as for ``put``."""

    def put(self, room: Room, valid: Sequence[int | None]) -> None:
        """As ``Recorder.put``."""
        for lane, (place, end) in enumerate(zip(room.places, valid, strict=True), room.first):
            for name, values in self.result(lane, end).items():
                # a series stands there already: numpy sees that it is the same, and copies nothing
                room.arrays[name][place] = values


def room_of(rooms: Sequence[Room] | None, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Sequence[Room]:
    """The rooms of all lanes; without any, one of its own for an array of ``shape`` (lane, ...)."""
    if rooms is not None:
        return rooms
    return (Room(0, np.arange(shape[0]), {name: np.empty(shape, dtype)}),)


def part(rooms: Sequence[Room], name: str, lane: int) -> NDArray[Any]:
    """The part of one lane in the array of that name, a view."""
    room = next(room for room in reversed(rooms) if room.first <= lane)
    found: NDArray[Any] = room.arrays[name][room.places[lane - room.first]]
    return found
