"""Offsets and positions, there and back, in every encoding; lines end where the protocol says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position
from rateml_lsp.positions import Lines

TEXTS = st.text(st.sampled_from("ab<\n\r\t\u2028\x0bé τ😀"), max_size=40)


@given(TEXTS, st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_there_and_back(text: str, encoding: str) -> None:
    lines = Lines(text, encoding)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":
            assert lines.offset(lines.position(offset)) == offset


@given(TEXTS, st.integers(0, 9), st.integers(0, 30), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_any_position_is_somewhere_in_its_line(text: str, line: int, character: int, encoding: str) -> None:
    lines = Lines(text, encoding)
    offset = lines.offset(Position(line, character))
    assert 0 <= offset <= len(text)
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert lines.position(offset).line == min(line, len(rows) - 1)


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 7), ("utf-16", 4), ("utf-32", 3)])
def test_units(encoding: str, column: int) -> None:
    assert Lines("x\nτ😀ab", encoding).position(5) == Position(1, column)
