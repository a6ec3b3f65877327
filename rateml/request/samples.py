"""A drive from a file: ``time`` in ms and ``value[time, region]``, the previous sample held."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml.errors import UserError
from rateml.request.arrays import load_arrays
from rateml.request.moments import first_step
from rateml.request.regional import region_index

REGION = "region"
"""The array of labels that says which column of ``value`` is which region's."""


@dataclass(frozen=True, eq=False)
class Samples:
    """``value[k]`` (sample, region; base units) holds from step ``start[k]`` to the next sample's; before the first, 0.

    ``start`` ascends; of several samples at one step the last counts.
    """

    start: NDArray[np.int64]
    value: NDArray[np.float64] = field(repr=False)

    def add_to(self, out: NDArray[np.float64], first: int) -> None:
        """See drives.Source."""
        held = np.searchsorted(self.start, np.arange(first, first + len(out)), side="right") - 1
        since = int(np.searchsorted(held, 0))
        out[since:] += self.value[held[since:]]

    @property
    def content(self) -> Mapping[str, Any]:
        sha = hashlib.sha256(self.start.astype("<i8").tobytes())
        sha.update(np.ascontiguousarray(self.value, "<f8").tobytes())
        return {"samples": len(self.start), "digest": sha.hexdigest()}

    @property
    def ends(self) -> int:
        return max(0, int(self.start[-1]))


def read_samples(
    path: Path, option: str, regions: Sequence[str], dt: float, steps: int, unit: str
) -> tuple[Samples, list[str]]:
    """The samples and warnings. The file may hold ``region``, labels by which columns are joined; without, columns
    are in the order of the connectome's regions."""
    if path.suffix != ".npz" or not path.is_file():
        why = f"there is no file {path}" if path.suffix == ".npz" else f"{path} is no .npz"
        raise UserError(f"{option}: {why}; give a file with time (ms) and value[time, region], or pulse(…)@REGION")
    arrays, labels = load_arrays(path, option, texts=(REGION,))
    unknown = [name for name in arrays if name not in ("time", "value")]
    if unknown or "time" not in arrays or "value" not in arrays:
        told = f"has {', '.join(sorted(unknown))}" if unknown else f"has only {', '.join(sorted(arrays)) or 'nothing'}"
        measured = f" in {unit}" if unit != "1" else ""
        raise UserError(f"{option}: the file {told}; it needs time (ms), value[time, region]{measured}, maybe {REGION}")
    time, value = arrays["time"], arrays["value"]
    if time.ndim != 1 or not time.size or not np.isfinite(time).all() or (np.diff(time) <= 0).any():
        raise UserError(f"{option}: time must be a list of finite, ascending times in ms, one per sample")
    columns = _columns(labels.get(REGION), regions, option)
    if value.shape != (time.size, len(regions)):
        raise UserError(
            f"{option}: value has shape {value.shape}; it needs ({time.size}, {len(regions)}), time by region"
        )
    if not np.isfinite(value).all():
        k, region = np.argwhere(~np.isfinite(value))[0]
        raise UserError(f"{option}: value is not finite at {time[k]:g} ms, column {region + 1}; put 0 for no drive")
    start = first_step(time, dt)
    seen = np.append(start[1:] > start[:-1], True) & (start < steps)
    warnings = []
    if start[0] >= steps:
        warnings.append(f"{option}: the samples begin at {time[0]:g} ms, after the simulation's end: the drive is 0")
    elif np.any(~seen & (start < steps)):
        skipped = int(np.sum(~seen & (start < steps)))
        warnings.append(
            f"{option}: {skipped:,} of {time.size:,} samples fall between steps of {dt:g} ms and are unseen"
        )
    ordered = np.empty_like(value)
    ordered[:, columns] = value
    return Samples(start, ordered), warnings


def _columns(labels: Sequence[str] | None, regions: Sequence[str], option: str) -> list[int]:
    """The region of every column of the file."""
    if labels is None:
        return list(range(len(regions)))
    columns = [region_index(label, regions, f"{option}, {REGION}") for label in labels]
    twice = next((label for label in labels if list(labels).count(label) > 1), None)
    if twice is not None:
        raise UserError(f"{option}, {REGION}: '{twice}' stands twice")
    missing = [label for label in regions if label not in labels]
    if missing:
        told = ", ".join(f"'{label}'" for label in missing[:4]) + (", …" if len(missing) > 4 else "")
        raise UserError(
            f"{option}, {REGION}: lacks {len(missing)} of {len(regions)} regions: {told}; add a column each"
        )
    return columns
