"""A device that runs generated CUDA on the processor, compiled by g++ with the address sanitizer where asked."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rateml.standalone.plan import Limits, Plan

HEADER = Path(__file__).parent / "emulation.hpp"
ONE_AT_A_TIME = threading.Lock()
"""The fibers of a library are few and shared by all devices."""

needs_compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="the emulation needs g++ with C++20")


class HostBuffer:
    def __init__(self, shape: Sequence[int], dtype: np.dtype[Any]) -> None:
        self.values = np.zeros(tuple(shape), dtype)

    @property
    def address(self) -> int:
        return self.values.ctypes.data if self.values.size else 0

    def set(self, values: NDArray[Any]) -> None:
        self.values[...] = values

    def get(self) -> NDArray[Any]:
        return self.values.copy()

    def free(self) -> None:
        assert self.values is not None, "freed twice"
        self.values = None  # type: ignore[assignment]  # whatever reads it now fails


class HostCode:
    def __init__(self, path: Path, *, backwards: bool) -> None:
        self.compiled = ctypes.CDLL(str(path))
        self.backwards = backwards

    def _launch(self, name: str, *args: object) -> None:
        launch = self.compiled[f"launch_{name}"]
        launch.restype = ctypes.c_bool
        with ONE_AT_A_TIME:
            came = launch(*args, self.backwards)
        assert came, f"the threads of {name} did not all come to the same barrier"

    def prepare(self, record: NDArray[np.uint64], workers: int) -> None:
        self._launch("prepare", ctypes.c_void_p(record.ctypes.data), -(-workers // 64), 64)

    def advance(self, record: NDArray[np.uint64], blocks: int, plan: Plan) -> None:
        place = ctypes.c_void_p(record.ctypes.data)
        self._launch("advance", place, blocks, plan.threads, ctypes.c_longlong(plan.shared))

    def summarise(
        self, name: str, record: NDArray[np.uint64], words: Sequence[int], blocks: int, threads: int, shared: int
    ) -> None:
        given = [ctypes.c_longlong(word) for word in words]
        place = ctypes.c_void_p(record.ctypes.data)
        self._launch(name, place, *given, blocks, threads, ctypes.c_longlong(shared))

    def arrange(self, record: NDArray[np.uint64], steps: HostBuffer, means: HostBuffer, workers: int) -> None:
        places = [ctypes.c_void_p(buffer.address) for buffer in (steps, means)]
        self._launch("arrange", ctypes.c_void_p(record.ctypes.data), *places, -(-workers // 64), 64)


class Emulated:
    """Compiled libraries are kept in ``folder`` by their text and options; ``backwards``: threads run last to first."""

    def __init__(
        self, folder: Path, *, shared: int = 227 * 1024, cluster: int = 1, options: Sequence[str] = ("-O1",),
        backwards: bool = False,
    ) -> None:  # fmt: skip
        self.folder, self.options, self.backwards = folder, options, backwards
        self.compiler = "g++"
        self.limits = Limits("emulated", shared, 1, 2**28, "0.0", cluster=cluster)

    @contextmanager
    def active(self) -> Iterator[None]:
        yield

    def empty(self, shape: Sequence[int], dtype: np.dtype[Any]) -> HostBuffer:
        return HostBuffer(shape, dtype)

    def load(self, source: str, plan: Plan, origins: Mapping[int, str]) -> HostCode:
        macros = [f"-D{name}={value}" for name, value in plan.macros.items()]
        digest = hashlib.sha256(repr((source, macros, self.options, HEADER.read_text())).encode()).hexdigest()[:16]
        library = self.folder / f"{digest}.so"
        if not library.exists():
            own = f"{digest}.{os.getpid()}.{threading.get_ident()}"  # others may compile the same at the same time
            text, made = self.folder / f"{own}.cu", self.folder / f"{own}.so"
            text.write_text(source)
            command = ["g++", "-std=c++20", "-shared", "-fPIC", "-Wl,-Bsymbolic", "-w", *self.options, *macros]
            command += [f'-DSOURCE="{text}"', "-x", "c++", str(HEADER), "-o", str(made)]
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr[-3000:]
            text.unlink()
            made.replace(library)
        return HostCode(library, backwards=self.backwards)

    def wait(self) -> None:
        """Everything is done already."""

    def trim(self) -> None:
        """Nothing is kept."""

    def peak_bandwidth(self) -> float:
        return 1e9
