"""Where the series of a group's simulations go: straight into the arrays that hold them at the end."""

from __future__ import annotations

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
