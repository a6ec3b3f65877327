"""Sobol points with Owen's scrambling: more even than random ones, and different for every seed."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rateml.request.sobol_directions import DIRECTIONS

MAX_DIMENSIONS: Final = len(DIRECTIONS)
_BITS: Final = 32


def sobol(count: int, dimensions: int, seed: int) -> NDArray[np.float64]:
    """(point, dimension) on (0, 1); the first points of a longer sequence are those of a shorter one.

    Owen's nested scrambling: whether a binary digit flips is a hash of the seed, the dimension and the digits before
    it. The numbers are equal on every machine. ``count`` is at most 2**32, ``dimensions`` at most MAX_DIMENSIONS.
    """
    out = np.empty((count, dimensions))
    for k in range(dimensions):
        key = _mix(np.array([seed], np.uint64), np.array([k + 1], np.uint64))
        out[:, k] = (_scrambled(_digits(count, k), key) + 0.5) / 2.0**_BITS
    return out


def _digits(count: int, dimension: int) -> NDArray[np.uint64]:
    """The unscrambled sequence as fixed-point numbers of 32 binary digits."""
    index = np.arange(count, dtype=np.uint64)
    out = np.zeros(count, np.uint64)
    for bit, direction in enumerate(_directions(dimension)):
        if count >> bit:
            out ^= np.where(index >> np.uint64(bit) & np.uint64(1), np.uint64(direction), np.uint64(0))
    return out


def _directions(dimension: int) -> list[int]:
    """The direction numbers of one dimension, for the lowest bit of the point's number first."""
    polynomial, start = DIRECTIONS[dimension]
    degree = len(start)
    if not degree:
        return [1 << (_BITS - 1 - k) for k in range(_BITS)]
    numbers = [m << (_BITS - 1 - k) for k, m in enumerate(start)]
    for k in range(degree, _BITS):
        new = numbers[k - degree] ^ (numbers[k - degree] >> degree)
        for j in range(1, degree):
            if polynomial >> (degree - j) & 1:
                new ^= numbers[k - j]
        numbers.append(new)
    return numbers


def _scrambled(digits: NDArray[np.uint64], key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Flip every digit, or not, by a hash of ``key`` and the digits before it."""
    out = digits.copy()
    for k in range(_BITS):
        before = digits >> np.uint64(_BITS - k)
        flip = _mix(key, before | np.uint64(k + 1) << np.uint64(_BITS)) >> np.uint64(63)
        out ^= flip << np.uint64(_BITS - 1 - k)
    return out


def _mix(key: NDArray[np.uint64], word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A 64-bit hash of two words: SplitMix64's finaliser."""
    z = key ^ (word * np.uint64(0x9E3779B97F4A7C15))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    out: NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return out
