"""What the moments of recorded steps come to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def summarise(
    periods: NDArray[np.float64],
    count: int,
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    mean: NDArray[np.float64],
    var: NDArray[np.float64],
) -> None:
    """Mean and variance (variable, region) of the moments of ``count`` steps."""
    for v, period in enumerate(periods):
        if period > 0.0:
            scale = 2.0 * np.pi / period
            turn = np.mod(np.arctan2(second[v], first[v]) / scale, period)
            mean[v] = np.where(turn < period, turn, 0.0)  # a tiny negative angle rounds up to a whole period
            with np.errstate(divide="ignore"):
                var[v] = np.maximum(0.0, -2.0 * np.log(np.hypot(first[v], second[v]))) / scale**2
        else:
            mean[v] = first[v]
            var[v] = second[v] / count
