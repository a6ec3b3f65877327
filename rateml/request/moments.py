"""Times against steps: from which step on something that happens at a time is seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_NEAR = 1e-6


def first_step(times: ArrayLike, dt: float) -> NDArray[np.int64]:
    """The first step n with t_n = n·dt at or after each time (ms, finite); negative before t = 0.

    A time within a millionth of dt of a step's counts as that step's: 0.3 ms are step 3 of 0.1 ms, though
    3 · 0.1 is not 0.3 in binary.
    """
    place = np.asarray(times, np.float64) / dt
    near = np.rint(place)
    steps = np.where(np.abs(place - near) <= np.maximum(_NEAR, 1e-12 * np.abs(near)), near, np.ceil(place))
    return np.clip(steps, -(2.0**62), 2.0**62).astype(np.int64)
