"""Only what is certain is repaired unasked; the rest is offered."""

from __future__ import annotations

from pathlib import Path

import pytest

from rateml.checks import check_model, no_includes
from rateml.diagnostics import Code, Diagnostic, Severity
from rateml.diagnostics.apply import repair

_BASE = (Path(__file__).parent / "base.xml").read_text(encoding="utf-8")
_PRE = 'value="sin(y_j - y_i)"'
_RATE = 'value="rate * gate + c_x"'


def _found(text: str) -> tuple[Diagnostic, ...]:
    found = check_model(text, "m", reader=no_includes).diagnostics
    return tuple(d for d in found if d.severity <= Severity.WARNING)


def _repaired(old: str, new: str) -> str:
    """What ``--fix`` makes of the base model with a fault in it; only the part in question."""
    assert _BASE.count(old) == 1
    text = _BASE.replace(old, new)
    after = repair(text, "m", _found).text
    at = text.index(new)
    return after[at : len(after) - (len(text) - at - len(new))]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"c_x" dimension="per_time"/>', '"c_x" dimension="per_time"/><Requirement name="c_y" dimension="none"/>', 601),
        (_RATE, 'value="rate (gate) + c_x"', 203),
        (_RATE, 'value="1 per_ms * gate + c_x"', 121),
        (_RATE, 'value="rate * (gate + c_x"', 122),
        (_PRE, 'value="sin(y_j - y)"', 201),
        ('value="x / tau"', 'value="arctan(x) / tau"', 203),
        ('test="x .geq. TWOPI"', 'test="0 .lt. x .lt. TWOPI"', 126),
        ('test="x .geq. TWOPI"', 'test="x"', 311),
        ('tau="10 ms"', 'tau="10 mss"', 402),
        ('rml:min="1 ms" rml:max="30 ms"', 'rml:min="30 ms" rml:max="10 ms"', 602),
        ('condition="x .geq. 0"', 'condition="x .gt. 0"', 309),
        ('rml:version="1.0"', 'rml:version="2.0"', 104),
        ('id="one" type="Model"', 'id="one" type="Model" rml:speed="3 m_per_s"', 108),
    ],
)
def test_what_decides_the_meaning_is_left_alone(old: str, new: str, code: int) -> None:
    assert f"RML{code}" in [d.code.id for d in _found(_BASE.replace(old, new))]
    assert _repaired(old, new) == new


@pytest.mark.parametrize(
    ("old", "new", "mended"),
    [
        (_RATE, 'value="ratee * gate + c_x"', _RATE),
        ('test="x .geq. TWOPI"', 'test="x < TWOPI"', 'test="x .lt. TWOPI"'),
        ('test="x .geq. TWOPI"', 'test="x <= TWOPI"', 'test="x .leq. TWOPI"'),
        ('test="x .geq. TWOPI"', 'test="mode"', 'test="mode .neq. 0"'),
        ('name="Sum" ', 'name="Sum" description="a < b & c" ', 'name="Sum" description="a &lt; b &amp; c" '),
        ('condition="x .geq. 0" value="x^2"', 'condition="else" value="x^2"', ' value="x^2"'),
        ('tau="10 ms"', 'tau="10. ms"', 'tau="10 ms"'),
    ],
)
def test_what_is_certain_is_repaired(old: str, new: str, mended: str) -> None:
    assert _repaired(old, new).strip() == mended.strip()


@pytest.mark.parametrize("word", ["else", "otherwise", "Default"])
def test_a_last_case_called_else_is_one_fault(word: str) -> None:
    (fault,) = _found(_BASE.replace('condition="x .geq. 0"', f'condition="{word}"'))
    assert (fault.code, fault.help) == (
        Code.UNDEFINED_NAME,
        "leave out the condition: the last Case is the default",
    )


def test_only_names_that_are_legal_there_are_suggested() -> None:
    (fault,) = _found(_BASE.replace(_PRE, 'value="sin(y_j - y)"'))
    assert fault.help == "did you mean 'y_i'?"
    (fault,) = _found(_BASE.replace(_PRE, 'value="sin(y_j - ggx + y_i)"'))
    assert "gx" not in fault.help


def test_a_speed_without_effect_is_pointed_at() -> None:
    text = _BASE.replace(_PRE, 'value="sin(y_i)"').replace('<Requirement name="y_j" dimension="none"/>\n', "")
    (fault,) = [d for d in _found(text) if d.code is Code.SOURCE_FREE_PRE]
    assert "did you mean y_j?" in fault.help
    (related,) = fault.related
    assert text[related.span.start : related.span.end] == "3 m_per_s"
