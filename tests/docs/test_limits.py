"""The files of ``docs/limits.md`` have no fault, and its command runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from rateml.checks import check_model
from rateml.cli.app import run
from rateml.diagnostics import Code, Severity

_TEXT = (Path(__file__).parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")
FILES = re.findall(r"^```xml\n(.*?)^```$", _TEXT, re.DOTALL | re.MULTILINE)


def test_every_subject_has_a_file() -> None:
    assert len(FILES) == len(re.findall(r"^### ", _TEXT, re.MULTILINE)) == 4


@pytest.mark.parametrize("text", FILES, ids=lambda text: re.findall(r'ComponentType name="(\w+)"', text)[0])
def test_a_file_is_without_fault(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "model.xml"
    file.write_text(text, encoding="utf-8")
    assert run(["check", str(file)]) == 0
    assert not re.search(r"^(error|warning)", capsys.readouterr().out, re.MULTILINE)
    assert run(["fmt", "--check", str(file)]) == 0


@pytest.mark.long
def test_its_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (command,) = re.findall(r"^```sh\n(.*?)^```$", _TEXT, re.DOTALL | re.MULTILINE)
    (tmp_path / "model.xml").write_text(next(text for text in FILES if "NoisyNode" in text), encoding="utf-8")
    assert run(shlex.split(command)[1:]) == 0


def test_surfaces_are_refused_as_it_says() -> None:
    text = next(text for text in FILES if "Balanced" in text)
    checked = check_model(text.replace('rml:input="c_E"', 'rml:input="c_E" rml:weights="local"'))
    (code,) = {d.code for d in checked.diagnostics if d.severity is Severity.ERROR}
    assert code is Code.NOT_YET
    assert code.id in _TEXT
