"""Where a driver's results go: an .npz that stands there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml.errors import UserError


def check_output(path: Path, connectome: Path, *, overwrite: bool) -> None:
    """UserError, before anything is computed, where results cannot be written or would replace what is there."""
    if path.suffix != ".npz":
        raise UserError(f"the output {path} must end in .npz")
    if path.exists() and connectome.exists() and path.samefile(connectome):
        raise UserError(f"the output {path} is the connectome: choose another -o")
    if path.exists() and not (overwrite and path.is_file()):
        way = ", or add --overwrite" if path.is_file() else ""
        raise UserError(f"{path} exists: choose another -o{way}")
    try:
        _part(path).touch()
        _part(path).unlink()
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}; choose another place with -o") from error


def save(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write the arrays; what stood there stays until they are written."""
    part = _part(path)
    try:
        with part.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the names for its own options
        part.replace(path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.part")
