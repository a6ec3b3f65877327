from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rateml.errors import StoreError
from rateml.results import Array, Axis, Layout, plan_unit

SHAPES = st.lists(st.integers(1, 70) | st.integers(1, 5), max_size=3).filter(lambda n: prod(n) < 20_000).map(tuple)


def layout_of(shape: tuple[int, ...], unit: int, *arrays: Array) -> Layout:
    return Layout(
        tuple(Axis(f"p{i}", tuple(map(float, range(n)))) for i, n in enumerate(shape)), None, arrays, {}, unit
    )


@settings(deadline=None)
@given(SHAPES, st.integers(1, 10**9), st.none() | st.integers(1, 100))
def test_units_tile_the_simulations_and_are_whole_chunks(
    shape: tuple[int, ...], size: int, at_most: int | None
) -> None:
    block = plan_unit(shape, size, at_most)
    layout = layout_of(shape, prod(block))
    assert layout.block == block
    assert layout.unit <= (at_most or 64)
    assert layout.unit == 1 or layout.unit * size <= 256 * 10**6
    after = 0
    chunks = set()
    for i, unit in enumerate(layout.units):
        assert (unit.index, unit.first) == (i, after)
        after += unit.count
        region = layout.region(unit)
        assert prod(s.stop - s.start for s in region) == unit.count
        assert all(s.start % k == 0 and s.stop <= n for s, k, n in zip(region, block, shape, strict=True))
        assert all(s.stop in (s.start + k, n) for s, k, n in zip(region, block, shape, strict=True))
        chunks.add(tuple(s.start // k for s, k in zip(region, block, strict=True)))
    assert after == layout.simulations
    assert len(layout.units) == layout.unit_count
    assert len(chunks) == layout.unit_count == prod(-(-n // k) for n, k in zip(shape, block, strict=True))


@settings(deadline=None)
@given(st.lists(st.integers(1, 6), max_size=3).map(tuple), st.integers(1, 20))
def test_a_region_holds_its_units_simulations_in_order(shape: tuple[int, ...], at_most: int) -> None:
    layout = layout_of(shape, prod(plan_unit(shape, 1, at_most)))
    numbers = np.arange(layout.simulations).reshape(shape)
    for unit in layout.units:
        assert numbers[layout.region(unit)].ravel().tolist() == list(range(unit.first, unit.first + unit.count))


def test_a_dimension_is_cut_evenly() -> None:
    assert plan_unit((100, 100), 1) == (1, 50)
    assert plan_unit((10, 9, 3), 160) == (2, 9, 3)
    assert plan_unit((), 1) == ()


def test_large_units_are_sharded_by_simulation_and_time() -> None:
    array = Array("raw", ("time", "region"), (100_003, 50))
    layout = layout_of((3, 10), 5, array)
    chunks, shards = layout.chunks(array)
    assert shards is not None
    assert chunks[:2] == (1, 1)
    assert prod(chunks) * 4 <= 8 * 10**6
    assert shards[:2] == (1, 5)
    assert shards[2] >= 100_003
    assert all(s % c == 0 for s, c in zip(shards, chunks, strict=True))
    assert layout.chunks(Array("small", ("region",), (50,))) == ((1, 5, 50), None)


def test_json_round_trip(make_layout: Callable[..., Layout]) -> None:
    layout = make_layout()
    again = Layout.from_json(layout.to_json())
    assert again == layout
    assert again.digest == layout.digest
    assert make_layout(unit=2).digest != layout.digest


def test_a_unit_that_is_no_block_is_refused() -> None:
    with pytest.raises(ValueError, match="no block of 4"):
        layout_of((2, 3), 4)


@pytest.mark.parametrize("name", ["region", "status", "trial", "a/b", "raw"])
def test_names_that_clash_are_refused(name: str) -> None:
    array = Array("raw", ("region",), (2,))
    with pytest.raises(StoreError, match=name):
        Layout((Axis(name, (1.0,)),), 2, (array,), {}, 1)
