"""What Linux's control groups, and so containers and batch systems, allow this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


def memory_limit() -> int | None:
    """The smallest limit on memory in bytes, of version 2 or 1; None without one."""
    found = [int(text) for text in _texts("memory", "memory.max", "memory.limit_in_bytes") if text.isdigit()]
    return min(found, default=None)


def cpu_limit() -> float | None:
    """The smallest quota of processor time in cores; None without one."""
    found = []
    for text in _texts("cpu", "cpu.max", "cpu.cfs_quota_us"):
        quota, _, period = text.partition(" ")
        period = period or next(_texts("cpu", "", "cpu.cfs_period_us"), "100000")
        if quota.isdigit() and period.isdigit() and int(quota) and int(period):
            found.append(int(quota) / int(period))
    return min(found, default=None)


def _texts(controller: str, new: str, old: str) -> Iterator[str]:
    """The files ``new`` (version 2) and ``old`` (version 1) of our group and of all around it, innermost first."""
    for line in (_read(OWN) or "").splitlines() or ["0::/"]:
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if controllers and controller not in controllers.split(","):
            continue
        name, root = (old, ROOT / controller) if controllers else (new, ROOT)
        group = root / path.strip("/")
        for folder in (group, *(p for p in group.parents if p.is_relative_to(root))):
            text = _read(folder / name) if name else None
            if text is not None:
                yield text


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
