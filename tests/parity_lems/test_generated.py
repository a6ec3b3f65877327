"""Models made at random: what our rules call portable, PyLEMS computes as we do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from rateml.diagnostics import Code, Diagnostic
from rateml.ir.interp import Float

pytestmark = pytest.mark.filterwarnings("ignore")

Steps = Callable[[str, int, float], Float]
Advice = Callable[[str], tuple[Diagnostic, ...]]

_DT = 0.0937  # no multiple of it meets a round number, where ceil() and comparisons would hang on the last bit
_LARGE = 1e30
"""Where values grow beyond this they soon overflow, which PyLEMS takes for a fault."""
_STEPS = 12
_BOUNDED = ("sin({})", "cos({})", "tanh({})", "-tanh(abs({}))")
_WORDS = ("lt", "gt", "geq", "eq", "neq")

_FILE = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
<Dimension name="time" t="1"/>
<Unit symbol="ms" dimension="time" power="-3"/>
<ComponentType name="Cell" rml:role="model">
{declared}
<Dynamics>
{dynamics}
</Dynamics>
</ComponentType>
{function}
<Component id="cell" type="Cell" {values}>{call}</Component>
</Lems>
"""
_FUNCTION = """<ComponentType name="F" rml:role="function">
<Parameter name="gain" dimension="none"/>
<Requirement name="x0" dimension="none"/>
<Requirement name="p0" dimension="none"/>
<Exposure name="y" dimension="none"/>
<Dynamics><DerivedVariable name="y" dimension="none" exposure="y" value="{}"/></Dynamics>
</ComponentType>"""


@dataclass
class Writer:
    """Draws expressions as text; parentheses stand around an operation or, as the draw goes, are left out."""

    draw: Callable[..., int]

    def pick(self, count: int) -> int:
        return self.draw(st.integers(0, count - 1))

    def number(self) -> str:
        return f"{0.1 + (self.pick(1000) * 0.6180339887) % 1.9:.5f}"

    def expression(self, names: list[str], depth: int = 3) -> str:
        if depth == 0 or not self.pick(6):
            return self.number() if not names or not self.pick(4) else names[self.pick(len(names))]
        kind = self.pick(14)
        left = self.expression(names, depth - 1)
        if kind < 7:
            text = f"{left} {'+-*'[kind % 3]} {self.expression(names, depth - 1)}"
            return text if not self.pick(3) else f"({text})"
        match kind:
            case 7:
                return f"{left} / (1.7 + sin({self.expression(names, depth - 1)}))"
            case 8:
                return f"({left})^2" if self.pick(2) else f"(abs({left}) + 0.2)^-{self.number()}"
            case 9:
                return f"-{left}" if self.pick(2) else f"(-{left})"
            case 10 | 11:
                bounded = _BOUNDED[self.pick(4)].format(left)
                return f"{('exp', 'sinh', 'cosh', 'tan')[self.pick(4)]}({bounded})"
            case 12:
                return f"{('sqrt', 'log')[self.pick(2)]}(abs({left}) + 0.3)"
        return f"{('abs', 'ceil', 'sin', 'cos', 'tanh')[self.pick(5)]}({left})"

    def condition(self, names: list[str]) -> str:
        parts = []
        for number in range(1 + self.pick(3)):
            joint = (" .and. ", " .or. ")[self.pick(2)] if number else ""
            left, right = self.expression(names, 1), self.expression(names, 2)
            parts.append(f"{joint}{left} .{_WORDS[self.pick(len(_WORDS))]}. {right}")
        return "".join(parts)


@st.composite
def models(draw: Callable[..., int]) -> str:
    w = Writer(draw)
    parameters = [f"p{i}" for i in range(1 + w.pick(3))]
    states = [f"x{i}" for i in range(1 + w.pick(3))]
    declared = [f'<Parameter name="{p}" dimension="none"/>' for p in parameters]
    given_ = list(parameters)
    for i in range(w.pick(3)):
        declared.append(f'<DerivedParameter name="dp{i}" dimension="none" value="{w.expression(given_)}"/>')
        given_.append(f"dp{i}")
    declared.append('<Constant name="MSEC" dimension="time" value="1 ms"/>')
    declared.append('<Constant name="K" dimension="none" value="-1.37"/>')
    given_.append("K")
    declared += [f'<Exposure name="{s}" dimension="none"/>' for s in states]
    known = [*given_, *states, "(t / MSEC)"]
    dynamics = [f'<StateVariable name="{s}" dimension="none" exposure="{s}"/>' for s in states]
    called = bool(w.pick(2))
    if called:
        declared.append('<Child name="f" type="F"/>')
        dynamics.append('<DerivedVariable name="call" dimension="none" select="f/y"/>')
        known.append("call")
    for i in range(w.pick(4)):
        dynamics.append(f'<DerivedVariable name="dv{i}" dimension="none" value="{w.expression(known)}"/>')
        known.append(f"dv{i}")
    rates = list(known)
    for i in range(w.pick(3)):
        cases = "".join(
            f'<Case condition="{w.condition(known)}" value="{w.expression(known, 2)}"/>' for _ in range(w.pick(3))
        )
        last = f'<Case condition="1 .eq. 1" value="{w.expression(known, 2)}"/>'
        dynamics.append(
            f'<ConditionalDerivedVariable name="cv{i}" dimension="none">{cases}{last}</ConditionalDerivedVariable>'
        )
        rates.append(f"cv{i}")
    dynamics += [f'<TimeDerivative variable="{s}" value="({w.expression(rates)}) / MSEC"/>' for s in states]
    started = [s for s in states if w.pick(4)]
    start = "".join(f'<StateAssignment variable="{s}" value="{w.expression(given_, 1 + w.pick(2))}"/>' for s in started)
    dynamics.append(f"<OnStart>{start}</OnStart>" if started else "")
    seen = [*given_, *states]
    for _ in range(w.pick(3)):
        assigned = [s for s in states if w.pick(2)] or states[:1]
        inside = "".join(f'<StateAssignment variable="{s}" value="{w.expression(seen, 2)}"/>' for s in assigned)
        dynamics.append(f'<OnCondition test="{w.condition(seen)}">{inside}</OnCondition>')
    return _FILE.format(
        declared="\n".join(declared),
        dynamics="\n".join(dynamics),
        function=_FUNCTION.format(w.expression(["gain", "x0", "p0"])) if called else "",
        values=" ".join(f'{p}="{w.number()}"' for p in parameters),
        call=f'<f type="F" gain="{w.number()}"/>' if called else "",
    )


def _portable(text: str, advice: Advice) -> str | None:
    """The model with the repairs that the advice on precedence offers; None when other advice is left."""
    for _ in range(60):
        told = advice(text)
        if not told:
            return text
        fixes = [d.fixes[0] for d in told if d.code is Code.NOT_PORTABLE_PRECEDENCE and d.fixes]
        if len([d for d in told if d.code is not Code.NOT_PORTABLE_PRECEDENCE]) or not fixes:
            return None
        for edit in sorted(fixes[0].edits, key=lambda e: e.span.start, reverse=True):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return None


def _check(pylems: Steps, ours: Steps, advice: Advice, text: str) -> None:
    portable = _portable(text, advice)
    if portable is None:
        event("not portable")
        return
    expected = ours(portable, _STEPS, _DT)
    np.testing.assert_array_equal(expected, ours(text, _STEPS, _DT))
    shaken = ours(portable, _STEPS, _DT * (1 + 1e-13))
    steady = np.isclose(expected, shaken, rtol=1e-11, atol=1e-12).all(axis=1)
    steady &= (np.abs(expected) < _LARGE).all(axis=1)
    steps = int(steady.argmin()) if not steady.all() else len(steady)
    event("all steps" if steps == len(steady) else "some steps")
    found = pylems(portable, steps - 1, _DT)
    np.testing.assert_allclose(found, expected[:steps], rtol=1e-9, atol=1e-12)


@settings(max_examples=25, suppress_health_check=[*HealthCheck])
@given(text=models())
def test_portable_models_run_alike(pylems: Steps, ours: Steps, advice: Advice, text: str) -> None:
    _check(pylems, ours, advice, text)


@pytest.mark.long
@settings(max_examples=400, suppress_health_check=[*HealthCheck])
@given(text=models())
def test_many_portable_models_run_alike(pylems: Steps, ours: Steps, advice: Advice, text: str) -> None:
    _check(pylems, ours, advice, text)
