"""``manifest.json``: what a store is and which of its units are safely on disk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rateml.errors import StoreError
from rateml.results.disk import replace_file
from rateml.results.layout import JSON
from rateml.results.numbers import to_plain

FORMAT = 1


def run_folder(store: Path) -> Path:
    """The folder beside a store with its manifest, lock, events and control: ``out.zarr`` → ``out.zarr.run``."""
    return store.with_name(store.name + ".run")


@dataclass(frozen=True)
class Manifest:
    """``store`` is the id that the store carries too; ``layout`` a Layout's digest; ``done`` indices of units.

    In ``identity`` infinity is the text "inf", as JSON has no such number.
    """

    store: str
    layout: str
    units: int
    identity: Mapping[str, JSON]
    done: frozenset[int] = frozenset()

    def with_done(self, units: Iterable[int]) -> Manifest:
        return replace(self, done=self.done.union(units))


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write and sync a manifest, replacing the old one atomically. Raises OSError."""
    content = {
        "format": FORMAT,
        "store": manifest.store,
        "layout": manifest.layout,
        "units": manifest.units,
        "done": to_ranges(manifest.done),
        "identity": to_plain(manifest.identity),
    }
    replace_file(path, (json.dumps(content, indent=1, allow_nan=False) + "\n").encode())


def read_manifest(path: Path) -> Manifest:
    """Read a manifest. Raises StoreError when it is missing, damaged or of a newer rateml."""
    damaged = f"{path} is damaged: restore it from a backup, or start again with another -o"
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != FORMAT:
            raise StoreError(f"{path} has format {content['format']}, this rateml reads {FORMAT}: use the newer rateml")
        manifest = Manifest(
            content["store"],
            content["layout"],
            content["units"],
            to_plain(content["identity"]),
            from_ranges(content["done"]),
        )
    except FileNotFoundError as error:
        raise StoreError(
            f"there is no {path}, and without it the store can only be read: a store and its {path.parent.name} belong "
            "together, move both"
        ) from error
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}; without it the store cannot be resumed") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(damaged) from error
    texts = isinstance(manifest.store, str) and isinstance(manifest.layout, str)
    if not texts or not isinstance(manifest.identity, dict) or not all(0 <= n < manifest.units for n in manifest.done):
        raise StoreError(damaged)
    return manifest


def to_ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Sorted numbers as inclusive ranges: {0, 1, 2, 7} → [[0, 2], [7, 7]]."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def from_ranges(ranges: Iterable[Iterable[int]]) -> frozenset[int]:
    """The inverse of ``to_ranges``. Raises TypeError or ValueError on anything else."""
    pairs = [(int(first), int(last)) for first, last in ranges]
    return frozenset(n for first, last in pairs for n in range(first, last + 1))
