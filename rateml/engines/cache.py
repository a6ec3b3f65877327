"""Where compiled code is kept: the user's cache directory, by content, never in an installed package."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from rateml.codegen import Artifact
from rateml.errors import InternalError, UserError


def cache_folder() -> Path:
    """``RATEML_CACHE_DIR``, else ``rateml`` in the user's cache directory."""
    named = os.environ.get("RATEML_CACHE_DIR")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "rateml"


def load_module(artifact: Artifact) -> ModuleType:
    """Import a generated module from the cache; numba keeps what it compiles beside it."""
    name = f"rateml_generated_{artifact.digest[:32]}"
    if name in sys.modules:
        return sys.modules[name]
    path = _store(artifact)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InternalError(f"cannot import {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[name] = module
    return module


def _store(artifact: Artifact) -> Path:
    """The artifact's entry as a file; written by rename, so that no other process reads half of it."""
    folder = cache_folder() / "numba" / artifact.digest[:32]
    path = folder / artifact.entry
    text = artifact.files[artifact.entry]
    try:
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return path
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".new")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError as error:
        raise UserError(
            f"cannot keep compiled code in {folder}: {error.strerror}; set RATEML_CACHE_DIR to a folder you can write"
        ) from error
    return path
