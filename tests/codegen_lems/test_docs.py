"""The commands of ``docs/lems.md`` run as they stand there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rateml.cli.app import run

_TEXT = (Path(__file__).parents[2] / "docs" / "lems.md").read_text(encoding="utf-8")


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (commands,) = re.findall(r"^```sh\n(.*?)^```$", _TEXT, re.DOTALL | re.MULTILINE)
    *ours, theirs = (shlex.split(command) for command in commands.splitlines())
    for words in ours:
        assert words[0] == "rateml"
        assert run(words[1:]) == 0, words
    done = subprocess.run(
        [Path(sys.executable).parent / theirs[0], *theirs[1:]],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 0, done.stderr
    rows = np.loadtxt("MontbrioPazoRoxin.dat")
    assert rows.shape[1] == 3
    assert abs(len(rows) - 2000) <= 1, "PyLEMS adds up the time, so the last row hangs on the last bit"
    assert rows[-1, 0] == pytest.approx(0.1, abs=1e-4)
    assert np.isfinite(rows).all()
    assert np.ptp(rows[:, 1]) > 1.0, "the rate moves from wherever it starts"


def test_the_counts_are_those_of_the_code() -> None:
    from rateml.codegen.targets.lems import cases, events, portable

    words = " ".join(_TEXT.split())
    assert f"more than {cases.MOST} Cases or {events.MOST} OnConditions" in words
    assert f"more than {portable.TALLEST} operations deep" in words
