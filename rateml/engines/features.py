"""What of a machine and its packages the last bits of a result may depend on."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from importlib.metadata import version
from math import ceil

from rateml.engines.cgroup import cpu_limit, memory_limit


def cores() -> int:
    """The cores that this process may use."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        count = os.cpu_count() or 1
    quota = cpu_limit()
    return count if quota is None else max(1, min(count, ceil(quota)))


def machine_memory() -> int | None:
    """The memory in bytes that this machine has and this process may use; None where it does not tell."""
    limit = memory_limit()
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return limit
    return size if limit is None else min(size, limit)


def resident_memory() -> int | None:
    """The memory in bytes that this process takes now; None where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, AttributeError, ValueError, IndexError):  # macOS and Windows
        return None


def versions() -> dict[str, str]:
    """The packages that make the numbers."""
    return {name: _version(name) for name in ("rateml", "numpy", "numba", "llvmlite")}


@cache  # reading a package's metadata takes longer than a short simulation
def _version(name: str) -> str:
    return version(name)


def features() -> dict[str, str]:
    """The processor as the compiler sees it."""
    from llvmlite import binding  # type: ignore[import-untyped]  # ships no types

    flags = ",".join(sorted(name for name, on in binding.get_host_cpu_features().items() if on))
    return {"cpu": binding.get_host_cpu_name(), "flags": hashlib.sha256(flags.encode()).hexdigest()[:16]}
