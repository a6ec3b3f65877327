"""The notebooks are made from their scripts, hold their figures, and run."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from loading import load_file

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.ipynb"))


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_file("write_notebooks", FOLDER / "write_notebooks.py")


def test_each_script_has_its_notebook(script: ModuleType) -> None:
    scripts = {path.stem for path in FOLDER.glob("*.py")} - {"write_notebooks"}
    assert sorted(script.NAMES) == sorted(scripts) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_is_up_to_date_and_executed(name: str, script: ModuleType) -> None:
    kept = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    nbformat.validate(kept)
    cells = [(cell.cell_type, cell.source) for cell in kept.cells]
    assert cells == [(cell.cell_type, cell.source) for cell in script.read(name).cells], "run make notebooks"
    code = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_it_runs(name: str, script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its own assertions hold: ``fit`` and ``inference`` find the values that made their data."""
    if name == "inference" and not importlib.util.find_spec("sbi"):
        pytest.skip("it needs the extra sbi; make notebooks NOTEBOOKS=inference runs it")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    assert "MPLBACKEND" not in os.environ
    executed = script.execute(name)
    assert all(cell.execution_count for cell in executed.cells if cell.cell_type == "code")
