"""The elementary functions of generated CUDA, run on the processor."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import numpy as np
from comparing import functions_of
from emulation import needs_compiler
from numpy.typing import NDArray

pytestmark = needs_compiler

TURNS = """
extern "C" void turns_of(const REAL* x, REAL* sines, REAL* cosines, long long count)
{
    for (long long k = 0; k < count; ++k) sines[k] = sine(x[k]), cosines[k] = cosine(x[k]);
}
"""


NEAR_TURNS = TURNS.replace("= sine", "= near_sine").replace("= cosine", "= near_cosine")
LONG_TURNS = NEAR_TURNS.replace("REAL", "double")


def _turns(folder: Path, x: NDArray[Any], code: str = TURNS) -> tuple[NDArray[Any], NDArray[Any]]:
    found = np.empty_like(x), np.empty_like(x)
    places = (ctypes.c_void_p(a.ctypes.data) for a in (x, *found))
    functions_of(folder, "kuramoto", code)["turns_of"](*places, ctypes.c_longlong(x.size))
    return found


def test_sine_and_cosine(libraries: Path) -> None:
    """Within 2 units of the last place near and far, odd and even to the bit, and NaN where there is no value."""
    random = np.random.default_rng(2)
    quarters = np.arange(-40_000, 40_000) * (np.pi / 2)
    spread = np.concatenate([random.uniform(-7, 7, 300_000), random.uniform(-1e5, 1e5, 200_000), quarters])
    x = np.concatenate([spread, 10.0 ** random.uniform(-30, 15, 50_000), [0.0, 47999.9, 48000.1]]).astype(np.float32)
    for found, exact in zip(_turns(libraries, x), (np.sin, np.cos), strict=True):
        expected = exact(x.astype(np.longdouble))
        unit = np.spacing(np.maximum(np.abs(expected.astype(np.float32)), np.float32(2.0**-24)))
        assert (np.abs(found - expected) / unit).max() < 2.0
    (s, c), (s_minus, c_minus) = _turns(libraries, x), _turns(libraries, -x)
    assert (s == -s_minus).all()
    assert (c == c_minus).all()
    for huge in _turns(libraries, np.float32(10.0) ** random.uniform(15, 38, 10_000).astype(np.float32)):
        assert (np.abs(huge) <= 1.0).all()
    assert np.isnan(_turns(libraries, np.array([np.nan, np.inf, -np.inf], np.float32))).all()


def test_sine_and_cosine_of_wrapped_angles_in_float64(libraries: Path) -> None:
    """Within 2 units of the last place, or of 1e-9 beside the quarter turns, odd and even to the bit."""
    quarters = np.arange(-7000, 7000) * (np.pi / 2)
    spread = np.random.default_rng(4).uniform(-1.1e4, 1.1e4, 200_000)
    x = np.concatenate([spread, spread / 1e3, quarters, np.nextafter(quarters, 9e9), 10.0 ** np.arange(-300.0, 0.0)])
    for found, exact in zip(_turns(libraries, x, LONG_TURNS), (np.sin, np.cos), strict=True):
        expected = exact(x.astype(np.longdouble))
        unit = np.spacing(np.maximum(np.abs(expected.astype(np.float64)), 2.0**-30))
        assert (np.abs(found - expected) / unit).max() < 2.0
    (s, c), (s_minus, c_minus) = _turns(libraries, x, LONG_TURNS), _turns(libraries, -x, LONG_TURNS)
    assert (s == -s_minus).all()
    assert (c == c_minus).all()


def test_sine_and_cosine_of_wrapped_angles(libraries: Path) -> None:
    """The same bits as of all angles, of those that a period of at most 10,000 leaves."""
    x = np.random.default_rng(3).uniform(-1.1e4, 1.1e4, 100_000).astype(np.float32)
    for near, found in zip(_turns(libraries, x, NEAR_TURNS), _turns(libraries, x), strict=True):
        assert (near == found).all()
