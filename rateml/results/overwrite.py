"""``--overwrite``: clearing away an old store."""

from __future__ import annotations

import shutil
from pathlib import Path

from rateml.errors import StoreError
from rateml.results.disk import disk_errors, sync_folders
from rateml.results.lock import Lock
from rateml.results.manifest import run_folder
from rateml.results.store import read_store_id

_ROTATED = ("manifest.json", "layout.json", "events.jsonl", "control", "inputs", "check-dt.json")
"""What of a run folder belongs to the store and not to whoever holds the lock."""


def clear(path: Path, lock: Lock) -> None:
    """Remove the store at ``path`` with what is beside it; nothing when there is none.

    The caller holds the lock, so no other run writes it. It disappears as a whole: a crash leaves no half of it.
    Raises StoreError when ``path`` is no rateml store, and when the disk fails.
    """
    if not (path.exists() or path.is_symlink()):
        return
    try:
        read_store_id(path)
    except StoreError:
        raise StoreError(
            f"{path} exists and is no rateml store, so --overwrite leaves it alone: choose another -o"
        ) from None
    if path.is_symlink():
        raise StoreError(f"{path} is a link, so --overwrite leaves it alone: remove it, or name the store itself")
    lock.check()
    folder = run_folder(path)
    old = folder / "new-overwritten"  # what `create` clears away as well, should this be interrupted
    with disk_errors(path, "choose another -o"):
        shutil.rmtree(old, ignore_errors=True)
        path.rename(old)
        sync_folders([path.parent, folder])
        for name in _ROTATED:
            file = folder / name
            if file.is_dir():
                shutil.rmtree(file)
            else:
                file.unlink(missing_ok=True)
        shutil.rmtree(old)
