"""The normals of generated CUDA, run on the processor, against their definition (docs/random-numbers.md).

The elementary functions of float32 are the generated code's own; float64 takes those of CUDA, here of the emulation.
`benchmarks/normals.py` compares on a GPU.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from comparing import functions_of, job_of, run_cuda
from emulation import Emulated, needs_compiler
from numpy.typing import NDArray

from rateml.ir import philox

pytestmark = needs_compiler

NORMALS = """
extern "C" void normals_of(const unsigned* words, REAL* z, long long count)
{
    for (long long k = 0; k < count; k += 2) box_muller(words[k], words[k + 1], z[k], z[k + 1]);
}
"""


def _normals(folder: Path, words: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Of pairs of words, by the generated code."""
    z = np.empty(words.size, np.float32)
    places = (ctypes.c_void_p(a.ctypes.data) for a in (words, z))
    functions_of(folder, "montbrio", NORMALS)["normals_of"](*places, ctypes.c_longlong(words.size))
    return z


def _defined(words: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Uniforms are rounded to float32; what follows is exact."""
    w, v = (words[k::2].astype(np.float64) for k in (0, 1))
    u1, u2 = ((x.astype(np.float32) / np.float32(2**32)).astype(np.float64) for x in (w + 1.0, v))
    quarters = np.floor(4.0 * u2 + 0.5)
    angle, radius = 2.0 * np.pi * (u2 - quarters / 4.0), np.sqrt(-2.0 * np.log(u1))
    s, c, turn = np.sin(angle), np.cos(angle), quarters.astype(int) % 4
    z = np.empty(words.size)
    z[0::2] = radius * np.choose(turn, [c, -s, -c, s])
    z[1::2] = radius * np.choose(turn, [s, c, -s, -c])
    return z


def test_normals_are_within_four_units_of_the_last_place(libraries: Path) -> None:
    random = np.random.default_rng(1)
    edges = np.array([0, 1, 2, 2**30, 2**31 - 1, 2**31, 3 * 2**30, 2**32 - 129, 2**32 - 2, 2**32 - 1], np.uint32)
    pairs = np.stack(np.meshgrid(edges, edges), axis=-1).reshape(-1)
    small = random.integers(0, 2**32, 2**17, np.uint32) >> random.integers(0, 32, 2**17, np.uint32)
    words = np.concatenate([pairs, small, ~small, random.integers(0, 2**32, 2**19, np.uint32)])
    found, expected = _normals(libraries, words), _defined(words)
    assert np.isfinite(found).all()
    worst = (np.abs(found - expected) / np.spacing(np.abs(expected.astype(np.float32)))).max()
    print(f"{words.size} normals, off by at most {worst:.2f} units of the last place")
    assert worst < 4.0


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize(("speed", "lanes"), [("0.1", 1), ("inf", 64)])
def test_a_run_draws_them(precision: str, speed: str, lanes: int, device: Callable[..., Emulated]) -> None:
    """With gamma dt = -1 and 2 D dt = 1 the linear model is its own noise; words that differ would be far off."""
    given = ("gamma=-0.125", "D=0.0625", "a=0", "b=0", f"speed={speed}")
    job = job_of("linear", dt=8.0, steps=70, scheme="euler", precision=precision, seed=2**63 + 5, set=given, trials=3)
    found = run_cuda(job, device())
    assert found.plan is not None
    assert found.plan.lanes == lanes
    steps, regions, real = np.arange(70), np.arange(9)[:, np.newaxis], np.dtype(precision).type
    for trial in range(3):
        expected = philox.normals(2**63 + 5, steps, regions, 0, 0, trial, real)
        ours = found.rows[0, :, :, trial].astype(real)
        worst = (np.abs(ours - expected) / np.spacing(np.abs(expected))).max()
        assert worst <= 4.0, worst
