"""GPUs through pycuda."""

from __future__ import annotations

import shutil
import threading
import time
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml.errors import EngineUnavailable
from rateml.standalone.device import Buffer
from rateml.standalone.nvcc import Origins, compiled, toolkit
from rateml.standalone.plan import Limits, Plan

THREADS = 256

MOST_BLOCKS = 8
"""Of a cluster, on every GPU that has clusters (capability 9.0 and later)."""

COPIED = 2**30
"""Bytes that are copied on a GPU to see how fast its memory is."""

LAUNCHED = ("prepare", "advance", "arrange", "correlate", "correlations", "balloon")


class GpuBuffer:
    """Memory on a GPU until ``free``; copies are queued in the thread's stream."""

    def __init__(self, gpu: Gpu, shape: Sequence[int], dtype: np.dtype[Any]) -> None:
        self.gpu, self.shape, self.dtype = gpu, tuple(shape), dtype
        self.size = int(np.prod(self.shape)) * dtype.itemsize
        self.room: int = 0
        self.held: Any = None
        if self.size:
            self.room, self.held = gpu.take(self.size)
        if self.held is not None:
            gpu.driver.memset_d8_async(self.held, 0, self.size, gpu.stream)

    @property
    def address(self) -> int:
        return 0 if self.held is None else int(self.held)

    def set(self, values: NDArray[Any]) -> None:
        self.gpu.driver.memcpy_htod_async(self.held, np.ascontiguousarray(values, self.dtype), self.gpu.stream)

    def get(self) -> NDArray[Any]:
        values = np.empty(self.shape, self.dtype)
        if self.held is not None:
            self.gpu.wait()
            self.gpu.driver.memcpy_dtoh_async(values, self.held, self.gpu.stream)
            self.gpu.wait()
        return values

    def free(self) -> None:
        if self.held is not None:
            self.gpu.leave(self.room, self.held)
            self.held = None


class GpuCode:
    def __init__(self, gpu: Gpu, module: Any, plan: Plan) -> None:
        self.gpu, self.module = gpu, module
        # all of them now: the driver may load a kernel only when it is asked for
        self.kernels = {name: module.get_function(name) for name in LAUNCHED}
        self.kernels["advance"].set_attribute(gpu.driver.function_attribute.MAX_DYNAMIC_SHARED_SIZE_BYTES, plan.shared)

    def prepare(self, record: NDArray[np.uint64], workers: int) -> None:
        self._launch("prepare", record, (), -(-workers // THREADS), THREADS)

    def advance(self, record: NDArray[np.uint64], blocks: int, plan: Plan) -> None:
        self._launch("advance", record, (), blocks, plan.threads, plan.shared)

    def summarise(
        self, name: str, record: NDArray[np.uint64], words: Sequence[int], blocks: int, threads: int, shared: int
    ) -> None:
        self._launch(name, record, map(np.int64, words), blocks, threads, shared)

    def arrange(self, record: NDArray[np.uint64], steps: Buffer, means: Buffer, workers: int) -> None:
        addresses = [np.uintp(buffer.address) for buffer in (steps, means)]
        self._launch("arrange", record, addresses, -(-workers // THREADS), THREADS)

    def _launch(
        self, name: str, record: NDArray[np.uint64], words: Iterable[Any], blocks: int, threads: int, shared: int = 0
    ) -> None:
        structure = np.void(record.tobytes())  # passed by value
        self.kernels[name](
            structure, *words, grid=(blocks, 1), block=(threads, 1, 1), shared=shared, stream=self.gpu.stream
        )


class Gpu:
    """One GPU; other programs that use its primary context share it.

    Memory that is freed is kept for who asks for as much or less next: giving it back waits for all that runs.
    """

    def __init__(self, driver: Any, number: int) -> None:
        self.driver = driver
        self._peak: float | None = None
        self._guard = threading.Lock()
        self._thread = threading.local()
        self._streams: list[Any] = []
        self._spare: list[tuple[int, Any]] = []
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
            MOST_BLOCKS if device.compute_capability() >= (9, 0) else 1,
        )

    @property
    def compiler(self) -> str:
        """nvcc with its version."""
        return toolkit()

    @property
    def stream(self) -> Any:
        """That of this thread while it is in ``active``."""
        return self._thread.stream

    @contextmanager
    def active(self) -> Iterator[None]:
        """Make the GPU the thread's, with a stream of its own whose work is done in the end."""
        if getattr(self._thread, "stream", None) is not None:
            yield
            return
        self.context.push()
        try:
            with self._guard:
                stream = self._streams.pop() if self._streams else self.driver.Stream()
            self._thread.stream = stream
            try:
                yield
                stream.synchronize()
            finally:
                self._thread.stream = None
                with self._guard:
                    self._streams.append(stream)
        finally:
            self.context.pop()

    def take(self, size: int) -> tuple[int, Any]:
        """Memory of so many bytes or more, and how many: the least of what is kept that is enough."""
        with self._guard:
            k = bisect_left(self._spare, size, key=itemgetter(0))
            if k < len(self._spare):
                return self._spare.pop(k)
            try:
                return size, self.driver.mem_alloc(size)
            except self.driver.MemoryError:
                self._forget()
                return size, self.driver.mem_alloc(size)

    def leave(self, size: int, held: Any) -> None:
        """Keep memory that nobody uses any more."""
        with self._guard:
            insort(self._spare, (size, held), key=itemgetter(0))

    def trim(self) -> None:
        """Give back to the GPU what is kept."""
        with self.active(), self._guard:
            self._forget()

    def _forget(self) -> None:
        for _, held in self._spare:
            held.free()
        self._spare.clear()

    def empty(self, shape: Sequence[int], dtype: np.dtype[Any]) -> GpuBuffer:
        try:
            return GpuBuffer(self, shape, dtype)
        except self.driver.MemoryError as error:
            size = int(np.prod(tuple(shape))) * dtype.itemsize
            raise EngineUnavailable(
                f"the GPU {self.limits.name} has no {size:,} bytes left: end what else runs there, or record less"
            ) from error

    def load(self, source: str, plan: Plan, origins: Origins) -> GpuCode:
        binary = compiled(source, plan, self.limits.capability, origins)
        return GpuCode(self, self.driver.module_from_buffer(binary), plan)

    def wait(self) -> None:
        self.stream.synchronize()

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
                self.driver.memcpy_dtod_async(target.held, source.held, size, self.stream)
                self.wait()
                best = min(best, time.perf_counter() - began)
            source.free()
            target.free()
        self.trim()
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
    except ModuleNotFoundError as error:
        first = "" if shutil.which("nvcc") else "install the CUDA toolkit, put its bin folder on the PATH, then "
        return f"engine cuda needs pycuda ({error}): {first}pip install 'rateml[cuda]', or pycuda alone"
    except ImportError as error:
        return (
            f"engine cuda cannot load pycuda ({error}): libcuda comes with NVIDIA's driver, where there is a GPU; for "
            "another library build pycuda again, pip install --no-cache-dir --force-reinstall --no-deps pycuda"
        )
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
