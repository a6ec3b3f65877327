"""What only a process of its own shows: streams, signals to readers, locale."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "rateml", "models"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
        check=False,
    )
    os.close(write)
    assert "Traceback" not in done.stderr
    assert "fault" not in done.stderr


def test_a_terminal_of_ascii_only(process, montbrio: Path, tmp_path: Path) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    file = tmp_path / "größe.xml"
    file.write_bytes(montbrio.read_bytes())
    told = process("check", file, env=ascii_only)
    assert (told.code, "\\xf6" in told.out) == (0, True)
    told = process("sweep", file, "--grid", "G=0:1:3", "--dry-run", env=ascii_only)
    assert told.code == 0, told.text


def test_a_name_that_is_no_text(process, montbrio: Path, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff.xml"
    with open(name, "wb") as file:
        file.write(montbrio.read_bytes())
    told = process("check", os.fsdecode(name))
    assert told.code == 0, told.text


def test_an_output_that_is_full(montbrio: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    for words in (["models"], ["check", str(montbrio)]):
        with open("/dev/full", "w") as full:
            command = [sys.executable, "-m", "rateml", *words]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=300, check=False)
        assert done.returncode == 1
        assert done.stderr.count("error: ") == 1
        assert "Traceback" not in done.stderr
