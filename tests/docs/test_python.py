"""The code of ``docs/python.md`` runs, in order, in one folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

_TEXT = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", _TEXT, re.DOTALL | re.MULTILINE)


def test_every_block_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for number, block in enumerate(BLOCKS):
        exec(compile(block, f"docs/python.md, block {number}", "exec"), names)
    assert names["grid"].sizes["trial"] == 2
    assert names["later"].identical(names["stored"])
    assert "every value of an axis must be a finite number" in capsys.readouterr().out
