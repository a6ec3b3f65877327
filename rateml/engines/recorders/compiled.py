"""The compiled inner loops, imported from the user's cache so that numba keeps its results there."""

from __future__ import annotations

import functools
from importlib import resources
from types import ModuleType

from rateml.codegen import Artifact
from rateml.engines.cache import load_module

_SHARED = ("options.py", "elementary.py")
"""What every file of loops is built on: a change in one must not leave old code in the cache."""


@functools.cache
def kernels(name: str) -> ModuleType:
    """The file ``name`` of ``rateml.engines.recorder_kernels``."""
    folder = resources.files("rateml.engines.recorder_kernels")
    entry = f"{name}.py"
    files = {file: folder.joinpath(file).read_text(encoding="utf-8") for file in (entry, *_SHARED)}
    return load_module(Artifact("numba", files, entry, ()))
