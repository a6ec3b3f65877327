"""Where compiled code is kept: the user's cache directory, by content, never in an installed package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rateml.errors import UserError


def cache_folder() -> Path:
    """``RATEML_CACHE_DIR``, else ``rateml`` in the user's cache directory."""
    named = os.environ.get("RATEML_CACHE_DIR")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "rateml"


@contextmanager
def cache_errors(folder: Path) -> Iterator[None]:
    """Turn an OSError into a UserError that says what to do."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"cannot keep compiled code in {folder}: {error.strerror}; set RATEML_CACHE_DIR to a folder you can write"
        ) from error
