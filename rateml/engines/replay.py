"""Choosing one simulation of a store, and making sure that its inputs are still those of the store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rateml.errors import StoreError, UserError
from rateml.results import differences, open_results
from rateml.results.layout import JSON
from rateml.results.selection import look_up, position


def simulation_at(store: Path, select: Mapping[str, str]) -> tuple[int, int]:
    """(point, trial) of the simulation that ``select`` names, numbered in C order and from 0.

    Raises UserError for a dimension or value that the store lacks, and for one that is left open.
    """
    with open_results(store) as results:
        status = results["status"].load()
    sizes = {str(dim): status.sizes[dim] for dim in status.dims}
    for name in select:
        if not sizes:
            raise UserError(f"--sel {name}: {store} holds one simulation; leave out --sel")
        look_up("dimension", name, sizes)
    left = [name for name, size in sizes.items() if size > 1 and name not in select]
    if left:
        example = ",".join(f"{name}=…" for name in left)
        raise UserError(f"which simulation of {store}? Say the value of {', '.join(left)}: --sel {example}")
    at = {name: position(status, name, select[name]) if name in select else 0 for name in sizes}
    trial = at.pop("trial", 0)
    point = 0
    for name, index in at.items():
        point = point * sizes[name] + index
    return point, trial


def require_inputs(
    store: Path, old: Mapping[str, JSON], new: Mapping[str, JSON], connectome: str, *, force: bool
) -> None:
    """Raise StoreError when a run of the kept inputs would not be the run of the store."""
    found = [d for d in differences(old, new) if not (force and d.forcible)]
    if any(d.key == "connectome.digest" for d in found):
        raise StoreError(
            f"the connectome {connectome} is not the one that {store} was made with: put the old data back, or say "
            "where they are with --connectome"
        )
    if not found:
        return
    lines = "".join(f"\n  {d}" for d in found)
    if all(d.forcible for d in found):
        raise StoreError(f"{store} was made elsewhere, so the last bits may differ; --force replays anyway:{lines}")
    raise StoreError(f"{store} cannot be replayed bit for bit; use the rateml that made it:{lines}")
