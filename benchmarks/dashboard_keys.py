"""What a key takes, from being written to the terminal of ``rateml-tui`` to the text that it asks for coming back."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rateml_tui.app import SCREENS

_ESCAPES = re.compile(rb"\x1b(\[[0-9;?<>=$]*[A-Za-z]|\][^\x07\x1b]*(\x07|\x1b\\)|[()P=>][^\x1b]?)")
_LIMIT = 60.0
_QUIET = 0.2  # longer than a terminal's Esc waits for what may follow it


class Terminal:
    """A program in a terminal of 80×24."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self.pid, self._end = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, os.environ | {"TERM": "xterm-256color"} | env)
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def until(self, text: str) -> None:
        """Read what is drawn until ``text`` has come."""
        seen, wanted, end = b"", re.compile(text.encode()), time.perf_counter() + _LIMIT
        while not wanted.search(_ESCAPES.sub(b"", seen)):
            if time.perf_counter() > end:
                raise SystemExit(f"waited {_LIMIT:g} s in vain for {text!r}; what came: {_ESCAPES.sub(b'', seen)!r}")
            if select.select([self._end], [], [], 0.5)[0]:
                seen += os.read(self._end, 1 << 16)

    def settle(self) -> None:
        """Read until nothing more comes for a moment; a running sweep draws twice a second."""
        end = time.perf_counter() + _LIMIT
        while select.select([self._end], [], [], _QUIET)[0] and time.perf_counter() < end:
            os.read(self._end, 1 << 16)

    def press(self, keys: str) -> None:
        """Type, without waiting."""
        os.write(self._end, keys.encode())

    def timed(self, key: str, text: str) -> float:
        """Seconds from ``key`` to ``text``."""
        self.settle()
        began = time.perf_counter()
        self.press(key)
        self.until(text)
        return time.perf_counter() - began

    def close(self) -> None:
        """End the program, however it is."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._end)


@contextmanager
def terminal(*command: str, **env: str) -> Iterator[Terminal]:
    started = Terminal([sys.executable, *command], env)
    try:
        yield started
    finally:
        started.close()


def dashboard(folder: Path, store: str, rounds: int) -> dict[str, list[float]]:
    """Seconds per key by what it does, in the dashboard of a folder where ``store`` lies finished and a sweep runs."""
    took: dict[str, list[float]] = {name: [] for name in (*SCREENS, "rows", "characters")}
    marks = {"1": "Dynamics", "2": "digest", "3": "axis 1", "4": "effective bandwidth", "5": "→ eta"}
    with terminal("-m", "rateml_tui", str(folder), XDG_DATA_HOME=str(folder / "data")) as shown:
        shown.until("no errors")
        shown.press("4")
        shown.until(store)
        shown.settle()
        shown.press("\x1b[B")  # the one that runs is the first
        shown.until(f"{store}: finished")
        shown.press("\r")
        shown.until(marks["5"])
        shown.press("2")
        shown.until(marks["2"])
        for _turn in range(rounds):
            for screen, mark in marks.items():
                took[SCREENS[int(screen) - 1]].append(shown.timed(screen, mark))
                if screen == "3":
                    # Characters that neither the form nor its plan draws otherwise.
                    took["characters"] += [shown.timed(typed, typed) for typed in "Q%Z~"]
                    shown.press("\x7f" * 4)
                    shown.settle()
                    shown.press("\x1b")
                elif screen == "4":
                    names = r"\.zarr"
                    took["rows"] += [shown.timed(arrow, names) for arrow in ("\x1b[B", "\x1b[A") * 2]
    return took


def bare(rounds: int) -> list[float]:
    """Seconds per key between two screens of the least that Textual can be, in a terminal too."""
    took: list[float] = []
    with terminal(str(Path(__file__).with_name("bare_textual.py"))) as shown:
        shown.until("first screen")
        for _ in range(rounds):
            took += [shown.timed("2", "second screen"), shown.timed("1", "first screen")]
    return took
