"""A small store that every test of this folder can make and fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from rateml.results import Array, Axis, Layout, Store, Unit, create

Block = Mapping[str, npt.NDArray[np.generic]]

REGIONS = ("lh-V1", "rh-V1", "höhle")


def _layout(shape: tuple[int, ...] = (4, 6), trials: int | None = 2, unit: int = 4) -> Layout:
    """Axes G (geometric), eta, …; statistics, a time series and a matrix over two variables and three regions."""
    names = ("G", "eta", "speed")
    values = (np.geomspace(0.01, 10, shape[0]) if shape else (), *(np.linspace(-8, -3, n) for n in shape[1:]))
    axes = tuple(
        Axis(n, tuple(map(float, v)), "mV" if n == "eta" else "")
        for n, v in zip(names[: len(shape)], values[: len(shape)], strict=True)
    )
    arrays = (
        Array("stats_mean", ("variable", "region"), (2, 3), "float64", attrs={"variable_units": {"r": "kHz"}}),
        Array("raw", ("time", "variable", "region"), (50, 2, 3), units="mV"),
        Array("fc", ("region", "region_2"), (3, 3)),
    )
    coords: dict[str, tuple[str, tuple[object, ...], Mapping[str, object]]] = {
        "time": ("time", tuple(0.5 * i for i in range(50)), {"units": "ms"}),
        "variable": ("variable", ("r", "V"), {}),
        "region": ("region", REGIONS, {}),
        "region_2": ("region_2", REGIONS, {}),
    }
    return Layout(axes, trials, arrays, coords, unit)


def _block(layout: Layout, unit: Unit) -> Block:
    """Values that are a function of the simulation's number alone, so that order and repetition do not show."""
    number = np.arange(unit.first, unit.first + unit.count)
    made = {}
    for array in layout.arrays:
        inner = np.arange(int(np.prod(array.shape))).reshape(array.shape)
        outer = number.reshape((-1, *(1 for _ in array.shape)))
        made[array.name] = (outer + 0.001 * inner).astype(array.dtype)
    return {
        **made,
        "status": np.zeros(unit.count, "uint8"),
        "diverged_at": np.full(unit.count, -1),
        "diverged_region": np.full(unit.count, -1),
        "diverged_state": np.full(unit.count, -1),
    }


@pytest.fixture
def make_layout() -> Callable[..., Layout]:
    return _layout


@pytest.fixture
def make_block() -> Callable[[Layout, Unit], Block]:
    return _block


@pytest.fixture
def filled(tmp_path: Path) -> Store:
    """A store of which the last unit has not run; simulations 0 and 1 (one map cell) diverged."""
    layout = _layout()
    store = create(tmp_path / "out.zarr", layout, {"dt": 0.1})
    blocks = {u.index: dict(_block(layout, u)) for u in store.units()[:-1]}
    blocks[0]["status"] = np.array([1, 1, 0, 0], "uint8")
    blocks[0]["stats_mean"][:2] = 1e6
    store.write_many(blocks)
    return store
