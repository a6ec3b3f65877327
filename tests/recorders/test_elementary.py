"""The elementary functions of the inner loops against numpy's, and at the ends of their range."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from rateml.engines.recorder_kernels import elementary

Values = NDArray[np.float64]
RNG = np.random.default_rng(1)


@njit(error_model="numpy")
def _log(x: Values, out: Values) -> None:
    for k in range(x.size):
        out[k] = elementary.log(x[k])


@njit(error_model="numpy")
def _exp(x: Values, out: Values) -> None:
    for k in range(x.size):
        out[k] = elementary.exp(x[k])


@njit(error_model="numpy")
def _direction(x: Values, cosine: Values, sine: Values) -> None:
    for k in range(x.size):
        cosine[k], sine[k] = elementary.direction(x[k])


@njit(error_model="numpy")
def _angle(y: Values, x: Values, out: Values) -> None:
    for k in range(x.size):
        out[k] = elementary.angle(y[k], x[k])


def test_log() -> None:
    x = np.concatenate([np.exp(RNG.uniform(-700, 700, 20_000)), RNG.uniform(0.5, 2, 20_000), [0, -0.0, -1, 5e-324, 1]])
    x = np.append(x, [np.inf, -np.inf, np.nan])
    out = np.empty_like(x)
    _log(x, out)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(out, np.log(x), rtol=1e-15, atol=1e-300)


def test_exp() -> None:
    x = np.concatenate([RNG.uniform(-700, 709, 20_000), RNG.uniform(-2, 2, 20_000), [0, 709.9, 1e300, -1e300, -745]])
    x = np.append(x, [np.inf, -np.inf, np.nan])
    out = np.empty_like(x)
    _exp(x, out)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(out, np.exp(x), rtol=1e-15, atol=1e-307)


def test_directions() -> None:
    x = RNG.uniform(-3, 3, 20_000)
    cosine, sine = np.empty((2, x.size))
    _direction(x, cosine, sine)
    np.testing.assert_allclose(cosine, np.cos(2 * np.pi * x), atol=3e-15)
    np.testing.assert_allclose(sine, np.sin(2 * np.pi * x), atol=3e-15)


@pytest.mark.parametrize("size", [1e-300, 1.0, 1e10])
def test_angles(size: float) -> None:
    y, x = size * RNG.standard_normal((2, 20_000))
    ends = np.array([-1.0, 0.0, 1.0, np.nan])
    more = np.array([(a, b) for a in ends for b in ends]).T
    y, x = np.append(y, more[0]), np.append(x, more[1])
    out = np.empty_like(x)
    _angle(y, x, out)
    np.testing.assert_allclose(out, np.arctan2(y, x), rtol=1e-15, atol=1e-300)
