"""The machine code of generated CUDA: nvcc compiles it once, the user's cache keeps it."""

from __future__ import annotations

import functools
import hashlib
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from rateml.errors import InternalError
from rateml.standalone.cache import cache_errors, cache_folder
from rateml.standalone.plan import Plan

OPTIONS = ("-std=c++17", "-O3", "-diag-suppress", "177", "-prec-div=false")
"""Quotients of float32 are within 2 units of the last place, unless the code asks for others; those of float64 are
rounded as IEEE 754 says."""

Origins = Mapping[int, str]
"""For lines of the generated code, where in the model file they come from."""


@functools.cache
def toolkit() -> str:
    """The compiler's name and version."""
    done = subprocess.run(["nvcc", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\bV(\d[\d.]*)", done.stdout)
    return f"nvcc {found[1] if found else done.stdout.strip()}"


def compiled(source: str, plan: Plan, capability: str, origins: Origins) -> bytes:
    """The machine code of generated CUDA for one plan; InternalError says which line nvcc refuses."""
    macros = [f"-D{name}={value}" for name, value in plan.macros.items()]
    options = [*OPTIONS, f"-arch=sm_{capability.replace('.', '')}", *macros]
    folder = cache_folder() / "cuda"
    digest = hashlib.sha256("\0".join([source, toolkit(), *options]).encode()).hexdigest()[:32]
    kept = folder / f"{digest}.cubin"
    if kept.exists():
        return kept.read_bytes()
    with cache_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        text = folder / f"{digest}.cu"
        _replace(text, source.encode())
    code = _run_nvcc(text, options, origins)
    with cache_errors(folder):
        _replace(kept, code)
    return code


def _replace(path: Path, data: bytes) -> None:
    """A reader sees the old bytes or the new, never a part."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_bytes(data)
    new.replace(path)


def _run_nvcc(text: Path, options: Sequence[str], origins: Origins) -> bytes:
    made = text.with_suffix(f".{os.getpid()}.making")
    done = subprocess.run(
        ["nvcc", *options, "-cubin", "-o", str(made), str(text)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InternalError(f"nvcc does not compile {text}: {_refused(done.stderr, origins)}")
    code = made.read_bytes()
    made.unlink()
    return code


def _refused(said: str, origins: Origins) -> str:
    """The first error with its line, and what of the model that line comes from."""
    first = re.search(r"\((\d+)\): error: (.*)", said)
    if first is None:
        return said.strip()[-500:]
    origin = origins.get(int(first[1]))
    return f"line {first[1]}: {first[2]}" + (f"; the line comes from {origin}" if origin else "")
