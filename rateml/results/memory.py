"""Results in memory: the dataset that a store of the same layout would open as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray
from numpy.typing import NDArray

from rateml.results.layout import JSON, Layout, Unit
from rateml.results.numbers import to_plain
from rateml.results.store import UNWRITTEN, Block, attributes


class Memory:
    """The arrays of a layout, filled unit by unit; what was not filled reads as in a store: NaN, ``status`` 255."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._arrays: dict[str, NDArray[Any]] = {
            a.name: np.full((*layout.shape, *a.shape), UNWRITTEN.get(a.name, a.fill), a.dtype)
            for a in layout.all_arrays
        }

    def write(self, unit: Unit, block: Block) -> None:
        """Keep one unit; ``block`` holds every array of the layout, (count, *shape of one simulation)."""
        region = self.layout.region(unit)
        for name, values in self._arrays.items():
            values[region or ...] = block[name].reshape(values[region or ...].shape)

    def dataset(self, attrs: Mapping[str, JSON]) -> xarray.Dataset:
        """The arrays as they are now, not copied; ``attrs`` are those of the dataset."""
        layout = self.layout
        coords: dict[str, tuple[str, NDArray[Any], dict[str, JSON]]] = {}
        for axis in layout.axes:
            exact = np.asarray(axis.values, "int64" if axis.name == "point" else "float64")
            coords[axis.name] = (axis.name, exact, attributes({}, axis.units))
        if layout.trials is not None:
            coords["trial"] = ("trial", np.arange(layout.trials), {})
        coords |= {name: (dim, np.asarray(v), attributes(attrs)) for name, (dim, v, attrs) in layout.coords.items()}
        arrays = {
            a.name: ((*layout.dims, *a.dims), self._arrays[a.name], attributes(a.attrs, a.units))
            for a in layout.all_arrays
        }
        return xarray.Dataset(arrays, coords, to_plain(attrs))
