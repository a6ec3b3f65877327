"""Reading NumPy's files as a user hands them in: whatever is wrong with one is told, never raised."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rateml.errors import UserError

_FAULTS = (OSError, ValueError, EOFError, TypeError, KeyError, MemoryError, SyntaxError, NotImplementedError,
           zipfile.BadZipFile, zlib.error)  # fmt: skip


def load_arrays(
    path: Path, what: str, texts: Sequence[str] = ()
) -> tuple[dict[str, NDArray[np.float64]], dict[str, tuple[str, ...]]]:
    """The arrays of an .npz by name, or that of an .npy under the name ``""``; and those named in ``texts``, labels.

    Raises UserError that names ``what``.
    """
    try:
        with path.open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            single = isinstance(loaded, np.ndarray)
            found = {"": loaded} if single else {name: loaded[name] for name in loaded.files}
    except _FAULTS as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise UserError(f"{what}: cannot read {path}: {error.strerror}") from None
        raise UserError(
            f"{what}: {path} is no file of numbers that numpy.savez or numpy.save wrote{_conversion(path)}"
        ) from None
    labels: dict[str, tuple[str, ...]] = {}
    for name in [name for name in texts if name in found]:
        array = found.pop(name)
        if array.dtype.kind != "U" or array.ndim != 1:
            raise UserError(f"{what}: '{name}' of {path} is no list of labels; store np.array(labels, dtype=str)")
        labels[name] = tuple(array.tolist())
    for name, array in found.items():
        if array.dtype.kind not in "fiub":
            told = f"'{name}' of {path}" if name else str(path)
            raise UserError(f"{what}: {told} holds {array.dtype}, not real numbers; save it as float64")
    return {name: np.asarray(array, dtype=np.float64) for name, array in found.items()}, labels


def _conversion(path: Path) -> str:
    """How to make an .npy of a table of numbers; nothing for other files."""
    if path.suffix not in (".csv", ".txt"):
        return ""
    return f"; make one: numpy.save('{path.stem}.npy', numpy.loadtxt('{path.name}', delimiter=','))"
