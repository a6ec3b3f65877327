"""A sweep in a process of its own that waits for its turn: ``turn TICKET now|queued LOG COMMAND…``.

The queue is a folder of tickets. Each is locked by its process until that ends, however it ends, so whoever waits
for all earlier ones needs nobody to tell it: not the dashboard, not a server.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from pathlib import Path


def main() -> None:
    """Leave the caller's session, wait for the earlier tickets if asked, and become the command."""
    ticket, when, log, *command = sys.argv[1:]
    mine = os.open(ticket, os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(mine, fcntl.LOCK_EX)
    told, telling = os.pipe()
    if os.fork():
        os.close(telling)
        os.read(told, 1)  # until the ticket says who holds it
        os._exit(0)  # the caller need not wait for the sweep, and init reaps it
    os.setsid()
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(out, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    _tell(mine, waiting=when == "queued")
    os.close(telling)
    if when == "queued":
        for earlier in sorted(Path(ticket).parent.glob("*.ticket")):
            if earlier.name < Path(ticket).name:
                _wait_for(earlier)
        _tell(mine, waiting=False)
    os.set_inheritable(mine, True)  # the lock lives as long as the command
    os.execvp(command[0], command)


def _tell(handle: int, *, waiting: bool) -> None:
    """Written whole and always as long, so that nobody reads half of it."""
    os.pwrite(handle, json.dumps({"pid": os.getpid(), "waiting": waiting}).ljust(99).encode(), 0)


def _wait_for(ticket: Path) -> None:
    try:
        handle = os.open(ticket, os.O_RDONLY)
    except FileNotFoundError:
        return
    fcntl.flock(handle, fcntl.LOCK_SH)
    os.close(handle)


if __name__ == "__main__":
    main()
