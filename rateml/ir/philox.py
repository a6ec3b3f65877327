"""The random numbers of the contract: Philox4x32-10 counters, and the normals made of them.

Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC11). The key is the seed (low word,
high word). The counter is

* c0: ``step >> 2`` for step noise; for ``random()`` its occurrence in OnStart, in document order
* c1: region
* c2: state index in document order, plus domain << 12, plus trial << 16 (domain 0 step noise, 1 ``random()``,
  where the state is the one assigned)
* c3: point index, 0 under common noise

The four words of a counter make the noise of four consecutive steps: the pairs (w0, w1) and (w2, w3) each
give two normals by Box and Muller, cosine before sine, with u1 = (w + 1) / 2**32 and u2 = w / 2**32 rounded to
the precision of the computation. This module is the plain statement of that rule; generated code repeats it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

NOISE_DOMAIN = 0
START_DOMAIN = 1

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


def words(seed: int, c0: ArrayLike, c1: ArrayLike, c2: ArrayLike, c3: ArrayLike) -> NDArray[np.uint32]:
    """Four 32-bit words per counter; shape (4, *broadcast of the counters)."""
    x0, x1, x2, x3 = (np.asarray(c, dtype=np.uint64) & _LOW for c in np.broadcast_arrays(c0, c1, c2, c3))
    k0 = np.uint64(seed & 0xFFFFFFFF)
    k1 = np.uint64((seed >> 32) & 0xFFFFFFFF)
    for _ in range(10):
        p0 = _M0 * x0
        p1 = _M1 * x2
        x0, x1, x2, x3 = (p1 >> _32) ^ x1 ^ k0, p1 & _LOW, (p0 >> _32) ^ x3 ^ k1, p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return np.stack([x0, x1, x2, x3]).astype(np.uint32)


def counter2(state: ArrayLike, domain: int, trial: int) -> NDArray[np.uint64]:
    """The third counter word."""
    return np.asarray(state, dtype=np.uint64) | np.uint64(domain << 12) | np.uint64(trial << 16)


def box_muller(
    w0: NDArray[np.uint32], w1: NDArray[np.uint32], dtype: type[np.floating] = np.float64
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Two normals per pair of words: the uniforms are rounded to ``dtype``, the rest is float64."""
    u1 = ((w0.astype(np.uint64) + np.uint64(1)).astype(dtype) * dtype(2.0**-32)).astype(np.float64)
    u2 = (w1.astype(dtype) * dtype(2.0**-32)).astype(np.float64)
    radius = np.sqrt(-2.0 * np.log(u1))
    quarter = np.floor(4.0 * u2 + 0.5)
    angle = 2.0 * np.pi * (u2 - 0.25 * quarter)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = quarter.astype(np.int64) & 3
    c = np.choose(turn, [cos, -sin, -cos, sin])
    s = np.choose(turn, [sin, cos, -sin, -cos])
    return (radius * c).astype(dtype), (radius * s).astype(dtype)


def normals(
    seed: int,
    step: ArrayLike,
    node: ArrayLike,
    state: ArrayLike,
    point: ArrayLike = 0,
    trial: int = 0,
    dtype: type[np.floating] = np.float64,
) -> NDArray[np.floating]:
    """The standard normal of each (step, region, state, point): shape is the broadcast of the arguments."""
    step = np.asarray(step, dtype=np.int64)
    w = words(seed, step >> 2, node, counter2(state, NOISE_DOMAIN, trial), point)
    a, b = box_muller(w[0], w[1], dtype)
    c, d = box_muller(w[2], w[3], dtype)
    return np.choose(np.broadcast_to(step & 3, a.shape), [a, b, c, d])


def uniforms(seed: int, occurrence: int, node: ArrayLike, state: int, point: int, trial: int) -> NDArray[np.float64]:
    """The uniform on [0, 1) of one ``random()`` in OnStart, per region."""
    w = words(seed, occurrence, node, counter2(state, START_DOMAIN, trial), point)
    drawn: NDArray[np.float64] = w[0].astype(np.float64) * 2.0**-32
    return drawn
