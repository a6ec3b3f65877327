"""Golden files per model and target: read the difference in the review, rewrite them with ``make golden``."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from rateml import api

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("target", ["numba", "cuda"])
def test_generated_code_is_the_golden(monkeypatch, target):
    script = runpy.run_path(str(GOLDEN.parent / "rewrite_golden.py"))
    monkeypatch.chdir(script["MODELS"])
    made = dict(script["TARGETS"][target]())
    kept = {path.name: path.read_text(encoding="utf-8") for path in (GOLDEN / target).iterdir()}
    assert sorted(made) == sorted(kept)
    for name, text in made.items():
        assert text == kept[name], name
        if name.endswith(".py.txt"):
            compile(text, name, "exec")


@pytest.mark.parametrize("name", ["montbrio", "kuramoto", "epileptor"])
def test_source_map_ties_lines_to_the_elements_they_come_from(shipped_models, name):
    text = shipped_models[name].read_text(encoding="utf-8")
    artifact = api.build(shipped_models[name])
    lines = artifact.files[artifact.entry].splitlines()
    found = {}
    for mapped in artifact.source_map:
        found.setdefault(text[mapped.span.start : mapped.span.end].split()[0], []).append(lines[mapped.line - 1])
    assert any("rate_0 =" in line for line in found["<TimeDerivative"])
    assert all("=" in line for line in found["<Constant"])
    derived = [line.split("=")[0].strip() for line in found.get("<DerivedVariable", [])]
    expected = {"montbrio": "pitr", "kuramoto": "frequency", "epileptor": "lfp"}[name]
    assert expected in derived


def test_every_line_is_free_of_marks(shipped_models):
    for path in shipped_models.values():
        artifact = api.build(path)
        assert "\x1f" not in artifact.files[artifact.entry]


def test_digest_changes_with_the_text(shipped_models):
    digests = {api.build(path, precision=p).digest for path in shipped_models.values() for p in ("float32", "float64")}
    assert len(digests) == 2 * len(shipped_models)
