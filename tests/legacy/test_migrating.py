"""``rateml migrate``, and the commands that take an old file as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rateml.checks import check_file
from rateml.cli.app import run
from rateml.codegen.targets import TARGETS
from rateml.ir.lower import lower
from rateml.ir.program import Program
from rateml.legacy import migrate
from rateml.syntax.xml import scan
from rateml.text import SourceFile

Read = Callable[[Path], Program]
NAMES = ("mpr", "phase", "seizure")
_PLACES = re.compile(r"^ +\d+: (['\"])\w+\.xml, line \d+: .*\1,\n", re.MULTILINE)
"""What a driver says of the places in the model that lines of the kernel come from: those of each file are its own."""


class Told:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, " ".join(err.split())


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    monkeypatch.setenv("RATEML_CACHE_DIR", str(tmp_path / "cache"))

    def call(*words: object) -> Told:
        capsys.readouterr()
        code = run([str(word) for word in words])
        return Told(code, *capsys.readouterr())

    return call


@pytest.fixture
def bad(tmp_path: Path, files: Path) -> Path:
    """An old file with an equation that cannot be."""
    path = tmp_path / "bad.xml"
    path.write_text((files / "mpr.xml").read_text(encoding="utf-8").replace("eta + J", "eta % J"), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", NAMES)
def test_the_new_file_is_in_canonical_form_and_without_faults(cli: Any, files: Path, tmp_path: Path, name: str) -> None:
    new = tmp_path / "new.xml"
    assert cli("migrate", files / f"{name}.xml", "-o", new).code == 0
    assert cli("fmt", "--check", new).code == 0
    checked = check_file(new)
    assert checked.ok
    assert not checked.migrated
    assert [d.message for d in checked.diagnostics if d.severity <= 2] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_old_file_computes_what_the_new_one_does(
    cli: Any, files: Path, tmp_path: Path, read_old: Read, name: str
) -> None:
    """Named alike, they build the same code, for every target."""
    new = tmp_path / f"{name}.xml"
    cli("migrate", files / f"{name}.xml", "-o", new)
    for target in TARGETS:
        codes = []
        for file in (files / f"{name}.xml", new):
            out = tmp_path / target / file.parent.name
            told = cli("build", file, "--target", target, "-o", out)
            assert told.code == 0, told.err
            assert ("RML801" in told.err) is (file != new)
            codes.append({path.name: _PLACES.sub("", path.read_text(encoding="utf-8")) for path in out.iterdir()})
        assert codes[0] == codes[1]
        assert codes[0]


def test_standard_output_is_the_file(cli: Any, files: Path, tmp_path: Path) -> None:
    told, dashed = cli("migrate", files / "mpr.xml"), cli("migrate", files / "mpr.xml", "-o", "-")
    cli("migrate", files / "mpr.xml", "-o", tmp_path / "new.xml")
    assert told.out == dashed.out == (tmp_path / "new.xml").read_text(encoding="utf-8")
    assert told.out.startswith('<Lems xmlns="http://www.neuroml.org/lems/0.7.6"')
    assert "RML815" in told.err
    assert "RML801" not in told.err


def test_no_file_is_overwritten_unasked(cli: Any, files: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.xml"
    new.write_text("mine", encoding="utf-8")
    told = cli("migrate", files / "mpr.xml", "-o", new)
    assert told.code == 1
    assert "--force" in told.err
    assert new.read_text(encoding="utf-8") == "mine"
    assert cli("migrate", files / "mpr.xml", "-o", new, "--force").code == 0
    assert new.read_text(encoding="utf-8").startswith("<Lems")


def test_a_file_with_an_error_is_not_written(cli: Any, bad: Path, tmp_path: Path) -> None:
    told = cli("migrate", bad, "-o", tmp_path / "new.xml")
    assert told.code == 1
    assert "RML127" in told.err
    assert "was not migrated" in told.err
    assert not (tmp_path / "new.xml").exists()
    assert cli("migrate", bad).out == ""


@pytest.mark.parametrize("content", [b"<Lems><a></Lems>", b"\xff\xfe<", b""])
def test_what_is_no_xml_is_told(cli: Any, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.xml"
    path.write_bytes(content)
    told = cli("migrate", path)
    assert told.code == 1
    assert "RML0" in told.err
    assert told.out == ""


def test_a_file_of_rateml_1_is_refused(cli: Any, shipped_models: dict[str, Path]) -> None:
    told = cli("migrate", shipped_models["montbrio"])
    assert told.code == 1
    assert "not in the 2022 dialect" in told.err


def test_a_missing_file_and_folder(cli: Any, files: Path, tmp_path: Path) -> None:
    assert "cannot read" in cli("migrate", tmp_path / "none.xml").err
    told = cli("migrate", files / "mpr.xml", "-o", tmp_path / "no" / "new.xml")
    assert told.code == 1
    assert "cannot write" in told.err


def test_help_teaches(cli: Any) -> None:
    told = cli("migrate", "--help")
    assert told.code == 0
    for word in ("2022", "Example", "--force", "Exit code"):
        assert word in told.out


def test_check_tells_at_places_of_the_old_file(cli: Any, files: Path, bad: Path) -> None:
    told = cli("check", files / "mpr.xml")
    assert told.code == 0
    assert "information[RML801]" in told.out
    assert 'value="0.01"' in told.out
    assert cli("check", bad).code == 1


def test_fix_leaves_an_old_file_alone(cli: Any, bad: Path) -> None:
    before = bad.read_bytes()
    cli("check", "--fix", "--advice", bad)
    assert bad.read_bytes() == before


def test_fmt_leaves_an_old_file_alone(cli: Any, files: Path, tmp_path: Path) -> None:
    path = tmp_path / "old.xml"
    path.write_bytes((files / "mpr.xml").read_bytes())
    told = cli("fmt", path)
    assert told.code == 1
    assert "rateml migrate" in told.err
    assert path.read_bytes() == (files / "mpr.xml").read_bytes()


@pytest.mark.long
def test_run_and_sweep_say_that_they_migrate(cli: Any, files: Path, tmp_path: Path) -> None:
    network = ("--connectome", "synthetic:3:0", "--duration", "2ms")
    told = cli("run", files / "phase.xml", *network)
    assert told.code == 0
    assert "RML801" in told.err
    told = cli("sweep", files / "phase.xml", *network, "--grid", "global_coupling=0:1:2", "-o", tmp_path / "s.zarr")
    assert told.code == 0
    assert "migrated in memory, with 0 warnings and 2 notes" in told.err
    assert "RML801" not in cli("run", files / "phase.xml", *network, "--quiet").err
    replayed = cli("replay", tmp_path / "s.zarr", "--sel", "global_coupling=0")
    assert replayed.code == 0, replayed.err


@pytest.mark.parametrize("name", NAMES)
def test_every_comment_is_kept_once(files: Path, name: str) -> None:
    source = SourceFile(f"{name}.xml", (files / f"{name}.xml").read_text(encoding="utf-8"))
    document = scan(source)
    kept = [c.text for c in scan(SourceFile("new.xml", migrate(document).text)).comments]
    assert sorted(kept) == sorted(c.text for c in document.comments)
    assert kept


def test_comments_stay_with_what_they_speak_of(files: Path) -> None:
    source = SourceFile("mpr.xml", (files / "mpr.xml").read_text(encoding="utf-8"))
    lines = [line.strip() for line in migrate(scan(source)).text.splitlines()]
    for comment, element in (
        ("<!-- r begins below zero, where it may not stay -->", '<StateVariable name="r"'),
        ("<!--        what comes from the source-->", '<Requirement name="r_j"'),
        ("<!-- what is left to say -->", "</ComponentType>"),
    ):
        assert lines[lines.index(comment) + 1].startswith(element)


def test_the_program_knows_the_places_of_the_old_file(files: Path, read_old: Read) -> None:
    source = SourceFile("seizure.xml", (files / "seizure.xml").read_text(encoding="utf-8"))
    program = read_old(files / "seizure.xml")
    for name, start, end in (
        ("y1", "tt * (c", "- y1"),
        ("x2", "tt * (-y2", "Kf * c_pop1"),
        ("g", "tt * (-0", "0.1 * x1"),
    ):
        assign = next(a for a in program.derivatives if a.name == name)
        text = source.slice(assign.value.span)
        assert text.startswith(start)
        assert text.endswith(end)
    pre = program.couplings[0].pre
    assert source.slice(pre.span) == "sin(x1_j - x1)"


def test_windows_line_ends_and_a_byte_order_mark(cli: Any, files: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old.xml", tmp_path / "new.xml"
    text = (files / "seizure.xml").read_text(encoding="utf-8")
    old.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert cli("migrate", old, "-o", new).code == 0
    data = new.read_bytes()
    assert data.startswith(b'<?xml version="1.0"')
    assert data.count(b"\n") == data.count(b"\r\n") > 50
    checked = check_file(new)
    assert checked.model is not None
    assert lower(checked.model).states
