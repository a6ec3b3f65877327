"""Writing so that it survives a crash, and telling the user what the disk said."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from rateml.errors import StoreError

_REASONS = {
    errno.ENOSPC: ("the disk is full", "free some space"),
    errno.EDQUOT: ("the disk quota is used up", "free some space"),
    errno.EFBIG: ("the file would be larger than the limit on file sizes", "raise that limit"),
    errno.EROFS: ("the file system is read-only", "make it writable"),
    errno.EACCES: ("no permission to write there", "get that permission"),
    errno.EPERM: ("no permission to write there", "get that permission"),
    errno.ENOTDIR: ("a part of the path is a file", "move it"),
}


@contextmanager
def disk_errors(path: Path, way_out: str) -> Iterator[None]:
    """Turn an OSError into a StoreError that names ``path``, the reason and ``way_out``.

    ``{mend}`` in ``way_out`` becomes what puts the reason right.
    """
    try:
        yield
    except OSError as error:
        reason, mend = _REASONS.get(error.errno or 0, (error.strerror or str(error), "put that right"))
        raise StoreError(f"cannot write {path}: {reason}; {way_out.replace('{mend}', mend)}") from error


def sync_file(path: Path) -> None:
    """Force a file's bytes to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folders(folders: Iterable[Path]) -> None:
    """Force the entries of folders to the disk (where the system can: Windows does it by itself)."""
    if os.name != "nt":
        for folder in folders:
            sync_file(folder)


def replace_file(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Replace a file's content: a reader sees the old bytes or the new, never a part. Raises OSError.

    With ``sync`` the new bytes are on the disk on return.
    """
    new = path.with_name(f"{path.name}.{uuid4().hex}.new")
    try:
        with new.open("xb") as file:
            file.write(data)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    if sync:
        sync_folders([path.parent])
