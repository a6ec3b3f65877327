"""Quantities, from files and from the command line."""

from __future__ import annotations

import pytest

from rateml.diagnostics import Code, Diagnostic
from rateml.model.dimension import DIMENSIONS, Dimension, Quantity, Unit, base_unit
from rateml.model.quantity import parse_quantity
from rateml.model.sweep import axis_values

_UNITS = {"ms": Unit("ms", DIMENSIONS["time"], -3), "per_ms3": Unit("per_ms3", Dimension(t=-3), 9)}


@pytest.mark.parametrize(
    ("text", "value", "dimension"),
    [
        ("0.4", 0.4, None),
        ("-4.6", -4.6, None),
        ("+1e3", 1000.0, None),
        ("0.4 ms", 0.4, DIMENSIONS["time"]),
        ("2 s", 2000.0, DIMENSIONS["time"]),
        ("3m_per_s", 3.0, DIMENSIONS["speed"]),
        ("10 Hz", 0.01, DIMENSIONS["per_time"]),
        ("-65 mV", -65.0, DIMENSIONS["voltage"]),
        ("1 pA", 0.001, DIMENSIONS["current"]),
    ],
)
def test_quantity(text: str, value: float, dimension: Dimension | None) -> None:
    found = parse_quantity(text)
    assert isinstance(found, Quantity)
    assert (found.value, found.dimension, found.text) == (value, dimension, text)


def test_units_of_a_file() -> None:
    found = parse_quantity("5e-5 per_ms3", units=_UNITS)
    assert isinstance(found, Quantity)
    assert found.value == 5e-5


@pytest.mark.parametrize(
    ("text", "code", "help"),
    [
        ("1 mss", Code.UNKNOWN_UNIT, "did you mean 'ms'?"),
        ("10.", Code.BAD_QUANTITY, "write '10'"),
        (".5 ms", Code.BAD_QUANTITY, "write '0.5 ms'"),
        ("", Code.BAD_QUANTITY, "write a number"),
        ("ms", Code.BAD_QUANTITY, "write a number"),
        ("1e999999999999999999999 ms", Code.BAD_QUANTITY, "too large"),
        ("nan", Code.BAD_QUANTITY, "write a number"),
    ],
)
def test_fault(text: str, code: Code, help: str) -> None:
    found = parse_quantity(text)
    assert isinstance(found, Diagnostic)
    assert found.code is code
    assert help in found.help


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("3 m/s", "3 m_per_s"),
        ("2/ms", "2 per_ms"),
        ("2 1/ms", "2 per_ms"),
        ("-0.5 * 1/ms", "-0.5 per_ms"),
        ("3 mm / ms", "3 mm_per_ms"),
        ("\N{MINUS SIGN}65 mV", "-65 mV"),
    ],
)
def test_what_is_meant(text: str, meant: str) -> None:
    found = parse_quantity(text)
    assert isinstance(found, Diagnostic)
    assert found.help.startswith(f"write '{meant}'")
    assert isinstance(parse_quantity(found.fixes[0].edits[0].text), Quantity)


_VOLTAGE = DIMENSIONS["voltage"]
_TIME = DIMENSIONS["time"]


@pytest.mark.parametrize(
    ("dimension", "unit"),
    [
        (_VOLTAGE, "mV"),
        (_VOLTAGE**2, "mV^2"),
        (Dimension() / _VOLTAGE, "1/mV"),
        (_VOLTAGE / _TIME, "mV/ms"),
        (_VOLTAGE**2 / _TIME**3, "mV^2/ms^3"),
        (_VOLTAGE / DIMENSIONS["current"], "1/uS"),
        (DIMENSIONS["concentration"] / _TIME, "mM/ms"),
        (DIMENSIONS["charge"], "ms*nA"),
        (DIMENSIONS["current"] ** 2, "nA^2"),
        (Dimension(m=1), "1e-15 kg"),
        (Dimension(m=2), "(1e-15 kg)^2"),
        (Dimension(m=-1, l=1), "mm/(1e-15 kg)"),
        (Dimension(t=-2), "1/ms^2"),
        (DIMENSIONS["speed"], "mm/ms"),
    ],
)
def test_base_unit(dimension: Dimension, unit: str) -> None:
    assert base_unit(dimension) == unit


def test_axes() -> None:
    assert axis_values("linspace", 0.0, 1.0, 5) == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert axis_values("linspace", 2.0, 3.0, 1) == (2.0,)
    assert axis_values("logspace", 1.0, 100.0, 3) == pytest.approx((1.0, 10.0, 100.0))
    assert axis_values("logspace", 0.1, 0.7, 9)[-1] == 0.7
