"""Writing a store: units of simulations go to disk, are synced, and only then recorded in the manifest.

Text coordinates (``region``, ``variable``) are Zarr's ``string`` data type (UTF-8 of variable length): it has a
registered specification, whereas fixed-length unicode has none in Zarr v3 and warns at every reading.
"""

from __future__ import annotations

import json
import shutil
import threading
import warnings
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import zarr
from zarr.errors import ZarrUserWarning

from rateml.errors import StoreError
from rateml.results.disk import disk_errors, replace_file, sync_file, sync_folders
from rateml.results.layout import (
    DIVERGED_AT,
    DIVERGED_REGION,
    DIVERGED_STATE,
    JSON,
    NOT_RUN,
    STATUS,
    Array,
    Layout,
    Unit,
)
from rateml.results.lock import Lock
from rateml.results.manifest import Manifest, read_manifest, run_folder, write_manifest
from rateml.results.numbers import to_plain

Block = Mapping[str, npt.NDArray[np.generic]]
"""The arrays of one unit by name, each (count, *shape of one simulation)."""

STORE_ID = "rateml_store"
"""The group attribute that marks a store as ours and ties it to its manifest."""

COORDINATES = "coordinates"
"""The group attribute that lists, in order, the coordinates that are no dimension."""

_GO_ON = "{mend} and continue with --resume, nothing recorded is lost"

UNWRITTEN: Mapping[str, int] = {STATUS.name: NOT_RUN} | {
    a.name: -1 for a in (DIVERGED_AT, DIVERGED_REGION, DIVERGED_STATE)
}
"""What reads, instead of the fill value of other arrays, where nothing was written."""


class Store:
    """An open store. One process writes at a time (see Lock); its threads may share it.

    ``path`` is the Zarr group, ``layout`` what it holds, ``identity`` what was run.
    """

    def __init__(self, path: Path, layout: Layout, manifest: Manifest, lock: Lock | None = None) -> None:
        self.path = path
        self.layout = layout
        self._manifest = manifest
        self._lock = lock
        self._recording = threading.Lock()
        with disk_errors(path, "use another -o"):
            group = zarr.open_group(path, mode="r+", use_consolidated=False)
        self._arrays = {a.name: _array(group, a.name) for a in layout.all_arrays}

    @property
    def identity(self) -> Mapping[str, JSON]:
        return self._manifest.identity

    @property
    def done(self) -> frozenset[int]:
        """Indices of the units that are safely on disk."""
        return self._manifest.done

    def units(self) -> tuple[Unit, ...]:
        """All units in order, done or not."""
        return self._units

    @cached_property
    def _units(self) -> tuple[Unit, ...]:
        return self.layout.units

    def write(self, unit_index: int, arrays: Block) -> None:
        """Write one unit and record it; see ``write_many``."""
        self.write_many({unit_index: arrays})

    def write_many(self, blocks: Mapping[int, Block]) -> None:
        """Write units, sync them, then record them all in one update of the manifest.

        Each block holds every array of the layout with ``status`` and ``diverged_at``, each of shape
        (count, *shape of one simulation). Raises StoreError when the disk fails or the lock was lost: nothing of
        this call is then recorded, everything recorded before remains. Raises ValueError on wrong arrays.
        """
        for index, block in blocks.items():
            self._check(self._units[index], block)
        if self._lock is not None:
            self._lock.check()
        with disk_errors(self.path, _GO_ON):
            files = [file for index, block in blocks.items() for file in self._write(self._units[index], block)]
            for file in files:
                sync_file(file)
            sync_folders({folder for file in files for folder in file.parents if self.path in folder.parents})
            with self._recording:
                if self._lock is not None:
                    self._lock.check()
                manifest = self._manifest.with_done(blocks)
                write_manifest(run_folder(self.path) / "manifest.json", manifest)
                self._manifest = manifest

    def _check(self, unit: Unit, block: Block) -> None:
        expected = {a.name: (unit.count, *a.shape) for a in self.layout.all_arrays}
        given = {name: value.shape for name, value in block.items()}
        if expected != given:
            raise ValueError(f"unit {unit.index} needs {expected}, was given {given}")

    def _write(self, unit: Unit, block: Block) -> list[Path]:
        """Write one unit; give the files that now hold it (none for an array that is wholly fill values)."""
        region = self.layout.region(unit)
        sizes = tuple(s.stop - s.start for s in region)
        files = []
        for array in self.layout.all_arrays:
            target = self._arrays[array.name]
            target[region or ...] = block[array.name].reshape((*sizes, *array.shape))
            files.append(self._file(array, region))
        return [file for file in files if file.exists()]

    def _file(self, array: Array, region: tuple[slice, ...]) -> Path:
        """The one file that holds a unit's part of an array."""
        numbers = [s.start // k for s, k in zip(region, self.layout.block, strict=True)] + [0] * len(array.shape)
        return self.path.joinpath(array.name, "c", *map(str, numbers))


def create(
    path: Path | str,
    layout: Layout,
    identity: Mapping[str, JSON],
    attrs: Mapping[str, JSON] | None = None,
    lock: Lock | None = None,
) -> Store:
    """Make an empty store at ``path`` (all NaN, status 255) and its run folder.

    ``attrs`` become attributes of the group. Take the Lock first and hand it over: each write then checks that it is
    still ours. The store appears complete or not at all. Raises StoreError when ``path`` exists or cannot be written.
    """
    path = Path(path)
    refuse_existing(path)
    folder = run_folder(path)
    manifest = Manifest(uuid4().hex, layout.digest, layout.unit_count, to_plain(identity))
    building = folder / f"new-{manifest.store}"
    with disk_errors(path, "choose another place with -o"):
        folder.mkdir(parents=True, exist_ok=True)
        for remains in folder.glob("new-*"):
            shutil.rmtree(remains)
        try:
            _build(building, layout, {**(attrs or {}), STORE_ID: manifest.store})
            replace_file(folder / "layout.json", json.dumps(layout.to_json()).encode())
            write_manifest(folder / "manifest.json", manifest)
            refuse_existing(path)
            building.rename(path)
        except OSError:
            shutil.rmtree(building, ignore_errors=True)
            raise
        sync_folders([folder, path.parent])
    return Store(path, layout, manifest, lock)


def open_store(path: Path | str, lock: Lock | None = None) -> Store:
    """Open a store to go on writing it.

    With ``lock`` (held by this process) what a killed writer left half-written is removed. Raises StoreError when
    there is no store, it is not ours, or its manifest is missing, damaged or of another store.
    """
    path = Path(path)
    store_id = read_store_id(path)
    folder = run_folder(path)
    manifest = read_manifest(folder / "manifest.json")
    if manifest.store != store_id:
        raise StoreError(f"{folder} belongs to another store than {path}: move them back together, or use another -o")
    layout = _read_layout(folder / "layout.json", manifest)
    if lock is not None:
        lock.check()
        with disk_errors(path, "use another -o"):
            for remains in (*path.rglob("*.partial"), *folder.glob("manifest.json.*.new")):
                remains.unlink(missing_ok=True)
    return Store(path, layout, manifest, lock)


def refuse_existing(path: Path) -> None:
    """Raise StoreError, with the way out, if there is anything at ``path``."""
    if path.is_symlink() or path.exists():
        try:
            read_store_id(path)
        except StoreError:
            raise StoreError(f"{path} exists and is no rateml store: choose another -o") from None
        raise StoreError(f"{path} exists: continue it with --resume, or choose another -o")


def read_store_id(path: Path) -> str:
    """The id of the store at ``path``. Raises StoreError when there is none."""
    return str(read_attributes(path)[STORE_ID])


def read_attributes(path: Path) -> Mapping[str, JSON]:
    """The attributes of the store at ``path``, without opening it. Raises StoreError when there is none."""
    if not path.exists():
        raise StoreError(f"there is no store at {path}")
    try:
        attributes: dict[str, JSON] = json.loads((path / "zarr.json").read_bytes())["attributes"]
        ours = isinstance(attributes[STORE_ID], str)
    except (OSError, ValueError, KeyError, TypeError):
        ours = False
    if not ours:
        raise StoreError(f"{path} is no rateml store")
    return attributes


def _read_layout(path: Path, manifest: Manifest) -> Layout:
    try:
        layout = Layout.from_json(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{path} is missing or damaged: restore it, or start again with another -o") from error
    if layout.digest != manifest.layout or layout.unit_count != manifest.units:
        raise StoreError(f"{path} does not belong to the manifest beside it: restore it, or use another -o")
    return layout


def _array(group: zarr.Group, name: str) -> zarr.Array[Any]:
    found = group.get(name)
    if not isinstance(found, zarr.Array):
        raise StoreError(f"{group.store_path} has lost its array {name!r}: restore it, or start again with another -o")
    return found


def _build(path: Path, layout: Layout, attrs: Mapping[str, JSON]) -> None:
    """Write the empty group with its coordinates and consolidated metadata, and sync all of it."""
    beside = [name for name, (dim, _, _) in layout.coords.items() if name != dim]
    # What names no dimension is a coordinate to xarray only if the group says so.
    marks: dict[str, JSON] = {COORDINATES: " ".join(beside)} if beside else {}
    group = zarr.create_group(path, zarr_format=3, attributes=to_plain({**attrs, **marks}))
    for array in layout.all_arrays:
        chunks, shards = layout.chunks(array)
        group.create_array(
            array.name,
            shape=(*layout.shape, *array.shape),
            chunks=chunks,
            shards=shards,
            dtype=array.dtype,
            fill_value=UNWRITTEN.get(array.name, array.fill),
            dimension_names=(*layout.dims, *array.dims),
            attributes=attributes(array.attrs, array.units),
        )
    for axis in layout.axes:
        exact = np.asarray(axis.values, dtype="int64" if axis.name == "point" else "float64")
        _coordinate(group, axis.name, axis.name, exact, attributes({}, axis.units))
    if layout.trials is not None:
        _coordinate(group, "trial", "trial", np.arange(layout.trials), {})
    for name, (dim, values, coord_attrs) in layout.coords.items():
        _coordinate(group, name, dim, np.asarray(values), coord_attrs)
    with warnings.catch_warnings():
        # Zarr warns that consolidation is no part of the v3 specification; readers without it do as well, slower.
        warnings.simplefilter("ignore", ZarrUserWarning)
        zarr.consolidate_metadata(path)
    made = sorted(path.rglob("*"))
    for file in made:
        if file.is_file():
            sync_file(file)
    sync_folders([path, *(p for p in made if p.is_dir())])


def _coordinate(
    group: zarr.Group, name: str, dim: str, values: npt.NDArray[np.generic], attrs: Mapping[str, object]
) -> None:
    dtype = str if values.dtype.kind == "U" else values.dtype
    array = group.create_array(
        name,
        shape=values.shape,
        chunks=values.shape,
        dtype=dtype,
        dimension_names=(dim,),
        attributes=attributes(attrs),
    )
    array[:] = values


def attributes(attrs: Mapping[str, object], units: str = "") -> dict[str, JSON]:
    """The attributes of an array: plain JSON, with its ``units`` if it has one."""
    plain: dict[str, JSON] = to_plain(attrs)
    return {"units": units, **plain} if units else plain
