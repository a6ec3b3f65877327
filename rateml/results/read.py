"""Reading a store, finished or not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray

from rateml.errors import StoreError
from rateml.results.store import COORDINATES, read_attributes


def open_results(path: Path | str) -> xarray.Dataset:
    """Open a store lazily: float arrays read NaN and ``status`` 255 where nothing was written yet.

    Text coordinates are fixed-length unicode. Raises StoreError when ``path`` is no rateml store.
    """
    path = Path(path)
    attributes = read_attributes(path)
    try:
        dataset: xarray.Dataset = xarray.open_zarr(path, chunks=None, consolidated=True)
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(f"{path} is damaged: {error}") from error
    text = {n: c.astype(f"U{_longest(c)}") for n, c in dataset.coords.items() if c.dtype.kind == "T"}
    parameters = str(attributes.get(COORDINATES, "")).split()  # those that name no dimension, in their order
    in_order = {name: text.get(name, dataset[name]).variable for name in parameters}
    readable: xarray.Dataset = dataset.drop_vars(parameters).assign_coords({**text, **in_order})
    return readable


def _longest(labels: xarray.DataArray) -> int:
    return max(1, *(len(str(label)) for label in np.ravel(labels.values)))
