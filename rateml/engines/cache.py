"""Generated modules and their compiled code, kept in the user's cache directory by content."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import suppress
from importlib.abc import ExecutionLoader
from pathlib import Path
from types import ModuleType

from rateml.codegen import Artifact
from rateml.engines.machine_code import GENERATED, keep_in
from rateml.errors import InternalError
from rateml.results.disk import replace_file
from rateml.standalone.cache import cache_errors, cache_folder


def load_module(artifact: Artifact) -> ModuleType:
    """Import a generated module; numba keeps what it compiles in the cache, beside the text."""
    name = f"{GENERATED}{artifact.digest[:32]}"
    if name in sys.modules:
        return sys.modules[name]
    folder = _folder(artifact)
    path = folder / artifact.entry
    text = artifact.files[artifact.entry]
    _store(path, text.encode())
    spec = importlib.util.spec_from_file_location(name, path, loader=_Text(text, path))
    if spec is None or spec.loader is None:
        raise InternalError(f"cannot import {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    keep_in(folder, module)
    sys.modules[name] = module
    return module


def is_compiled(artifact: Artifact) -> bool:
    """Whether code of the module was kept by a run before this one, so that it need not be compiled."""
    return any(_folder(artifact).glob("*.code"))


def _folder(artifact: Artifact) -> Path:
    return cache_folder() / "numba" / artifact.digest[:32]


class _Text(ExecutionLoader):
    """Imports from the text itself, whatever the disk has: Python's own compiled files are trusted unchecked."""

    def __init__(self, text: str, path: Path) -> None:
        self.text, self.path = text, path

    def get_source(self, fullname: str) -> str:
        return self.text

    def get_filename(self, fullname: str) -> str:
        """Where tracebacks and numba look for the text."""
        return str(self.path)


def _store(path: Path, text: bytes) -> None:
    """Keep a generated module as a file; written by rename, so that no other process reads half of it."""
    with suppress(OSError):
        if path.read_bytes() == text:
            return
    with cache_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text, sync=False)
