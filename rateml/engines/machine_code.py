"""What numba compiled, on disk: a checked file per function and signature, which any number of processes may share.

Numba's own files are an index per function and numbered data. Processes that write them at once may end with an index
that points to another signature's code, and a damaged file ends in a traceback or a crash. Here a name is a hash of
everything the code depends on, a file appears complete or not at all, and its bytes are checked before they are used.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numba
from numba.core.caching import CacheImpl, FunctionCache
from numba.core.serialize import dumps

from rateml.results.disk import replace_file
from rateml.standalone.cache import cache_errors

try:
    import fcntl
except ImportError:  # Windows
    _HAS_FLOCK = False
else:
    _HAS_FLOCK = True

GENERATED = "rateml_generated_"
"""How the names of generated modules begin."""

_LONGEST_WAIT = 300.0
"""Seconds to wait for another process that compiles the same; after that it is compiled here as well."""

_LOOK_EVERY = 0.05
_SUM_BYTES: Final = hashlib.sha256().digest_size
_VERSIONS: Final = (numba.__version__, version("llvmlite"), sys.version)


class _Anywhere:
    """Numba asks where it could keep the functions of generated modules, and refuses if that is nowhere."""

    @classmethod
    def from_function(cls, function: Any, file: str) -> _Anywhere | None:
        return cls() if function.__module__.startswith(GENERATED) else None

    def get_cache_path(self) -> str:
        return ""

    def get_source_stamp(self) -> int:
        return 0

    def get_disambiguator(self) -> str:
        return ""


_DUMPS: Any = dumps  # numba's pickle
_LOCATORS: list[Any] = CacheImpl._locator_classes
_LOCATORS.insert(0, _Anywhere)


def keep_in(folder: Path, module: ModuleType) -> None:
    """Have the functions of ``module`` that numba would cache keep their machine code in ``folder`` instead."""
    for name, value in vars(module).items():
        cache = getattr(value, "_cache", None)
        if isinstance(cache, FunctionCache):
            value._cache = _Kept(cache, folder, name)


def undisturbed(work: Callable[[], None]) -> None:
    """Do what compiles in a thread of its own, and wait; raises what ``work`` raises.

    Signals raise in the main thread. There they would end the wait, but in the midst of LLVM they would leave objects
    that two own, and the process would crash.
    """
    faults: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as fault:  # handed to the thread that waits, which raises it
            faults.append(fault)

    thread = threading.Thread(target=run, name="rateml-compile", daemon=True)
    thread.start()
    thread.join()
    for fault in faults:
        raise fault


class _Kept:
    """Takes the place of the cache of one of numba's functions: what numba asks, and tells, about machine code."""

    def __init__(self, replaced: Any, folder: Path, name: str) -> None:
        self._replaced, self._folder, self._name = replaced, folder, name
        self._lock: int | None = None

    @property
    def cache_path(self) -> str:
        return str(self._folder)

    def load_overload(self, sig: object, target_context: Any) -> Any:
        """The code of a signature, or None: then numba compiles and saves it, and other processes wait for that."""
        target_context.refresh()
        path = self._path(sig, target_context.codegen())
        content = _read(path)
        if content is None:
            self._wait_for(path)
            content = _read(path)
        if content is None:
            return None
        self._let_go()
        return self._replaced._impl.rebuild(target_context, pickle.loads(content))

    def save_overload(self, sig: object, data: Any) -> None:
        try:
            if self._replaced._impl.check_cachable(data):
                content: bytes = _DUMPS(self._replaced._impl.reduce(data))
                with cache_errors(self._folder):
                    # Not forced to the disk: what a power failure leaves of it will be checked.
                    replace_file(self._path(sig, data.codegen), _sum(content) + content, sync=False)
        finally:
            self._let_go()

    def enable(self) -> None:
        """Nothing: it is always on."""

    def disable(self) -> None:
        """Nothing, as nobody asks for it."""

    def flush(self) -> None:
        """Nothing: what is on the disk stays right."""

    def _path(self, sig: object, codegen: Any) -> Path:
        key = (self._replaced._index_key(sig, codegen), _VERSIONS)
        return self._folder / f"{self._name}-{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.code"

    def _wait_for(self, path: Path) -> None:
        """Wait while another process compiles the same, as long as it lives. To go on without is safe, only slow."""
        self._let_go()  # of what a failed compilation never saved
        if not _HAS_FLOCK:
            return
        with suppress(OSError):  # a folder that only others may write, a network file system without locks
            self._lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o644)
            until = time.monotonic() + _LONGEST_WAIT
            while time.monotonic() < until:
                try:
                    fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    time.sleep(_LOOK_EVERY)
                else:
                    return

    def _let_go(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _read(path: Path) -> bytes | None:
    """The content of a file that is whole; None for any other."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    content = data[_SUM_BYTES:]
    return content if data[:_SUM_BYTES] == _sum(content) else None


def _sum(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
