"""``lock``: one writer for a store, and how others see that it is alive."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from rateml.errors import StoreError
from rateml.results.disk import disk_errors, replace_file

try:
    import fcntl
except ImportError:  # Windows
    _HAS_FLOCK = False
else:
    _HAS_FLOCK = True

HEARTBEAT = 1.0
"""Seconds between two heartbeats."""

STALE_AFTER = 30.0
"""Seconds after which another host's silent lock is looked at closely."""

GUARD_PATIENCE = 5.0
"""Seconds to wait for who looks at the lock, which takes a moment unless that process is stopped meanwhile."""


@dataclass(frozen=True)
class Holder:
    """Who holds a lock.

    ``space`` is the pid namespace: a container has pids of its own, so it counts as a host of its own. ``started``
    tells a process from a later one of the same pid; ``beat`` counts heartbeats; ``wall`` is the last one's time, s.
    """

    token: str
    pid: int
    host: str
    space: str
    started: str
    since: str
    beat: int
    wall: float

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} since {self.since}"


class Lock:
    """Hold the lock of a run folder for the length of a ``with``; a daemon thread refreshes it every second.

    Raises StoreError when another process holds it. A lock whose process is dead is taken over silently.
    """

    def __init__(self, folder: Path | str) -> None:
        self.path = Path(folder) / "lock"
        self._mine = _me()
        self._stop = threading.Event()
        self._lost = False
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        with disk_errors(self.path, "choose another place with -o"):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._take()
        self._stop.clear()
        self._thread = threading.Thread(target=self._refresh, name="rateml-lock", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        with suppress(OSError), _guard(self.path):
            if self._is_mine():
                self.path.unlink()

    def check(self) -> None:
        """Raise StoreError if the lock is no longer ours (this process slept so long that another took it)."""
        if self._lost or not self._is_mine():
            other = read_holder(self.path)
            who, when = (other, " once that run is over") if other else ("another run, which is over,", "")
            raise StoreError(
                f"{self.path} was taken by {who} while this run held it: "
                f"nothing more is written; continue with --resume{when}"
            )

    def _take(self) -> None:
        seen: Holder | None = None
        holder: Holder | None = None
        for _ in range(100):
            try:
                with _guard(self.path):
                    holder = read_holder(self.path)
                    if holder is None or holder == seen or _is_dead(holder):
                        self.path.unlink(missing_ok=True)
                        if _create(self.path, self._mine):
                            return
                        continue
            except TimeoutError:
                holder = read_holder(self.path) or holder
                break
            if _is_here(holder) or abs(time.time() - holder.wall) < STALE_AFTER:
                break
            # Clocks of two hosts may differ: silent is only who does not count on while we look.
            seen = holder
            time.sleep(2.5 * HEARTBEAT)
        raise StoreError(
            f"{self.path.parent} is in use by {holder or 'another process'}: "
            "wait for that run, cancel it, or choose another -o"
        )

    def _is_mine(self) -> bool:
        holder = read_holder(self.path)
        return holder is not None and holder.token == self._mine.token

    def _refresh(self) -> None:
        while not self._stop.wait(HEARTBEAT):
            # A full disk must not stop the run here: the next write of results says so with a way out.
            with suppress(OSError), _guard(self.path):
                if not self._is_mine():
                    self._lost = True
                    return
                self._mine = replace(self._mine, beat=self._mine.beat + 1, wall=time.time())
                replace_file(self.path, _encode(self._mine), sync=False)


def read_holder(path: Path) -> Holder | None:
    """Who holds the lock file ``path``; None when there is none or it is not readable as one."""
    try:
        holder = Holder(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return holder if isinstance(holder.pid, int) and isinstance(holder.wall, int | float) else None


def is_held(folder: Path) -> bool:
    """Whether a live run holds the lock of a run folder (what a dashboard asks)."""
    holder = read_holder(folder / "lock")
    if holder is None:
        return False
    return not _is_dead(holder) if _is_here(holder) else abs(time.time() - holder.wall) < STALE_AFTER


def _encode(holder: Holder) -> bytes:
    return json.dumps(asdict(holder)).encode()


def _create(path: Path, holder: Holder) -> bool:
    """Make the lock file, at once with its content; False if another process was first."""
    new = path.with_name(f"lock.{holder.token}")
    try:
        new.write_bytes(_encode(holder))
        os.link(new, path)
    except FileExistsError:
        return False
    except PermissionError:  # a file system without links says EPERM
        with path.open("xb") as file:
            file.write(_encode(holder))
    finally:
        new.unlink(missing_ok=True)
    return True


@contextmanager
def _guard(path: Path) -> Iterator[None]:
    """Let one process at a time look at a lock and change it; the system frees it if that process dies.

    Raises TimeoutError when another one, stopped in the midst of it, lets nobody in for GUARD_PATIENCE seconds.
    Where the system has no such locks the lock is still created by one process only; merely the take-over of a dead
    one's by two at the same instant is not watched.
    """
    handle = os.open(path.with_name("lock.guard"), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if _HAS_FLOCK:
            _flock(handle)
        yield
    finally:
        os.close(handle)


def _flock(handle: int) -> None:
    until = time.monotonic() + GUARD_PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise TimeoutError from None
            time.sleep(0.01)
        except OSError:  # network file systems mounted without flock
            return
        else:
            return


def _me() -> Holder:
    now = time.time()
    since = datetime.fromtimestamp(now, UTC).astimezone().isoformat(sep=" ", timespec="seconds")
    return Holder(uuid4().hex, os.getpid(), socket.gethostname(), _space(), _start_of(os.getpid()) or "", since, 0, now)


def _space() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _is_here(holder: Holder) -> bool:
    return (holder.host, holder.space) == (socket.gethostname(), _space())


def _is_dead(holder: Holder) -> bool:
    """Whether the holder ran on this host and its process is gone (or its pid is another process by now)."""
    if not _is_here(holder):
        return False
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # alive, of another user
        pass
    return _start_of(holder.pid) != (holder.started or None)


def _start_of(pid: int) -> str | None:
    """When a process started, as the kernel tells it (boot, ticks since); None if unknown or it ended."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state in "ZX" else f"{boot}:{fields[18]}"
