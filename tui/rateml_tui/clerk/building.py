"""The code of a model for a target."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from rateml import api


def code(path: str, target: str, precision: Literal["float32", "float64"]) -> dict[str, Any]:
    """The files that ``rateml build`` would write."""
    artifact = api.build(path, target, precision)
    return {"files": artifact.files, "entry": artifact.entry, "notes": artifact.notes, "digest": artifact.digest}


def write(path: str, target: str, precision: Literal["float32", "float64"], folder: str) -> list[str]:
    """Write the files; their paths."""
    return [str(p) for p in api.build(path, target, precision).write(Path(folder))]
