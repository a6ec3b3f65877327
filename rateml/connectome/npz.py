"""Connectomes in NumPy's .npz: weights, lengths, labels, centres; weights.NAME and lengths.NAME for more tracts."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml.connectome.archive import ZipFiles
from rateml.connectome.assemble import Named, Regions, assemble
from rateml.connectome.connectome import STRUCTURAL, Connectome
from rateml.connectome.suggest import did_you_mean
from rateml.connectome.validate import as_floats
from rateml.errors import UserError


def read_npz(source: str, path: Path) -> Connectome:
    """A connectome from an .npz file. Python objects in it are never unpickled: they are a UserError."""
    files = ZipFiles.open(path)
    names = {name.removesuffix(".npy"): name for name in files.names}
    pairs = {STRUCTURAL: (_floats(files, names, "weights"), _floats(files, names, "lengths"))}
    for key in names:
        kind, dot, name = key.partition(".")
        if not dot or kind not in ("weights", "lengths"):
            continue
        if not name or name == STRUCTURAL:
            raise UserError(
                f"{path}: '{key}' does not name further tracts; the default pair is 'weights' and 'lengths'"
            )
        pairs[name] = (_floats(files, names, f"weights.{name}"), _floats(files, names, f"lengths.{name}"))
    labels = _labels(files, names["labels"]) if "labels" in names else None
    centres = _floats(files, names, "centres").values if "centres" in names else None
    return assemble(source, Regions(str(path), labels, centres), pairs)


def write_npz(connectome: Connectome, path: Path) -> None:
    """Write a connectome as ``read_npz`` reads it; UserError when the disk or the name of the file is in the way."""
    if path.suffix != ".npz":
        raise UserError(f"the file {path} must end in .npz")
    arrays: dict[str, NDArray[Any]] = {"labels": np.array(connectome.labels)}
    arrays |= {} if connectome.centres is None else {"centres": connectome.centres}
    for name, pair in connectome.tracts.items():
        suffix = "" if name == STRUCTURAL else f".{name}"
        arrays |= {f"weights{suffix}": pair.weights, f"lengths{suffix}": pair.lengths}
    try:
        np.savez(path, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the names for its own options
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}; choose another place with -o") from error


def _floats(files: ZipFiles, names: dict[str, str], key: str) -> Named:
    where = f"{files.where}: {key}"
    if key not in names:
        without = "; for a network without delays store zeros" if key.startswith("lengths") else ""
        held = ", ".join(names) or "none"
        raise UserError(f"{files.where}: holds no array '{key}'{did_you_mean(key, names)} Arrays: {held}{without}")
    return Named(where, as_floats(where, _array(files, names[key])))


def _labels(files: ZipFiles, name: str) -> tuple[str, ...]:
    array = _array(files, name)
    if array.ndim != 1 or array.dtype.kind not in "US":
        raise UserError(
            f"{files.where}: labels: expected a list of texts, found shape {array.shape} of type {array.dtype}; "
            "store np.array(labels, dtype=str)"
        )
    try:
        return tuple(item.decode() if isinstance(item, bytes) else str(item) for item in array.tolist())
    except UnicodeDecodeError as fault:
        raise UserError(f"{files.where}: labels: not UTF-8; store np.array(labels, dtype=str)") from fault


def _array(files: ZipFiles, name: str) -> NDArray[Any]:
    stream = io.BytesIO(files.read(name))
    try:
        array: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    except (ValueError, EOFError, OSError, MemoryError, OverflowError, SyntaxError, TypeError) as fault:
        if "Object arrays" in str(fault):
            raise UserError(
                f"{files.where}: {name} holds Python objects, which are not read because they can run code; "
                "store numbers as float arrays and labels as np.array(labels, dtype=str)"
            ) from fault
        raise UserError(f"{files.where}: {name} is not a readable array ({fault}); save the file again") from fault
    return array
