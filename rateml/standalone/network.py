"""A connectome file and what the couplings of a model make of it."""

from __future__ import annotations

import difflib
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rateml.errors import UserError
from rateml.standalone.delays import delay_steps
from rateml.standalone.model import Model, Shape
from rateml.standalone.tables import Wires

DEFAULT_TRACTS = "structural"


@dataclass(frozen=True, eq=False)
class Network:
    """``tracts``: weights [target, source] and lengths in mm by the name of their pair."""

    labels: tuple[str, ...]
    tracts: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]]


def read_network(path: Path, model: Model) -> Network:
    """The tracts that the couplings of a model name; UserError says what is wrong with the file."""
    wanted = {c.weights for c in model.couplings if c.reduce == "sum"} or {DEFAULT_TRACTS}
    try:
        with path.open("rb") as opened:
            whole = zipfile.is_zipfile(opened)
        if not whole:
            raise UserError(f"cannot read the connectome {path}: it is no .npz file, or not the whole of one")
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except FileNotFoundError as error:
        raise UserError(f"cannot read the connectome {path}: there is no such file") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(f"cannot read the connectome {path}: {error}; it must be an .npz of numbers") from error
    tracts = {}
    for name in sorted(wanted):
        suffix = "" if name == DEFAULT_TRACTS else f".{name}"
        tracts[name] = _matrix(path, arrays, f"weights{suffix}"), _matrix(path, arrays, f"lengths{suffix}")
    sizes = {matrix.shape[0] for pair in tracts.values() for matrix in pair}
    if len(sizes) > 1:
        raise UserError(f"{path}: its matrices have different sizes: {', '.join(map(str, sorted(sizes)))} regions")
    for name, (_, lengths) in tracts.items():
        if (lengths < 0).any():
            raise UserError(f"{path}: the lengths of '{name}' must not be negative, and {lengths.min():g} mm is")
    count = sizes.pop()
    given = arrays.get("labels", _numbered(count))
    if given.ndim != 1 or given.dtype.kind not in "US":
        raise UserError(f"{path}: labels must be a list of texts: store np.array(labels, dtype=str)")
    labels = tuple(item.decode(errors="replace") if isinstance(item, bytes) else str(item) for item in given.tolist())
    if len(labels) != count:
        raise UserError(f"{path}: there are {len(labels)} labels for {count} regions; give one for each")
    return Network(labels, tracts)


def _numbered(count: int) -> NDArray[np.str_]:
    return np.array([f"region-{i:0{max(3, len(str(count)))}d}" for i in range(1, count + 1)])


def _matrix(path: Path, arrays: Mapping[str, NDArray[np.generic]], name: str) -> NDArray[np.float64]:
    if name not in arrays:
        near = difflib.get_close_matches(name, arrays, 1)
        hint = f" (did you mean '{near[0]}'?)" if near else ""
        without = "; for a network without delays store zeros" if name.startswith("lengths") else ""
        raise UserError(f"{path}: there is no array '{name}'{hint}; there are {', '.join(arrays) or 'none'}{without}")
    array = arrays[name]
    if array.ndim != 2 or array.shape[0] != array.shape[1] or not array.size or array.dtype.kind not in "fiub":
        raise UserError(f"{path}: '{name}' must be a square matrix of numbers, and is {array.shape} of {array.dtype}")
    matrix = array.astype(np.float64)
    wrong = np.argwhere(~np.isfinite(matrix))
    if wrong.size:
        row, column = wrong[0] + 1
        raise UserError(
            f"{path}: every number of '{name}' must be finite, and row {row}, column {column} is not; write weight 0 "
            "and length 0 where there is no tract"
        )
    return matrix


def connect(network: Network, model: Model, speeds: Sequence[float | None], dt: float) -> list[Wires | None]:
    """The edges of every coupling at its conduction speed; None where it sums over none."""
    found: list[Wires | None] = []
    for coupling, speed in zip(model.couplings, speeds, strict=True):
        if coupling.reduce != "sum":
            found.append(None)
            continue
        weights, lengths = network.tracts[coupling.weights]
        target, source = np.nonzero(weights)
        long = lengths[target, source]
        delay = np.zeros(target.size, np.int64) if speed is None else delay_steps(long, speed, dt)
        if coupling.late and speed is not None and delay.size and delay.min() == 0:
            k = int(np.argmin(delay))
            raise UserError(
                f"coupling '{coupling.id}' sends a variable that depends on an input, so every connection needs a "
                f"delay, and that from {network.labels[source[k]]} to {network.labels[target[k]]} ({long[k]:g} mm at "
                f"{speed:g} mm/ms) has none: take self-connections out of the connectome, slow the conduction speed, "
                "or take a smaller --dt"
            )
        found.append(Wires(target.astype(np.int64), source.astype(np.int64), weights[target, source], delay))
    return found


def bytes_per_step(shape: Shape, wires: Sequence[Wires | None]) -> float:
    """What an algorithm without reuse must move per simulation step: every coupled value, every state."""
    pairs = zip(shape.model.couplings, wires, strict=True)
    read = sum(edges.source.size * coupling.reads for coupling, edges in pairs if edges is not None)
    return float(shape.real * (read + shape.n_nodes * shape.states))
