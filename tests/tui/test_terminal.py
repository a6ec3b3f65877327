"""The real program in a real terminal: from a model to the map, through kill -9."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rateml_tui.records import Records

from rateml import api

pytestmark = pytest.mark.long


class Terminal:
    """A tmux server of its own at each start, with one window of 80×24 and 16 colours."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.starts = 0

    @property
    def socket(self) -> Path:
        return self.folder / f"tmux{self.starts}"

    def tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self.socket), "-f", os.devnull, *words], capture_output=True, text=True, timeout=60
        )
        return done.stdout

    def start(self) -> None:
        words = f"exec '{sys.executable}' -m rateml_tui '{self.folder}'"
        self.starts += 1  # a server that is about to end would take the window with it
        command = f"XDG_DATA_HOME='{self.folder}/data' TERM=xterm COLORTERM= {words}"
        self.tmux("new-session", "-d", "-x", "80", "-y", "24", command)

    @property
    def pid(self) -> int:
        return int(self.tmux("list-panes", "-F", "#{pane_pid}"))

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def type(self, *keys: str) -> None:
        for key in keys:
            self.tmux("send-keys", "--", key)

    def until(self, holds: Callable[[str], object]) -> str:
        for _ in range(1200):
            screen = self.screen()
            if holds(screen):
                return screen
            time.sleep(0.1)
        pytest.fail(f"waited 120 s in vain; on the screen:\n{self.screen()}")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.tmux("kill-server")
    records = Records(tmp_path / "data" / "rateml")
    for run in records.runs():
        records.stop(run)


def _is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_a_session(terminal: Terminal, tmp_path: Path) -> None:
    model = tmp_path / "mymodel.xml"
    good = api.shipped_model("montbrio").read_text("utf-8")
    model.write_text(good, "utf-8")
    terminal.start()
    terminal.until(lambda s: "dV/dt" in s and "no errors" in s)
    coloured = "\x1b[30m\x1b[107m mymodel.xml"  # black on white: of 16 colours few can be told apart
    terminal.until(lambda _: coloured in terminal.tmux("capture-pane", "-p", "-e"))

    model.write_text(good.replace("eta +", "etta +"), "utf-8")
    terminal.until(lambda s: "error[RML201]" in s and "did you mean 'eta'?" in s)
    model.write_text(good, "utf-8")
    terminal.until(lambda s: "no errors" in s)

    terminal.type("2")
    terminal.until(lambda s: "for numba" in s)
    terminal.type("g")
    terminal.until(lambda s: "for cuda" in s and "THREADS" in s)

    terminal.type("3")
    terminal.until(lambda s: "axis 1" in s)
    terminal.type(
        "eta", "Tab", "-5", "Tab", "-4", "Tab", "40", "Tab", "Tab", "G", "Tab", "0", "Tab", "1", "Tab", "5000"
    )
    terminal.until(lambda s: "(200,000 points)" in s)
    terminal.type("C-l")
    terminal.until(lambda s: "simulating" in s)
    rate = terminal.until(lambda s: "steps/s  " in s and "simulation steps/s  0" not in s)
    terminal.until(lambda s: "steps/s  " in s and s != rate)  # the figures move
    terminal.type("p")
    terminal.until(lambda s: "mymodel.zarr: paused" in s)

    pid = terminal.pid
    os.kill(pid, signal.SIGKILL)
    for _ in range(1200):
        if not _is_alive(pid):
            break
        time.sleep(0.1)
    terminal.tmux("kill-server")

    terminal.start()
    terminal.until(lambda s: "mymodel.xml" in s)
    terminal.type("4")
    terminal.until(lambda s: "mymodel.zarr: paused" in s)  # it was there all the time
    terminal.type("p")
    terminal.until(lambda s: "mymodel.zarr: simulating" in s and " 0 of 200000 done" not in s)
    terminal.type("k")
    terminal.until(lambda s: "mymodel.zarr: stopped" in s)
    terminal.type("Enter")
    screen = terminal.until(lambda s: "200000 simulations" in s and "highest first" in s)
    assert "→ eta" in screen
    assert "not run" in screen
    terminal.type("q")
