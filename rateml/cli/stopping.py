"""The ways to end a run before its end that keep what is done: signals of batch systems, and a time limit."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rateml.errors import UserError


class Stopped(KeyboardInterrupt):
    """The end was asked for: handled as Ctrl-C is, so that what is done is kept. The text says by what."""


@contextmanager
def stopping(limit: float | None = None, limit_text: str = "") -> Iterator[None]:
    """SIGTERM and SIGUSR1, which batch systems send before the end, and ``limit`` seconds raise Stopped, once.

    Signals reach the main thread only; elsewhere nothing is watched but Ctrl-C's own exception.
    """
    asked = [getattr(signal, name) for name in ("SIGTERM", "SIGUSR1", "SIGALRM") if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        asked = []
    alarm = getattr(signal, "SIGALRM", None)
    if limit is not None and alarm not in asked:
        raise UserError(f"--time-limit {limit_text}: this system has no alarm clock; stop with Ctrl-C instead")

    def stop(number: int, _: FrameType | None) -> None:
        for other in asked:
            signal.signal(other, signal.SIG_IGN)
        raise Stopped(f"--time-limit {limit_text}" if number == alarm else signal.Signals(number).name)

    before = [(number, signal.signal(number, stop)) for number in asked]
    if limit is not None and alarm in asked:
        signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        if limit is not None and alarm in asked:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before:
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
