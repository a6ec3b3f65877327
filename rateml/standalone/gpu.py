"""GPUs through pycuda."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml.errors import EngineUnavailable
from rateml.standalone.device import Buffer
from rateml.standalone.nvcc import Origins, compiled, toolkit
from rateml.standalone.plan import Limits, Plan

THREADS = 256

COPIED = 2**30
"""Bytes that are copied on a GPU to see how fast its memory is."""


class GpuBuffer:
    """Memory on a GPU, freed with the object."""

    def __init__(self, driver: Any, shape: Sequence[int], dtype: np.dtype[Any]) -> None:
        self.driver, self.shape, self.dtype = driver, tuple(shape), dtype
        self.size = int(np.prod(self.shape)) * dtype.itemsize
        self.held = driver.mem_alloc(self.size) if self.size else None
        if self.held is not None:
            driver.memset_d8(self.held, 0, self.size)

    @property
    def address(self) -> int:
        return 0 if self.held is None else int(self.held)

    def set(self, values: NDArray[Any]) -> None:
        self.driver.memcpy_htod(self.held, np.ascontiguousarray(values, self.dtype))

    def get(self) -> NDArray[Any]:
        values = np.empty(self.shape, self.dtype)
        if self.held is not None:
            self.driver.memcpy_dtoh(values, self.held)
        return values


class GpuCode:
    def __init__(self, driver: Any, module: Any, plan: Plan) -> None:
        self.module = module
        self._prepare, self._advance, self._arrange = (
            module.get_function(name) for name in ("prepare", "advance", "arrange")
        )
        self._advance.set_attribute(driver.function_attribute.MAX_DYNAMIC_SHARED_SIZE_BYTES, plan.shared)

    def prepare(self, record: NDArray[np.uint64], workers: int) -> None:
        self._prepare(_as_argument(record), grid=(-(-workers // THREADS), 1), block=(THREADS, 1, 1))

    def advance(self, record: NDArray[np.uint64], blocks: int, plan: Plan) -> None:
        self._advance(_as_argument(record), grid=(blocks, 1), block=(plan.threads, 1, 1), shared=plan.shared)

    def summarise(
        self, name: str, record: NDArray[np.uint64], words: Sequence[int], blocks: int, threads: int, shared: int
    ) -> None:
        kernel, given = self.module.get_function(name), [np.int64(word) for word in words]
        kernel(_as_argument(record), *given, grid=(blocks, 1), block=(threads, 1, 1), shared=shared)

    def arrange(self, record: NDArray[np.uint64], steps: Buffer, means: Buffer, workers: int) -> None:
        addresses = [np.uintp(buffer.address) for buffer in (steps, means)]
        self._arrange(_as_argument(record), *addresses, grid=(-(-workers // THREADS), 1), block=(THREADS, 1, 1))


def _as_argument(record: NDArray[np.uint64]) -> np.void:
    """A structure that is passed by value."""
    return np.void(record.tobytes())


class Gpu:
    """One GPU; other programs that use its primary context share it."""

    def __init__(self, driver: Any, number: int) -> None:
        self.driver = driver
        self._peak: float | None = None
        device = driver.Device(number)
        self.context = device.retain_primary_context()
        attribute = driver.device_attribute
        with self.active():
            free, _ = driver.mem_get_info()
        self.limits = Limits(
            device.name(),
            device.get_attribute(attribute.MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
            device.get_attribute(attribute.MULTIPROCESSOR_COUNT),
            free,
            ".".join(str(n) for n in device.compute_capability()),
            device.pci_bus_id(),
        )

    @property
    def compiler(self) -> str:
        """nvcc with its version."""
        return toolkit()

    @contextmanager
    def active(self) -> Iterator[None]:
        self.context.push()
        try:
            yield
        finally:
            self.context.pop()

    def empty(self, shape: Sequence[int], dtype: np.dtype[Any]) -> GpuBuffer:
        try:
            return GpuBuffer(self.driver, shape, dtype)
        except self.driver.MemoryError as error:
            size = int(np.prod(tuple(shape))) * dtype.itemsize
            raise EngineUnavailable(
                f"the GPU {self.limits.name} has no {size:,} bytes left: end what else runs there, or record less"
            ) from error

    def load(self, source: str, plan: Plan, origins: Origins) -> GpuCode:
        binary = compiled(source, plan, self.limits.capability, origins)
        return GpuCode(self.driver, self.driver.module_from_buffer(binary), plan)

    def wait(self) -> None:
        self.driver.Context.synchronize()

    def peak_bandwidth(self) -> float:
        """Bytes a second, read and written, of a copy from one place of the GPU's memory to another; measured once."""
        if self._peak is None:
            self._peak = self._copy()
        return self._peak

    def _copy(self) -> float:
        size = min(COPIED, self.limits.memory // 8)
        best = float("inf")
        with self.active():
            source, target = (self.empty((size,), np.dtype(np.uint8)) for _ in range(2))
            for _ in range(6):
                self.wait()
                began = time.perf_counter()
                self.driver.memcpy_dtod(target.held, source.held, size)
                self.wait()
                best = min(best, time.perf_counter() - began)
        return 2 * size / best


def find_gpus(numbers: Sequence[int] | None = None) -> tuple[Gpu, ...]:
    """The GPUs of these numbers, None for all; EngineUnavailable says what is missing."""
    missing = lacking()
    if missing:
        raise EngineUnavailable(missing)
    import pycuda.driver as driver  # heavy, and absent from most machines

    count = driver.Device.count()
    chosen = range(count) if numbers is None else numbers
    unknown = [n for n in chosen if not 0 <= n < count]
    if unknown:
        raise EngineUnavailable(f"there is no GPU {unknown[0]}; there are {count}, numbered from 0")
    return tuple(Gpu(driver, n) for n in chosen)


def lacking() -> str | None:
    """What engine ``cuda`` lacks here and how to get it; None when it can run."""
    try:
        import pycuda.driver as driver
    except ImportError as error:
        return f"engine cuda needs pycuda ({error}): pip install 'rateml[cuda]', or pycuda alone"
    try:
        driver.init()
        count = driver.Device.count()
    except driver.Error as error:
        return (
            f"engine cuda finds no working GPU driver ({error}): install NVIDIA's driver and see that nvidia-smi works"
        )
    if count == 0:
        return "engine cuda finds no GPU: see that nvidia-smi lists one, and what CUDA_VISIBLE_DEVICES says"
    if shutil.which("nvcc") is None:
        return "engine cuda needs nvcc to compile models: install the CUDA toolkit and put its bin folder on the PATH"
    return None
