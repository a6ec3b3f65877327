"""Ctrl-C, the signals of batch systems and a time limit: back within a second, whatever is going on.

The first of them raises Stopped in the main thread, which keeps what is done and says so. Code that does not let
itself be interrupted (a compiler, a disk that does not answer) has PATIENCE seconds; then the process ends where it
stands. A store survives that as it survives ``kill -9``.

This module is imported before everything else, so it imports next to nothing.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from rateml.cli import exits

PATIENCE: Final = 0.75
"""Seconds from a signal to the end of the process, at most."""

LAST_WORD: Final = 0.1
"""Seconds more for a last word that has begun."""

_NUMBERS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGUSR1", "SIGALRM") if hasattr(signal, name)
)
_ALARM: Final = getattr(signal, "SIGALRM", None)


class Stopped(KeyboardInterrupt):
    """A signal asked for the end: handled as Ctrl-C is. The text says what asked."""

    def __init__(self, number: int) -> None:
        self.code = exits.INTERRUPTED if number == signal.SIGINT else exits.STOPPED
        asked_by = f"--time-limit {_Now.limit}" if number == _ALARM else signal.Signals(number).name
        super().__init__("interrupted" if number == signal.SIGINT else f"stopped by {asked_by}")


class _Now:
    """What this process is doing, for whoever ends it."""

    began: float | None = None
    asked: int | None = None
    limit = ""
    way_on = ""
    scratch: Path | None = None
    last_word = threading.Lock()
    sockets: tuple[socket.socket, ...] = ()


def on_signal(number: int, _: FrameType | None) -> None:
    """The handler: raises Stopped; in a process of our own whatever comes after the first signal is ignored."""
    if _Now.began is not None:
        _Now.asked = number
        for other in _NUMBERS:
            signal.signal(other, signal.SIG_IGN)
    raise Stopped(number)


def watch() -> None:
    """From now on the first signal ends this process. Main thread only.

    A signal that the parent has ignored (``nohup``, a job in the background) stays ignored.
    """
    _Now.began = time.monotonic()
    _Now.sockets = told, tell = socket.socketpair()
    tell.setblocking(False)
    signal.set_wakeup_fd(tell.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_end_late, args=(told,), name="rateml-stop", daemon=True).start()
    sys.unraisablehook = _quiet
    for number in _NUMBERS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, on_signal)


def leave(code: int) -> NoReturn:
    """End the process with ``code`` and without Python's tidying up: all is written, and what is not need not be.

    Threads may be in compiled code that goes on; libraries tidy up with limits of time that a busy machine exceeds
    (zarr's event loop then ends in a traceback); and a signal would meet handlers that are half gone.
    """
    for number in _NUMBERS:
        signal.signal(number, signal.SIG_IGN)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError as error:
        if code == exits.OK and not isinstance(error, BrokenPipeError):  # a reader that went away, as `head` does
            os.write(2, f"error: cannot write the output: {error.strerror}\n".encode())
            code = exits.USER
    os._exit(code)


def asked() -> Stopped | None:
    """What asked this process to end, if anything did."""
    return None if _Now.asked is None else Stopped(_Now.asked)


def ending(stop: BaseException | None, way_on: str = "") -> int:
    """Say that the run was stopped, and how to go on; gives the exit code."""
    from rateml.cli.console import fail

    if _Now.last_word.acquire(blocking=False):
        fail(f"{stop if isinstance(stop, Stopped) else 'interrupted'}{way_on}")
        if _Now.began is None:  # a process of somebody else's goes on
            _Now.last_word.release()
    return stop.code if isinstance(stop, Stopped) else exits.INTERRUPTED


@contextmanager
def resumable(way_on: str) -> Iterator[None]:
    """Meanwhile, whoever ends this process says ``way_on``."""
    _Now.way_on = way_on
    try:
        yield
    finally:
        _Now.way_on = ""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for what is not kept; whoever ends this process removes it."""
    with tempfile.TemporaryDirectory(prefix="rateml-run-") as name:
        _Now.scratch = Path(name)
        try:
            yield Path(name)
        finally:
            _Now.scratch = None


@contextmanager
def alarm(seconds: float, text: str) -> Iterator[None]:
    """Raise Stopped ``seconds`` after this process began, or from now if it is not ours. Main thread, POSIX.

    The clock is that of the system's timers, which does not jump when somebody sets the time.
    """
    spent = 0.0 if _Now.began is None else time.monotonic() - _Now.began
    before = signal.signal(signal.SIGALRM, on_signal)
    _Now.limit = text
    signal.setitimer(signal.ITIMER_REAL, max(seconds - spent, 1e-3))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _end_late(told: socket.socket) -> None:
    """Wait for the first signal, as the system reports it even while compiled code runs; then for PATIENCE."""
    while _Now.asked is None:
        _Now.asked = next((number for number in told.recv(64) if number in _NUMBERS), None)
    time.sleep(PATIENCE)
    stop = Stopped(_Now.asked)
    if _Now.last_word.acquire(timeout=LAST_WORD):  # never given back: whoever has it is saying it
        cursor = "\r\x1b[?25h\x1b[2K" if sys.stderr.isatty() else ""  # a progress bar hides the cursor
        os.write(2, f"{cursor}error: {stop}{_Now.way_on}\n".encode(errors="backslashreplace"))
    if _Now.scratch is not None:
        shutil.rmtree(_Now.scratch, ignore_errors=True)
    os._exit(stop.code)


def _quiet(fault: sys.UnraisableHookArgs) -> None:
    """Where Python cannot raise, as in a callback of a library, Stopped is lost; the watch ends the process then.

    Objects that Stopped left half made have nothing to tell either when they go.
    """
    if _Now.asked is None and not isinstance(fault.exc_value, Stopped):
        sys.__unraisablehook__(fault)
