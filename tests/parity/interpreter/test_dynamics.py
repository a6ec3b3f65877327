"""Generated dynamics: conditions, derived variables, time, angles and noise, each missed when it is left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

RUNS = [("heun", "on"), *(pytest.param(*run, marks=pytest.mark.long) for run in (("euler", "on"), ("rk4", "off")))]

DYNAMICS = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
<Dimension name="per_time2" t="-2"/>

<ComponentType name="Dynamics" rml:role="model" rml:dt="0.1 ms" rml:scheme="heun">
<Parameter name="tau" dimension="time"/>
<Parameter name="omega" dimension="per_time"/>
<Parameter name="D" dimension="per_time"/>
<DerivedParameter name="twice" dimension="per_time" value="2 * rate"/>
<DerivedParameter name="rate" dimension="per_time" value="1 / tau"/>
<Constant name="TWOPI" dimension="none" value="6.283185307179586"/>
<Constant name="MSEC" dimension="time" value="1 ms"/>
<Constant name="SWITCH" dimension="time" value="2 ms"/>
<Exposure name="a" dimension="none"/>
<Exposure name="b" dimension="none"/>
<Exposure name="c" dimension="none"/>
<Exposure name="phase" dimension="none"/>
<Exposure name="late" dimension="none"/>
<Exposure name="drive" dimension="none"/>
<Dynamics>
<StateVariable name="a" dimension="none" exposure="a"/>
<StateVariable name="b" dimension="none" exposure="b"/>
<StateVariable name="c" dimension="none" exposure="c"/>
<StateVariable name="phase" dimension="none" exposure="phase" rml:periodic="TWOPI"/>
<DerivedVariable name="late" dimension="none" exposure="late" value="gate + drive * a"/>
<DerivedVariable name="drive" dimension="none" exposure="drive" value="sin(omega * t) + 0.1 * t / MSEC"/>
<ConditionalDerivedVariable name="gate" dimension="none">
<Case condition="a .lt. 0 .or. b .gt. 0.9 .and. c .leq. 0.3" value="a^3 - b"/>
<Case condition="t .geq. SWITCH .and. a .neq. 0" value="(a + b)^2 - exp(-c)"/>
<Case value="-a^2 + 0.5"/>
</ConditionalDerivedVariable>
<TimeDerivative variable="a" value="twice * (late - a) + 3 * cos(phase) / MSEC" rml:diffusion="D * (1 + a^2)"/>
<TimeDerivative variable="b" value="3 * rate * (1.2 - b)"/>
<TimeDerivative variable="c" value="-rate * (c + 0.4)" rml:diffusion="D * exp(-b)"/>
<TimeDerivative variable="phase" value="-40 * omega + 3 * a / MSEC" rml:diffusion="D"/>
<OnStart>
<StateAssignment variable="a" value="random(2) - random(1) * twice * MSEC"/>
<StateAssignment variable="c" value="random(0.5)"/>
<StateAssignment variable="phase" value="random(TWOPI)"/>
</OnStart>
<OnCondition test="a .lt. (-1)"><StateAssignment variable="a" value="-1"/></OnCondition>
<OnCondition test="a .gt. 1"><StateAssignment variable="a" value="1"/></OnCondition>
<OnCondition test="a .eq. 1 .and. t .gt. SWITCH"><StateAssignment variable="a" value="0.25 + b^2 / 8"/></OnCondition>
<OnCondition test="b .gt. 1">
<StateAssignment variable="b" value="c"/>
<StateAssignment variable="c" value="b"/>
</OnCondition>
</Dynamics>
</ComponentType>
<Component id="one" type="Dynamics" tau="2 ms" omega="1.3 per_ms" D="0.02 per_ms"/>
</Lems>
"""

DYNAMICS_FAULTS: dict[str, Callable[[str], str]] = {
    "a clamp is missing": lambda s: re.sub(r'<OnCondition test="a .gt. 1">.*', "", s),
    "a condition does not see the one before": lambda s: re.sub(
        r'(<OnCondition test="a .gt. 1">.*)\n(<OnCondition test="a .eq.*)', r"\2\n\1", s
    ),
    "a swap is not simultaneous": lambda s: s.replace(
        '<StateAssignment variable="c" value="b"/>\n', '<StateAssignment variable="c" value="c"/>\n'
    ),
    "no wrap": lambda s: s.replace(' rml:periodic="TWOPI"', ""),
    "cases in another order": lambda s: re.sub(
        r"(<Case condition=\"a .lt.*)\n(<Case condition=\"t .geq.*)", r"\2\n\1", s
    ),
    "or before and": lambda s: s.replace(
        "a .lt. 0 .or. b .gt. 0.9 .and. c .leq. 0.3", "(a .lt. 0 .or. b .gt. 0.9) .and. c .leq. 0.3"
    ),
    "drive forgets t": lambda s: s.replace("sin(omega * t)", "sin(omega * SWITCH)"),
    "-a^2 is (-a)^2": lambda s: s.replace('value="-a^2 + 0.5"', 'value="(-a)^2 + 0.5"'),
    "D forgets the state": lambda s: s.replace("D * exp(-b)", "D"),
    "one draw for two": lambda s: s.replace("random(2) - random(1) * twice * MSEC", "random(2) - 0.4 * twice * MSEC"),
}


@pytest.mark.parametrize("precision", ["float64", pytest.param("float32", marks=pytest.mark.long)])
@pytest.mark.parametrize(("scheme", "noise"), RUNS)
def test_dynamics(against_interpreter: Callable[..., Any], scheme: str, noise: str, precision: str) -> None:
    """Conditional and derived variables, derived parameters, t, OnConditions, an angle, D that depends on the state."""
    run = against_interpreter(DYNAMICS, scheme=scheme, noise=noise, precision=precision)
    assert run.diverged_at == (-1, -1)
    assert run.deviation() <= run.allowed


@pytest.mark.parametrize("fault", DYNAMICS_FAULTS)
def test_a_fault_in_the_dynamics_is_seen(against_interpreter: Callable[..., Any], fault: str) -> None:
    change = DYNAMICS_FAULTS[fault]
    assert change(DYNAMICS) != DYNAMICS
    assert against_interpreter(DYNAMICS, fault=change).deviation() > 1e-3
