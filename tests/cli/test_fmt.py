"""``rateml fmt``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


@pytest.fixture
def messy(tmp_path: Path, montbrio: Path) -> Path:
    file = tmp_path / "messy.xml"
    text = montbrio.read_text(encoding="utf-8").replace("    <", "  <").replace("\n", "\r\n")
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    return file


def test_writes(cli: Cli, messy: Path, montbrio: Path) -> None:
    told = cli("fmt", messy)
    assert (told.code, told.out) == (0, "")
    assert f"formatted {messy}" in told.text
    expected = b"\xef\xbb\xbf" + montbrio.read_bytes().replace(b"\n", b"\r\n")
    assert messy.read_bytes() == expected
    assert cli("fmt", messy) == type(told)(0, "", "")


def test_check_names_what_would_change(cli: Cli, messy: Path, montbrio: Path) -> None:
    before = messy.read_bytes()
    told = cli("fmt", "--check", messy, montbrio)
    assert told.code == 1
    assert str(messy) in told.text
    assert str(montbrio) not in told.text
    assert messy.read_bytes() == before
    assert cli("fmt", "--check", montbrio).code == 0


def test_diff(cli: Cli, messy: Path) -> None:
    before = messy.read_bytes()
    told = cli("fmt", "--diff", messy)
    assert told.code == 0
    assert told.out.startswith("--- ")
    assert messy.read_bytes() == before
    assert cli("fmt", "--diff", "--check", messy).code == 1


def test_what_is_not_well_formed_is_refused_and_the_others_are_formatted(cli: Cli, messy: Path, tmp_path: Path) -> None:
    bad, binary = tmp_path / "bad.xml", tmp_path / "binary.xml"
    bad.write_text("<Lems><a></Lems>")
    binary.write_bytes(b"\xff\xfe<")
    told = cli("fmt", bad, binary, messy)
    assert told.code == 1
    assert "RML002" in told.err
    assert "not UTF-8" in told.text
    assert bad.read_text() == "<Lems><a></Lems>"
    assert f"formatted {messy}" in told.text


def test_a_missing_file(cli: Cli, tmp_path: Path) -> None:
    told = cli("fmt", tmp_path / "none.xml")
    assert told.code == 1
    assert "cannot read" in told.text


def test_shipped_models_are_in_canonical_form(cli: Cli, montbrio: Path) -> None:
    assert cli("fmt", "--check", *sorted(montbrio.parent.glob("*.xml"))).code == 0
