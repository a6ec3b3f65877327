"""Groups of simulations are small at the beginning and the end of a run; memory that a GPU keeps is used again."""

from __future__ import annotations

import importlib.util
from itertools import islice, pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from rateml.engines.cuda.sizes import group_sizes
from rateml.standalone.gpu import Gpu


def _until(simulations: int, devices: int, wave: int, most: int) -> list[int]:
    sizes: list[int] = []
    for size in group_sizes(simulations, devices, 3, wave, most):
        sizes.append(size)
        if sum(sizes) >= simulations:
            return sizes
    raise AssertionError("sizes have no end")


@pytest.mark.parametrize("devices", [1, 2])
@pytest.mark.parametrize("most", [132 * 16, 132 * 16 + 7, 132 * 4])
def test_whole_waves_that_grow_and_shrink(devices: int, most: int) -> None:
    sizes = _until(20_000, devices, 132, most)
    assert all(0 < size <= most and size % 132 == 0 for size in sizes)
    assert max(sizes) == most // 132 * 132
    assert sizes[:devices] == [132] * devices
    assert sizes[-1] == 264
    begun = 3 * devices
    assert all(a <= b for a, b in pairwise(sizes[:begun]))
    assert all(a >= b for a, b in pairwise(sizes[begun:]))


def test_where_memory_has_room_for_less_than_a_wave() -> None:
    assert set(_until(1_000, 1, 132, 50)) == {50}
    assert set(islice(group_sizes(0, 1, 3, 132, 50), 9)) == {50}


@pytest.fixture
def driver() -> ModuleType:
    """The stub of pycuda's, without its name."""
    spec = importlib.util.spec_from_file_location("stub_driver", Path(__file__).parent / "stub/pycuda/driver.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_smaller_groups_take_the_memory_of_larger_ones(driver: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """In whatever order they ask, nothing new is allocated; and it is zero again."""
    made: list[int] = []
    allocate = driver.mem_alloc
    monkeypatch.setattr(driver, "mem_alloc", lambda size: made.append(size) or allocate(size))
    gpu, real = Gpu(driver, 0), np.dtype(np.float32)
    with gpu.active():
        large = [gpu.empty((size,), real) for size in (7, 300, 20, 1000, 300)]
        for buffer in large:
            buffer.set(np.ones(buffer.shape))
            buffer.free()
        assert made == [28, 1200, 80, 4000, 1200]
        small = [gpu.empty((size,), real) for size in (100, 5, 900, 250, 7)]
        assert len(made) == 5
        for buffer in small:
            assert (buffer.get() == np.zeros(buffer.shape)).all()
            buffer.free()
        gpu.empty((1001,), real).free()
        assert made[5:] == [4004]
