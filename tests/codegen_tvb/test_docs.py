"""The example of ``docs/tvb.md`` runs as it stands there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from rateml.cli.app import run

pytestmark = pytest.mark.tvb

_TEXT = (Path(__file__).parents[2] / "docs" / "tvb.md").read_text(encoding="utf-8")


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (commands,) = re.findall(r"^```sh\n(.*?)^```$", _TEXT, re.DOTALL | re.MULTILINE)
    (script,) = re.findall(r"^```python\n(.*?)^```$", _TEXT, re.DOTALL | re.MULTILINE)
    for command in commands.splitlines():
        assert run(shlex.split(command)[1:]) == 0, command
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "(1000, 2, 76, 1)"
