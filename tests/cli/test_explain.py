"""``rateml explain`` and ``rateml check --explain``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rateml.diagnostics import Code

Cli = Callable[..., Any]


@pytest.mark.parametrize("words", [("explain", "RML201"), ("check", "--explain", "RML201"), ("explain", " rml201 ")])
def test_page(cli: Cli, words: tuple[str, ...]) -> None:
    told = cli(*words)
    assert told.code == 0
    assert told.out.startswith("RML201: ")
    assert "`" not in told.out.splitlines()[0]


@pytest.mark.parametrize("code", Code, ids=lambda code: code.id)
def test_every_code_has_a_readable_page(cli: Cli, code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = cli("explain", code.id)
    assert told.code == 0
    assert len(told.out.split()) > 8
    assert "``" not in told.out
    assert "\n\n\n" not in told.out


def test_all_codes_with_their_titles(cli: Cli) -> None:
    told = cli("explain")
    assert told.code == 0
    listed = [line.split()[0] for line in told.out.splitlines()]
    assert sorted(listed) == sorted(code.id for code in Code)
    assert all(len(line.split()) > 2 for line in told.out.splitlines())


@pytest.mark.parametrize("words", [("explain", "RML2O1"), ("check", "--explain", "RML2O1")])
def test_unknown_code(cli: Cli, words: tuple[str, ...]) -> None:
    told = cli(*words)
    assert told.code == 1
    assert "did you mean 'RML201'" in told.text


def test_hopeless_code(cli: Cli) -> None:
    told = cli("explain", "x")
    assert told.code == 1
    assert "lists them all" in told.text
