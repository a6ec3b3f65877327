"""What of ``pycuda.driver`` generated drivers call; memory of the device is memory of the process."""

from __future__ import annotations

import ctypes
import tempfile
from pathlib import Path
from typing import Any

import numpy as np


class Error(Exception):
    pass


class MemoryError(Error):
    pass


class function_attribute:
    MAX_DYNAMIC_SHARED_SIZE_BYTES = "shared"


class device_attribute:
    MAX_SHARED_MEMORY_PER_BLOCK_OPTIN = 227 * 1024
    MULTIPROCESSOR_COUNT = 1


class Context:
    def push(self) -> None:
        pass

    @staticmethod
    def pop() -> None:
        pass


class Device:
    def __init__(self, number: int) -> None:
        self.number = number

    @staticmethod
    def count() -> int:
        return 1

    def name(self) -> str:
        return "emulated"

    def retain_primary_context(self) -> Context:
        return Context()

    def get_attribute(self, attribute: int) -> int:
        return attribute

    def pci_bus_id(self) -> str:
        return "0000:00:00.0"

    def compute_capability(self) -> tuple[int, int]:
        return 9, 0


class _Held:
    def __init__(self, size: int) -> None:
        self.room = ctypes.create_string_buffer(size)

    def __int__(self) -> int:
        return ctypes.addressof(self.room)

    def free(self) -> None:
        del self.room


def init() -> None:
    pass


def mem_get_info() -> tuple[int, int]:
    return 2**28, 2**28


mem_alloc = _Held


class Stream:
    def synchronize(self) -> None:
        pass


def memset_d8_async(target: _Held, value: int, size: int, stream: Stream) -> None:
    ctypes.memset(int(target), value, size)


def memcpy_htod_async(target: _Held, values: np.ndarray[Any, Any], stream: Stream) -> None:
    ctypes.memmove(int(target), values.ctypes.data, values.nbytes)


def memcpy_dtoh_async(values: np.ndarray[Any, Any], source: _Held, stream: Stream) -> None:
    ctypes.memmove(values.ctypes.data, int(source), values.nbytes)


def memcpy_dtod_async(target: _Held, source: _Held, size: int, stream: Stream) -> None:
    ctypes.memmove(int(target), int(source), size)


class _Function:
    def __init__(self, library: ctypes.CDLL, name: str) -> None:
        self.name, self.launch = name, library[f"launch_{name}"]
        self.launch.restype = ctypes.c_bool

    def set_attribute(self, attribute: str, value: int) -> None:
        assert (attribute, self.name) == ("shared", "advance")

    def __call__(
        self, record: np.void, *addresses: np.uintp, grid: tuple[int, int], block: tuple[int, int, int], shared: int,
        stream: Stream,
    ) -> None:  # fmt: skip
        copied = ctypes.create_string_buffer(record.tobytes())
        places = [ctypes.c_void_p(int(address)) for address in addresses]
        sizes = [ctypes.c_longlong(shared)] if self.name == "advance" else []
        assert self.launch(copied, *places, grid[0], block[0], *sizes, False)


class _Module:
    def __init__(self, library: ctypes.CDLL) -> None:
        self.compiled = library

    def get_function(self, name: str) -> _Function:
        return _Function(self.compiled, name)


def module_from_buffer(code: bytes) -> _Module:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "code.so"
        path.write_bytes(code)
        return _Module(ctypes.CDLL(str(path)))
