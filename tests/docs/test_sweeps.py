"""The commands of ``docs/sweeps.md`` run, in order, in one folder."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from rateml.cli.app import run

_TEXT = (Path(__file__).parents[2] / "docs" / "sweeps.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"^```sh\n(.*?)^```$", _TEXT, re.DOTALL | re.MULTILINE) for line in block.splitlines()
]


def test_every_command_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    assert len(COMMANDS) > 15
    for command in COMMANDS:
        if re.search(r"[|>]|^python", command):
            done = subprocess.run(["sh", "-c", command], env={**os.environ, "PATH": path}, timeout=300, check=False)
            assert done.returncode == 0, command
        else:
            assert run(shlex.split(command)[1:]) == 0, command
