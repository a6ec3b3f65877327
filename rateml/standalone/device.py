"""What the engine asks of a device."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rateml.standalone.nvcc import Origins
from rateml.standalone.plan import Limits, Plan


class Buffer(Protocol):
    """An array on the device; ``address`` is 0 of an empty one."""

    @property
    def address(self) -> int: ...

    def set(self, values: NDArray[Any]) -> None: ...

    def get(self) -> NDArray[Any]: ...

    def free(self) -> None:
        """Give the memory back; the device must be active, which it need not be when an object ends."""


class Code(Protocol):
    """Compiled kernels; ``record`` is what ``pack`` gives."""

    def prepare(self, record: NDArray[np.uint64], workers: int) -> None: ...

    def advance(self, record: NDArray[np.uint64], blocks: int, plan: Plan) -> None: ...

    def summarise(
        self, name: str, record: NDArray[np.uint64], words: Sequence[int], blocks: int, threads: int, shared: int
    ) -> None:
        """Launch one of the kernels of ``summaries``, whose ``words`` are addresses and whole numbers."""

    def arrange(self, record: NDArray[np.uint64], steps: Buffer, means: Buffer, workers: int) -> None: ...


class Device(Protocol):
    """A GPU; everything but ``trim`` is called between entering and leaving ``active``, by any threads at a time."""

    @property
    def limits(self) -> Limits: ...

    @property
    def compiler(self) -> str:
        """What compiles for it, with its version."""

    def active(self) -> AbstractContextManager[None]: ...

    def empty(self, shape: Sequence[int], dtype: np.dtype[Any]) -> Buffer:
        """Memory full of zeros."""

    def load(self, source: str, plan: Plan, origins: Origins) -> Code:
        """Compiled kernels; ``origins`` say of lines of the code where in the model file they come from."""

    def wait(self) -> None: ...

    def trim(self) -> None:
        """Give memory that was freed, and is kept to be used again, back to the GPU."""

    def peak_bandwidth(self) -> float:
        """Bytes a second, read and written, of a copy within the device's memory."""
