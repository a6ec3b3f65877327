"""What PyLEMS 0.6.9 gets wrong or cannot do, each by the least model that shows it, and the advice that tells.

When a test fails because PyLEMS agrees, the advice can go.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from rateml.diagnostics import Diagnostic
from rateml.ir.interp import Float

pytestmark = pytest.mark.filterwarnings("ignore")

Steps = Callable[[str, int, float], Float]
Advice = Callable[[str], tuple[Diagnostic, ...]]

_FILE = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
<Dimension name="time" t="1"/>
<Unit symbol="ms" dimension="time" power="-3"/>
<ComponentType name="Cell" rml:role="model">
<Parameter name="p" dimension="none"/>
{declared}
<Constant name="MSEC" dimension="time" value="1 ms"/>
<Exposure name="x" dimension="none"/>
<Exposure name="y" dimension="none"/>
{children}
<Dynamics>
<StateVariable name="x" dimension="none" exposure="x"/>
<StateVariable name="y" dimension="none" exposure="y"/>
{derived}
<TimeDerivative variable="x" value="{rate}"/>
<TimeDerivative variable="y" value="1 / MSEC"/>
<OnStart><StateAssignment variable="x" value="0.7"/></OnStart>
{events}
</Dynamics>
</ComponentType>
{function}
<Component id="cell" type="Cell" p="1.3">{call}</Component>
</Lems>
"""
_FUNCTION = """<ComponentType name="F" rml:role="function">
<Parameter name="gain" dimension="none"/>
<Requirement name="{0}" dimension="none"/>
<Exposure name="y" dimension="none"/>
<Dynamics><DerivedVariable name="y" dimension="none" exposure="y" value="gain * {0}"/></Dynamics>
</ComponentType>"""
_CALLED = '<DerivedVariable name="r" dimension="none" select="f/y"/>'


def _model(**parts: str) -> str:
    empty = dict.fromkeys(("declared", "children", "derived", "events", "function", "call"), "")
    return _FILE.format(**(empty | {"rate": "(-x) / MSEC"} | parts))


def _derived(name: str, value: str) -> str:
    return f'<DerivedVariable name="{name}" dimension="none" value="{value}"/>'


def _cases(name: str, *cases: str) -> str:
    return f'<ConditionalDerivedVariable name="{name}" dimension="none">{"".join(cases)}</ConditionalDerivedVariable>'


def _event(test: str, variable: str, value: str) -> str:
    return f'<OnCondition test="{test}"><StateAssignment variable="{variable}" value="{value}"/></OnCondition>'


_GATE = _cases("gate", '<Case condition="x .gt. 0.5" value="x"/>', '<Case condition="1 .eq. 1" value="0"/>')

WRONG = {
    "a product after a minus": (_model(rate="(2*x - p*x - 1) / MSEC"), "PRECEDENCE"),
    "a power of a negative": (_model(rate="-x^2 / MSEC"), "PRECEDENCE"),
    "a call after a division": (_model(rate="p / exp(x) / MSEC"), "PRECEDENCE"),
    "a division of a product after a minus": (_model(rate="(1 - x / p * 2 - x) / MSEC"), "PRECEDENCE"),
    "a conditional variable one step late": (
        _model(derived=_GATE + _derived("d", "gate"), rate="d / MSEC"),
        "CONDITIONAL",
    ),
    "a conditional variable in a Case": (
        _model(
            derived=_GATE
            + _cases("late", '<Case condition="x .gt. 0" value="gate"/><Case condition="1 .eq. 1" value="1"/>'),
            rate="late / MSEC",
        ),
        "CONDITIONAL",
    ),
    "a state that an OnCondition above assigned": (
        _model(events=_event("y .gt. 0.15", "x", "3") + _event("x .gt. 2", "y", "0")),
        "EVENT",
    ),
    "the time of an OnCondition": (_model(events=_event("t .gt. 0.25 * MSEC", "x", "3")), "EVENT"),
    "less or equal": (
        _model(
            derived=_cases("g", '<Case condition="x .leq. 1" value="x"/>', '<Case condition="1 .eq. 1" value="0"/>'),
            rate="g / MSEC",
        ),
        "PRECEDENCE",
    ),
    "a derived variable as an argument": (
        _model(
            children='<Child name="f" type="F"/>',
            derived=_derived("arg", "2 * x") + _CALLED,
            rate="r / MSEC",
            function=_FUNCTION.format("arg"),
            call='<f type="F" gain="2"/>',
        ),
        "ARGUMENT",
    ),
    "a name that ends in _shadow": (
        _model(declared='<Parameter name="x_shadow" dimension="none"/>', rate="(x_shadow - x) / MSEC").replace(
            'p="1.3"', 'p="1.3" x_shadow="2"'
        ),
        "NAME",
    ),
}
REFUSED = {
    "a function of our own": (_model(rate="max(x, p) / MSEC"), "FUNCTION"),
    "a function of our own with one argument": (_model(rate="floor(x) / MSEC"), "FUNCTION"),
    "names inside names": (
        _model(
            declared='<DerivedParameter name="a" dimension="none" value="tanh(p)"/>'
            '<DerivedParameter name="n" dimension="none" value="abs(p)"/>',
            rate="a * n / MSEC",
        ),
        "SUBSTRING",
    ),
    "a name of its own": (
        _model(declared='<Parameter name="single_step" dimension="none"/>').replace(
            'p="1.3"', 'p="1.3" single_step="2"'
        ),
        "NAME",
    ),
    "a number that begins with 0": (_model(rate="02 * x / MSEC"), "PRECEDENCE"),
    "a call whose element has no type": (
        _model(
            children='<Child name="f" type="F"/>',
            derived=_CALLED,
            rate="r / MSEC",
            function=_FUNCTION.format("x"),
            call='<f gain="2"/>',
        ),
        "CALL",
    ),
    "a call without an element": (
        _model(
            children='<Child name="f" type="F"/>',
            derived=_CALLED,
            rate="r / MSEC",
            function=_FUNCTION.format("x")
            .replace('<Parameter name="gain" dimension="none"/>', "")
            .replace("gain", "2"),
        ),
        "CALL",
    ),
}
OTHERS = {
    "a Case without a condition": (
        _model(derived=_cases("g", '<Case condition="x .gt. 0" value="x"/>', '<Case value="0"/>'), rate="g / MSEC"),
        "DEFAULT",
    ),
    "a derived parameter as an argument": (
        _model(
            declared='<DerivedParameter name="arg" dimension="none" value="2 * p"/>',
            children='<Child name="f" type="F"/>',
            derived=_CALLED,
            rate="r / MSEC",
            function=_FUNCTION.format("arg"),
            call='<f type="F" gain="2"/>',
        ),
        "ARGUMENT",
    ),
}
"""What PyLEMS can do and the advice still tells, for other simulators of LEMS."""


def _told(advice: Advice, text: str) -> set[str]:
    return {d.code.name.removeprefix("NOT_PORTABLE_") for d in advice(text)}


@pytest.mark.parametrize("name", WRONG)
def test_wrong(pylems: Steps, ours: Steps, advice: Advice, name: str) -> None:
    text, code = WRONG[name]
    assert _told(advice, text) == {code}
    assert not np.allclose(pylems(text, 5, 0.1), ours(text, 5, 0.1), rtol=1e-6)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(pylems: Steps, ours: Steps, advice: Advice, name: str) -> None:
    text, code = REFUSED[name]
    assert _told(advice, text) == {code}
    assert np.isfinite(ours(text, 5, 0.1)).all()
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever PyLEMS stumbles over
        pylems(text, 5, 0.1)


@pytest.mark.parametrize("name", OTHERS)
def test_told_for_others(pylems: Steps, ours: Steps, advice: Advice, name: str) -> None:
    text, code = OTHERS[name]
    assert _told(advice, text) == {code}
    np.testing.assert_allclose(pylems(text, 5, 0.1), ours(text, 5, 0.1), rtol=1e-12)


def test_without_them_they_agree(pylems: Steps, ours: Steps, advice: Advice) -> None:
    text = _model()
    assert _told(advice, text) == set()
    np.testing.assert_allclose(pylems(text, 5, 0.1), ours(text, 5, 0.1), rtol=1e-12)
