"""The command line in this process, and as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import rateml
from rateml.cli.app import run

MODELS = Path(rateml.__file__).parent / "models"


@dataclass(frozen=True)
class Told:
    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both streams as one line: how wide the terminal is does not matter."""
        return " ".join((self.out + self.err).split())


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    def call(*words: object) -> Told:
        capsys.readouterr()
        code = run([str(word) for word in words])
        out, err = capsys.readouterr()
        return Told(code, out, err)

    return call


@pytest.fixture
def process() -> Callable[..., Told]:
    def call(*words: object, cwd: Path | None = None, env: dict[str, str] | None = None) -> Told:
        command = [sys.executable, "-m", "rateml", *map(str, words)]
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Told(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def montbrio() -> Path:
    return MODELS / "montbrio.xml"


@pytest.fixture
def broken(tmp_path: Path, montbrio: Path) -> Path:
    """A model with an unknown name in its equations."""
    file = tmp_path / "broken.xml"
    file.write_text(montbrio.read_text(encoding="utf-8").replace("(lorentz + 2", "(lorentzz + 2"), encoding="utf-8")
    return file
