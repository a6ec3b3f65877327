"""The command, and what importing the dashboard loads."""

from __future__ import annotations

import subprocess
import sys


def test_help_teaches() -> None:
    done = subprocess.run([sys.executable, "-m", "rateml_tui", "--help"], capture_output=True, text=True, check=True)
    for word in ("examples", "rateml-tui mymodel.xml", "1 Models", "EDITOR", "sweeps go on", "XDG_DATA_HOME"):
        assert word in done.stdout


def test_without_a_terminal_it_says_what_to_use() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rateml_tui"], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 2
    assert "rateml sweep" in done.stderr


def test_a_place_that_is_not_there() -> None:
    done = subprocess.run([sys.executable, "-m", "rateml_tui", "nowhere"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "there is no nowhere" in done.stderr


def test_the_screens_load_no_maths() -> None:
    code = "import sys, rateml_tui.app; print(*{n.split('.')[0] for n in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"numpy", "numba", "zarr", "xarray", "matplotlib", "lxml", "jinja2"}
