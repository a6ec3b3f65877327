"""Runs as their stores and the files beside them tell of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from rateml import api
from rateml.errors import StoreError
from rateml.results import is_held, read_events, read_manifest, request, requested, run_folder

_MOST_EVENTS = 2_000
"""Events in one answer: a long log comes in several, so that the dashboard holds little of it at a time."""


def history(folder: str, stores: list[str]) -> list[dict[str, Any]]:
    """What is known of every store in a folder and of those named, without opening them."""
    found = {run.with_name(run.name.removesuffix(".run")) for run in Path(folder).glob("*.zarr.run")}
    return [_store(path) for path in sorted(found | {Path(s) for s in stores})]


def _store(path: Path) -> dict[str, Any]:
    known: dict[str, Any] = {"store": str(path), "held": is_held(run_folder(path)), "asked": requested(path)}
    try:
        manifest = read_manifest(run_folder(path) / "manifest.json")
    except StoreError as error:
        return known | {"error": str(error), "units": 0, "done": 0, "at": 0.0}
    identity: Any = manifest.identity
    return known | {
        "error": "",
        "units": manifest.units,
        "done": len(manifest.done),
        "model": identity["model"]["name"],
        "engine": identity["engine"],
        "at": (run_folder(path) / "manifest.json").stat().st_mtime,
    }


def follow(store: str, offset: int, most: int = _MOST_EVENTS) -> dict[str, Any]:
    """The events of a run from byte ``offset`` on, at most ``most`` of them, and whether it is alive."""
    held = is_held(run_folder(Path(store)))  # before its events: who dies in between is seen the next time
    events, offset = read_events(run_folder(Path(store)), offset, most)
    return {"events": events, "offset": offset, "held": held, "asked": requested(store)}


def ask(store: str, command: Literal["run", "pause", "cancel"]) -> None:
    """Ask a run to pause, to go on or to stop."""
    request(store, command)


def command(store: str, out: str) -> list[str]:
    """The command line that makes a store again."""
    return list(api.reproducing(Path(store), Path(out)))
