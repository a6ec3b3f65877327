"""``rateml check``: formats, severities, repair."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


@pytest.fixture
def typo(tmp_path: Path, montbrio: Path) -> Path:
    """A model with two misspelt names, CRLF line ends and a byte order mark."""
    text = (
        montbrio.read_text(encoding="utf-8").replace("(lorentz + 2", "(lorentzz + 2").replace("J * tau *", "J * taau *")
    )
    file = tmp_path / "typo.xml"
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    return file


def test_fix(cli: Cli, typo: Path, montbrio: Path) -> None:
    typo.chmod(0o640)
    told = cli("check", "--fix", typo)
    assert told.code == 0
    assert "fixed RML201: write 'lorentz'" in told.err
    assert "fixed RML201: write 'tau'" in told.err
    data = typo.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert b"(lorentz + 2" in data
    assert b"J * tau *" in data
    assert stat.S_IMODE(typo.stat().st_mode) == 0o640
    assert [p.name for p in typo.parent.iterdir()] == ["typo.xml"]


@pytest.mark.parametrize("option", ["--diff", "--dry-run"])
def test_diff_writes_nothing(cli: Cli, typo: Path, option: str) -> None:
    before = typo.read_bytes()
    told = cli("check", option, typo)
    assert typo.read_bytes() == before
    assert told.code == 0
    changed = [line for line in told.out.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert any("(lorentz + 2" in line for line in changed if line.startswith("+"))
    assert any("(lorentzz + 2" in line for line in changed if line.startswith("-"))
    assert "would fix RML201" in told.err


def test_fix_for_programs_reports_what_remains(cli: Cli, typo: Path) -> None:
    told = cli("check", "--fix", "--format", "json", typo)
    assert told.code == 0
    assert not [d for d in json.loads(told.out) if d["severity"] == "error"]


def test_several_files(cli: Cli, typo: Path, montbrio: Path) -> None:
    told = cli("check", typo, montbrio)
    assert told.code == 1
    assert f"{typo}:{_line(typo, 'lorentzz')}:" in told.out
    assert cli("check", "--fix", typo, montbrio).code == 0


@pytest.mark.parametrize("options", [(), ("--format", "github"), ("--fix",)])
def test_a_file_that_cannot_be_read_hides_no_other(cli: Cli, typo: Path, options: tuple[str, ...]) -> None:
    typo.write_text(typo.read_text(encoding="utf-8").replace("+ cr * c_r", "+ qqqqqq"), encoding="utf-8")
    told = cli("check", *options, typo.parent / "missing.xml", typo, typo.parent / "away.xml")
    assert told.code == 1
    assert "'qqqqqq' is not defined" in told.out
    assert all(f"cannot read {typo.parent / name}" in told.text for name in ("missing.xml", "away.xml"))


def test_a_faultless_file_beside_one_that_cannot_be_read(cli: Cli, montbrio: Path) -> None:
    told = cli("check", montbrio, "missing.xml")
    assert told.code == 1
    assert "cannot read missing.xml" in told.err
    assert "missing.xml" not in told.out
    assert montbrio.name in told.out


def test_nothing_is_said_of_what_cannot_be_read(cli: Cli) -> None:
    assert (told := cli("check", "missing.xml")).code == 1
    assert told.out == ""


def test_what_no_machine_mends_remains(cli: Cli, typo: Path) -> None:
    typo.write_text(typo.read_text(encoding="utf-8").replace("+ cr * c_r", "+ qqqqqq"), encoding="utf-8")
    told = cli("check", "--fix", typo)
    assert told.code == 1
    assert "qqqqqq" in told.out
    assert "lorentzz" not in typo.read_text(encoding="utf-8")


def test_fix_of_a_faultless_file_leaves_it_alone(cli: Cli, montbrio: Path, tmp_path: Path) -> None:
    file = tmp_path / "m.xml"
    file.write_bytes(montbrio.read_bytes())
    before = file.stat()
    assert cli("check", "--fix", file).code == 0
    assert file.read_bytes() == montbrio.read_bytes()
    assert file.stat().st_ino == before.st_ino


def test_fix_through_a_link_changes_the_file_behind_it(cli: Cli, typo: Path) -> None:
    link = typo.parent / "link.xml"
    link.symlink_to(typo)
    assert cli("check", "--fix", link).code == 0
    assert link.is_symlink()
    assert b"lorentzz" not in typo.read_bytes()


@pytest.mark.parametrize("step", ["NamedTemporaryFile", "fsync", "replace"])
def test_fix_of_a_file_that_cannot_be_written(cli: Cli, typo: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    owner = {"NamedTemporaryFile": tempfile, "fsync": os, "replace": Path}[step]
    monkeypatch.setattr(owner, step, fail)
    before = typo.read_bytes()
    told = cli("check", "--fix", typo)
    monkeypatch.undo()
    assert told.code == 1
    assert "cannot write" in told.text
    assert typo.read_bytes() == before
    assert [p.name for p in typo.parent.iterdir()] == ["typo.xml"]


@pytest.mark.parametrize("data", [b"\xff\xfe<\x00", b"", b"<Lems>" + b" " * 5_000_000])
def test_fix_of_what_is_no_model(cli: Cli, tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "m.xml"
    file.write_bytes(data)
    assert cli("check", "--fix", file).code == 1
    assert file.read_bytes() == data


def _line(file: Path, word: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if word in line)


def test_json(cli: Cli, broken: Path) -> None:
    told = cli("check", "--format", "json", broken)
    assert told.code == 1
    (error,) = (d for d in json.loads(told.out) if d["severity"] == "error")
    assert (error["code"], error["range"]["start"]["line"]) == ("RML201", _line(broken, "lorentzz"))


def test_sarif(cli: Cli, broken: Path) -> None:
    told = cli("check", "--format", "sarif", broken)
    assert told.code == 1
    (run,) = json.loads(told.out)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert "RML201" in [rule["id"] for rule in rules]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == broken.as_uri()
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]


def test_github(cli: Cli, broken: Path) -> None:
    told = cli("check", "--format", "github", broken)
    assert told.code == 1
    errors = [line for line in told.out.splitlines() if line.startswith("::error ")]
    assert len(errors) == 1
    line = _line(broken, "lorentzz")
    assert f",line={line},endLine={line},col=" in errors[0]


@pytest.mark.parametrize("format", ["json", "sarif", "github"])
def test_a_faultless_file_for_programs(cli: Cli, montbrio: Path, format: str) -> None:
    told = cli("check", "--format", format, montbrio)
    assert told.code == 0
    assert "no faults" not in told.out


def test_severity(cli: Cli, tmp_path: Path, montbrio: Path) -> None:
    text = montbrio.read_text(encoding="utf-8").replace('rml:optional="true" ', "")
    file = tmp_path / "m.xml"
    file.write_text(text, encoding="utf-8")
    assert (cli("check", file).code, "RML601" in cli("check", file).out) == (0, True)
    assert "RML601" not in cli("check", "--severity", "RML601=off", file).out
    raised = cli("check", "--severity", "RML601=error", file)
    assert raised.code == 1
    assert "error[RML601]" in raised.out


def test_severity_near_the_model(cli: Cli, tmp_path: Path, montbrio: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    file = folder / "m.xml"
    file.write_text(montbrio.read_text(encoding="utf-8").replace('rml:optional="true" ', ""), encoding="utf-8")
    project = tmp_path / "pyproject.toml"
    project.write_text('[tool.rateml.severity]\nRML601 = "error"\n')
    assert cli("check", file).code == 1
    (folder / "pyproject.toml").write_text("[tool.other]\n")
    assert cli("check", file).code == 1
    (tmp_path / "a" / "rateml.toml").write_text('[severity]\nRML601 = "off"\n')
    assert "RML601" not in cli("check", file).out
    assert "hint[RML601]" in cli("check", "--severity", "RML601=hint", file).out


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("rateml.toml", "[severity\n", "rateml.toml"),
        ("rateml.toml", "severity = 1\n", "[severity]"),
        ("rateml.toml", '[severity]\nRML201 = "off"\n', "cannot be compiled"),
        ("pyproject.toml", '[tool.rateml.severity]\nRML001x = "off"\n', "no diagnostic"),
        ("pyproject.toml", "[tool.rateml.severity]\nRML601 = 3\n", "not a severity"),
    ],
)
def test_a_bad_table_is_named(cli: Cli, tmp_path: Path, montbrio: Path, name: str, text: str, said: str) -> None:
    file = tmp_path / "m.xml"
    file.write_bytes(montbrio.read_bytes())
    (tmp_path / name).write_text(text)
    told = cli("check", file)
    assert told.code == 1
    assert name in told.text
    assert said in told.text


@pytest.mark.parametrize("value", ["RML601", "RML601=loud", "RML201=off", "RML0=off"])
def test_a_bad_severity_is_wrong_usage(cli: Cli, montbrio: Path, value: str) -> None:
    assert cli("check", "--severity", value, montbrio).code == 2


def test_suppression(cli: Cli, tmp_path: Path, montbrio: Path) -> None:
    text = montbrio.read_text(encoding="utf-8").replace('rml:optional="true" ', "")
    at = text.index('        <Requirement name="c_V"')
    file = tmp_path / "m.xml"
    file.write_text(text[:at] + "<!-- rateml: ignore RML601 as above -->\n" + text[at:], encoding="utf-8")
    told = cli("check", file)
    assert (told.code, "RML601" in told.out) == (0, False)


def test_how_many_faults_a_machine_mends_is_told(cli: Cli, broken: Path) -> None:
    told = cli("check", broken)
    assert "`rateml check --fix` repairs" in told.out
    assert "repairs" not in cli("check", "--format", "github", broken).out


def test_only_what_will_be_repaired_is_counted(cli: Cli, tmp_path: Path, montbrio: Path) -> None:
    file = tmp_path / "m.xml"
    text = montbrio.read_text(encoding="utf-8").replace('rml:optional="true" ', "")
    file.write_text(text, encoding="utf-8")
    assert "check --fix` repairs" not in cli("check", file).out
    cli("check", "--fix", file)
    assert file.read_text(encoding="utf-8") == text
    file.write_text(text.replace("(lorentz + 2", "(lorentzz + 2"), encoding="utf-8")
    assert "`rateml check --fix` repairs 1 of them" in cli("check", file).out


def test_no_file_is_wrong_usage(cli: Cli) -> None:
    assert cli("check").code == 2


@pytest.mark.skipif(os.name != "posix", reason="needs the processor time of children")
def test_check_starts_quickly() -> None:
    """Against lxml alone, which every check needs, in processor time, since machines are busy."""

    def best(*words: str) -> float:
        times = []
        for _ in range(5):
            before = os.times()
            subprocess.run([sys.executable, *words], check=True, capture_output=True, timeout=300)
            after = os.times()
            times.append(after[2] + after[3] - before[2] - before[3])
        return min(times)

    model = Path(__file__).parents[2] / "rateml" / "models" / "montbrio.xml"
    assert best("-m", "rateml", "check", str(model)) < 25 * best("-c", "import lxml.etree")


def test_check_loads_no_heavy_module() -> None:
    model = Path(__file__).parents[2] / "rateml" / "models" / "montbrio.xml"
    code = f"import sys; from rateml.cli.app import run\nrun(['check', {str(model)!r}]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {"numpy", "numba", "zarr", "xarray", "sympy", "matplotlib", "jinja2", "xmlschema"}
    modules = set(done.stdout.split())
    assert not modules & {"rateml.api", "rateml.diagnostics.as_sarif", "rateml.checks.pages", "rateml.fmt"}
