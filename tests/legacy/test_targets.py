"""Every variant of the 2022 dialect that can be migrated builds for every target, and PyLEMS loads what is LEMS."""

from __future__ import annotations

import ast
import os
import warnings
from pathlib import Path
from typing import Any

import pytest
from loading import load_file

from rateml import api
from rateml.errors import ModelError

_quirks = load_file("rateml_legacy_quirks", Path(__file__).parent / "test_quirks.py")
TARGETS = ("numba", "tvb", "cuda", "lems", "docs")
_ORIGINALS = os.environ.get("RATEML_2022_MODELS")
_REFUSED = {("3 an angle", "tvb"): "the angle 'y', which the derivatives read outside sine and cosine"}
"""Why a target cannot have a variant."""


def _load_in_pylems(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model_: Any = pytest.importorskip("lems.model.model")
        build: Any = pytest.importorskip("lems.sim.build")
        model = model_.Model()
        model.import_from_file(str(path))
        build.SimulationBuilder(model.resolve()).build()


def _builds(path: Path, target: str, folder: Path) -> None:
    artifact = api.build(path, target)
    artifact.write(folder)
    assert artifact.files
    for name, text in artifact.files.items():
        if name.endswith(".py"):
            ast.parse(text)
    if target == "lems":
        _load_in_pylems(folder / artifact.entry)


@pytest.mark.parametrize("case", _quirks._SOUND, ids=lambda case: case.title)
def test_variant(case: Any, tmp_path: Path) -> None:
    path = tmp_path / "base.xml"
    path.write_text(case.text, encoding="utf-8")
    for target in TARGETS:
        reason = _REFUSED.get((case.title, target))
        if reason is None:
            _builds(path, target, tmp_path / target)
        else:
            with pytest.raises(ModelError) as error:
                api.build(path, target)
            assert all(d.code.id == "RML701" for d in error.value.diagnostics)
            assert reason in " ".join(d.message for d in error.value.diagnostics)


@pytest.mark.parametrize("name", ["base", "mpr", "phase", "seizure"])
@pytest.mark.parametrize("target", TARGETS)
def test_file(files: Path, tmp_path: Path, name: str, target: str) -> None:
    path = files.parent / "base.xml" if name == "base" else files / f"{name}.xml"
    _builds(path, target, tmp_path / target)


@pytest.mark.skipif(
    not _ORIGINALS, reason="RATEML_2022_MODELS does not name a folder with the models of tvb.contrib.rateML"
)
def test_originals(tmp_path: Path) -> None:
    paths = sorted(Path(_ORIGINALS or "").glob("*.xml"))
    assert paths
    for path in paths:
        for target in TARGETS:
            _builds(path, target, tmp_path / path.stem / target)
