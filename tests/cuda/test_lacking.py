"""What is said where engine cuda cannot run: the way out fits what is missing."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from rateml.standalone.gpu import lacking


def test_without_pycuda(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pycuda", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "install the CUDA toolkit, put its bin folder on the PATH, then pip install" in (lacking() or "")
    nvcc = tmp_path / "nvcc"
    nvcc.touch(mode=0o755)
    told = lacking() or ""
    assert ("needs pycuda" in told, "toolkit" in told) == (True, False)


def test_pycuda_where_there_is_no_driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "driver.py").write_text("raise ImportError('libcuda.so.1: cannot open shared object file')")
    pycuda = ModuleType("pycuda")
    pycuda.__path__ = [str(tmp_path)]
    monkeypatch.setitem(sys.modules, "pycuda", pycuda)
    told = lacking() or ""
    assert (
        "cannot load pycuda (libcuda.so.1: cannot open shared object file): libcuda comes with NVIDIA's driver" in told
    )
