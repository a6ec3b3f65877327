"""The sliding windows of functional connectivity dynamics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FCD_BINS = 100
"""Bins of the histogram of FCD entries, of equal width over [-1, 1]."""


@dataclass(frozen=True, slots=True)
class Windows:
    """``width`` and ``stride`` in samples; ``full`` asks for the matrix itself."""

    width: int
    stride: int
    full: bool = False

    def count(self, samples: int) -> int:
        """How many windows fit, 0 if none."""
        return max(0, (samples - self.width) // self.stride + 1)

    def apart(self, count: int) -> NDArray[np.bool_]:
        """Which entries (window, window) above the diagonal are of windows that share no sample."""
        at = np.arange(count)
        return (at[np.newaxis, :] - at[:, np.newaxis]) * self.stride >= self.width
