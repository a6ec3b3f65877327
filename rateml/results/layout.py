"""The shape of a store: which arrays it holds, over which dimensions, and how they are cut into units.

*Simulation* dimensions come first in every array: one per swept axis in order, then ``trial``. Simulations are
numbered in C order over them. A *unit* is the run of consecutive simulations that one Zarr chunk holds; it is what is
written, synced and recorded at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import isfinite, prod
from typing import Any

import numpy as np

from rateml.errors import StoreError
from rateml.results.numbers import to_number, to_plain

JSON = None | bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"]
"""What a manifest or an attribute may hold."""

Coordinate = tuple[str, tuple[object, ...], Mapping[str, object]]
"""The dimension a coordinate runs along, its values (all numbers or all text) and its attributes."""

NOT_RUN, OK, DIVERGED = 255, 0, 1
"""The values of ``status``."""

SIMULATIONS_PER_UNIT = 64
BYTES_PER_UNIT = 256 * 10**6
BYTES_TO_SHARD = 64 * 10**6
BYTES_PER_INNER_CHUNK = 8 * 10**6


@dataclass(frozen=True)
class Axis:
    """One swept dimension: its name, its values in base units, and that unit ("" for none)."""

    name: str
    values: tuple[float, ...]
    units: str = ""


@dataclass(frozen=True)
class Array:
    """One result array; ``dims`` and ``shape`` are those of a single simulation."""

    name: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: str = "float32"
    units: str = ""
    attrs: Mapping[str, object] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """Size of one simulation's part, in bytes, uncompressed."""
        return prod(self.shape) * np.dtype(self.dtype).itemsize

    @property
    def fill(self) -> float | int:
        """What an element that was never written reads as: NaN, or 0 in integer arrays."""
        return float("nan") if np.dtype(self.dtype).kind == "f" else 0


CANONICAL = ("time", "variable")
"""Dimensions of which a store may have several: ``time`` and ``time_<monitor>`` of another one."""


PAIR, PAIR_LABELS = "pair", ("pair_region", "pair_region_2")
"""The dimension of an upper triangle in C order, and the coordinates that name the two regions of each pair."""

BIN = "fcd_bin"
"""The dimension of a histogram's bins."""

BEST = "best"
"""The attribute of an array that says which of its values is best: ``highest`` or ``lowest``."""


def own_dimension(dims: Iterable[object], name: str) -> str | None:
    """The ``time`` or ``variable`` dimension of an array among ``dims``, its own ones without the simulations'."""
    names = [str(d) for d in dims]
    return name if name in names else next((d for d in names if d.startswith(f"{name}_")), None)


STATUS = Array("status", (), (), "uint8", attrs={"meaning": "0 ok, 1 diverged, 255 not run"})
DIVERGED_AT = Array("diverged_at", (), (), "int64", attrs={"meaning": "step at which it diverged, -1 if it did not"})
DIVERGED_REGION = Array(
    "diverged_region", (), (), "int32", attrs={"meaning": "number of the region that diverged first, from 0; or -1"}
)
DIVERGED_STATE = Array(
    "diverged_state", (), (), "int32", attrs={"meaning": "number of its state variable, in the model's order; or -1"}
)
BOOKKEEPING = (STATUS, DIVERGED_AT, DIVERGED_REGION, DIVERGED_STATE)


@dataclass(frozen=True)
class Unit:
    """Consecutive simulations that are stored together: ``first`` … ``first + count - 1`` in C order."""

    index: int
    first: int
    count: int


@dataclass(frozen=True)
class Layout:
    """What a store holds.

    ``trials`` None means that there is no trial dimension. ``coords`` maps a coordinate's name to its dimension,
    values and attributes (``time``, ``variable``, ``region``, and the parameters of a ``point`` axis). ``unit`` is
    the number of simulations per chunk; it must be the size of a suffix block, as ``plan_unit`` gives.
    """

    axes: tuple[Axis, ...]
    trials: int | None
    arrays: tuple[Array, ...]
    coords: Mapping[str, Coordinate]
    unit: int

    def __post_init__(self) -> None:
        self._check_names()
        for array in self.all_arrays:
            if len(array.dims) != len(array.shape) or min(array.shape, default=1) < 1:
                raise ValueError(f"array {array.name}: dims {array.dims} do not fit shape {array.shape}")
        if min(self.shape, default=1) < 1:
            raise ValueError(f"a store of no simulations: {dict(zip(self.dims, self.shape, strict=True))}")
        sizes: dict[str, int] = dict(zip(self.dims, self.shape, strict=True))
        for array in self.arrays:
            for dim, size in zip(array.dims, array.shape, strict=True):
                if sizes.setdefault(dim, size) != size:
                    raise ValueError(f"array {array.name}: {dim} has {size} values, elsewhere {sizes[dim]}")
        for name, (dim, values, _) in self.coords.items():
            if sizes.setdefault(dim, len(values)) != len(values):
                raise ValueError(f"coordinate {name}: {len(values)} values for {dim}, which has {sizes[dim]}")
        suffix_block(self.shape, self.unit)

    def _check_names(self) -> None:
        names = [a.name for a in self.all_arrays]
        taken = {"coordinates", *CANONICAL, *names, *self.coords, *(d for a in self.arrays for d in a.dims), "trial"}
        axes = [axis.name for axis in self.axes]
        if len(set(names)) < len(names):
            raise ValueError(f"two arrays of one name among {names}")
        for name in axes:
            if name in taken or axes.count(name) > 1:
                raise StoreError(f"the swept parameter {name!r} has the name of something else in the store: rename it")
        for name in (*axes, *taken):
            if not name or set("/ ") & set(name) or name.startswith(("_", ".")) or name == "zarr.json":
                raise StoreError(f"{name!r} cannot be a name in a store")

    @property
    def all_arrays(self) -> tuple[Array, ...]:
        """The arrays with ``status`` and where a simulation diverged."""
        return (*self.arrays, *BOOKKEEPING)

    @property
    def dims(self) -> tuple[str, ...]:
        """The names of the simulation dimensions; none for a single run."""
        return (*(axis.name for axis in self.axes), *(() if self.trials is None else ("trial",)))

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the simulation dimensions."""
        return (*(len(axis.values) for axis in self.axes), *(() if self.trials is None else (self.trials,)))

    @property
    def simulations(self) -> int:
        return prod(self.shape)

    @property
    def block(self) -> tuple[int, ...]:
        """The chunk over the simulation dimensions, (1, …, 1, k, full, …)."""
        return suffix_block(self.shape, self.unit)

    @property
    def units(self) -> tuple[Unit, ...]:
        """All units in order; they tile the simulations without gap or overlap."""
        cut = self._cut_dimension
        if cut is None:
            return (Unit(0, 0, self.simulations),)
        size, k = self.shape[cut], self.block[cut]
        inner = prod(self.shape[cut + 1 :])
        starts = [(outer * size + at, at) for outer in range(prod(self.shape[:cut])) for at in range(0, size, k)]
        return tuple(Unit(i, first * inner, min(k, size - at) * inner) for i, (first, at) in enumerate(starts))

    @property
    def unit_count(self) -> int:
        """How many units there are; of a large grid this takes no memory, ``units`` gigabytes."""
        cut = self._cut_dimension
        return 1 if cut is None else prod(self.shape[:cut]) * -(-self.shape[cut] // self.block[cut])

    def region(self, unit: Unit) -> tuple[slice, ...]:
        """Where a unit lies in the simulation dimensions, one slice for each."""
        if not self.shape:
            return ()
        first = np.unravel_index(unit.first, self.shape)
        last = np.unravel_index(unit.first + unit.count - 1, self.shape)
        return tuple(slice(int(a), int(b) + 1) for a, b in zip(first, last, strict=True))

    @property
    def _cut_dimension(self) -> int | None:
        """The dimension that the block cuts into runs of k; None when one block covers everything."""
        cuts = [i for i, (size, k) in enumerate(zip(self.shape, self.block, strict=True)) if k < size]
        return cuts[-1] if cuts else None

    def chunks(self, array: Array) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
        """(chunk, shard) of an array over all its dimensions; shard None when it is stored in plain chunks.

        A unit's part of 64 MB or more becomes a shard: one file, inside it one chunk per simulation, cut along
        ``time`` to 8 MB at most, so that one simulation or one stretch of time is read alone.
        """
        if self.unit * array.bytes < BYTES_TO_SHARD:
            return (*self.block, *array.shape), None
        inner, outer = list(array.shape), list(array.shape)
        time = own_dimension(array.dims, "time")
        if time is not None:
            at = array.dims.index(time)
            pieces = min(inner[at], -(-array.bytes // BYTES_PER_INNER_CHUNK))
            inner[at] = -(-inner[at] // pieces)
            outer[at] = inner[at] * -(-array.shape[at] // inner[at])
        return (*(1 for _ in self.block), *inner), (*self.block, *outer)

    @property
    def digest(self) -> str:
        """Hash of the whole layout, hexadecimal."""
        return hashlib.sha256(json.dumps(self._content(), sort_keys=True).encode()).hexdigest()

    def to_json(self) -> dict[str, JSON]:
        """The layout as plain JSON; ``from_json`` is its inverse. A coordinate that needs it is marked as numbers."""
        content = self._content()
        marked = {
            name: [*entry, "numbers"] if any(isinstance(v, float) and not isfinite(v) for v in entry[1]) else entry
            for name, entry in content["coords"].items()
        }
        plain: dict[str, JSON] = json.loads(json.dumps(to_plain({**content, "coords": marked}), allow_nan=False))
        return plain

    def _content(self) -> dict[str, Any]:
        return {
            "axes": [asdict(axis) for axis in self.axes],
            "trials": self.trials,
            "arrays": [{**vars(array), "attrs": dict(array.attrs)} for array in self.arrays],
            "coords": {name: (dim, values, dict(attrs)) for name, (dim, values, attrs) in self.coords.items()},
            "unit": self.unit,
        }

    @staticmethod
    def from_json(plain: Mapping[str, object]) -> Layout:
        """Read what ``to_json`` gave. Raises KeyError, TypeError or ValueError on anything else."""
        value = json.loads(json.dumps(plain))
        return Layout(
            axes=tuple(Axis(a["name"], tuple(map(to_number, a["values"])), a["units"]) for a in value["axes"]),
            trials=value["trials"],
            arrays=tuple(
                Array(a["name"], tuple(a["dims"]), tuple(a["shape"]), a["dtype"], a["units"], a["attrs"])
                for a in value["arrays"]
            ),
            coords={
                name: (dim, tuple(map(to_number, values) if numbers else values), attrs)
                for name, (dim, values, attrs, *numbers) in value["coords"].items()
            },
            unit=value["unit"],
        )


def suffix_block(shape: tuple[int, ...], unit: int) -> tuple[int, ...]:
    """The block (1, …, 1, k, full, …) of ``unit`` simulations. Raises ValueError if no such block has that size."""
    block: list[int] = []
    left = unit
    for size in reversed(shape):
        if left >= size and left % size == 0:
            block.append(size)
            left //= size
        else:
            block.append(left)
            left = 1 if 1 <= left <= size else 0
    if left != 1:
        raise ValueError(f"no block of {unit} consecutive simulations in {shape}")
    return tuple(reversed(block))


def plan_unit(shape: tuple[int, ...], bytes_per_simulation: int, at_most: int | None = None) -> tuple[int, ...]:
    """Choose the chunk over the simulation dimensions; its product is the ``unit`` of a Layout.

    At most 64 simulations, 256 MB, and ``at_most`` simulations (at least one). The dimension that is cut is cut
    evenly: 100 values at up to 64 become two blocks of 50.
    """
    limit = min(SIMULATIONS_PER_UNIT, BYTES_PER_UNIT // max(bytes_per_simulation, 1))
    room = max(1, limit if at_most is None else min(limit, at_most))
    block: list[int] = []
    for size in reversed(shape):
        k = -(-size // -(-size // room))
        block.append(k)
        room = room // size if k == size else 1
    return tuple(reversed(block))
