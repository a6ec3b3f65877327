"""Generated couplings: ends of an edge, several into one input, speeds, tracts, self and mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray


def _type(name: str, requirements: str, parameters: str, dynamics: str) -> str:
    needed = "".join(f'<Requirement name="{r}" dimension="none"/>' for r in requirements.split())
    declared = "".join(f'<Parameter name="{p}" dimension="none"/>' for p in parameters.split())
    exposed = "".join(f'<Exposure name="{e}" dimension="none"/>' for e in ("pre", "post") if f'name="{e}"' in dynamics)
    return (
        f'<ComponentType name="{name}" rml:role="coupling">{declared}{exposed}{needed}\n'
        f"<Dynamics>{dynamics}</Dynamics></ComponentType>\n"
    )


def _variable(name: str, value: str) -> str:
    exposure = f' exposure="{name}"' if name in ("pre", "post") else ""
    return f'<DerivedVariable name="{name}" dimension="none"{exposure} value="{value}"/>\n'


COUPLINGS = (
    """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
<Dimension name="per_time2" t="-2"/>

<ComponentType name="Cells" rml:role="model" rml:dt="0.1 ms" rml:scheme="euler">
<Parameter name="k" dimension="none" rml:regional="true"/>
<Constant name="MSEC" dimension="time" value="1 ms"/>
<Exposure name="x" dimension="none"/>
<Exposure name="y" dimension="none"/>
<Exposure name="w" dimension="none"/>
<Exposure name="inputs" dimension="none"/>
"""
    + "".join(f'<Requirement name="c{n}" dimension="none"/>\n' for n in range(1, 6))
    + """<Dynamics>
<StateVariable name="x" dimension="none" exposure="x"/>
<StateVariable name="y" dimension="none" exposure="y"/>
<DerivedVariable name="w" dimension="none" exposure="w" value="tanh(v) + k * x"/>
<DerivedVariable name="v" dimension="none" value="x * y - x + 0.3 * sin(2 * t / MSEC)"/>
<DerivedVariable name="inputs" dimension="none" exposure="inputs" value="c1 + 2 * c2 + 3 * c3 + 4 * c4 + 5 * c5"/>
<TimeDerivative variable="x" value="(-x + c1 + 0.5 * c2 - c4) / MSEC"/>
<TimeDerivative variable="y" value="(-y + c3 + 0.3 * c5 * x) / MSEC"/>
</Dynamics>
</ComponentType>
"""
    + _type(
        "Regional",
        "a_j a_i b_j gx n_node",
        "g h",
        _variable("pre", "g * sin(a_j - h_i * a_i) + g_i * bent")
        + _variable("bent", "(b_j + h_j)^2 / (1 + g_j * g_i)")
        + _variable("post", "g * gx / n_node + a_i * h"),
    )
    + _type("Plain", "a_j", "", "")
    + _type("Self", "a_i a_j gx", "s", _variable("pre", "a_j * a_i + s") + _variable("post", "s * gx"))
    + """<Component id="cells" type="Cells" k="0.4"/>
<Component id="one" type="Regional" g="0.7" h="0.2" rml:input="c1" rml:bind="a=x; b=w" rml:speed="2 m_per_s"/>
<Component id="two" type="Plain" rml:input="c1" rml:bind="a=w" rml:speed="3.3 m_per_s" rml:weights="other"/>
<Component id="now" type="Plain" rml:input="c2" rml:bind="a=y" rml:delayed="false"/>
<Component id="own" type="Self" s="0.3" rml:input="c3" rml:bind="a=w" rml:reduce="self" rml:delayed="false"/>
<Component id="all" type="Self" s="0.6" rml:input="c4" rml:bind="a=x" rml:reduce="mean" rml:delayed="false"/>
<Component id="far" type="Plain" rml:input="c5" rml:bind="a=x" rml:speed="1.7 m_per_s"/>
</Lems>
"""
)

COUPLINGS_FAULTS: dict[str, Callable[[str], str]] = {
    "parameter of the wrong end": lambda s: s.replace("h_i * a_i", "h_j * a_i"),
    "bare parameter of the target in pre": lambda s: s.replace("g * sin", "g_i * sin"),
    "state of the wrong end": lambda s: s.replace("sin(a_j - h_i * a_i)", "sin(a_i - h_i * a_i)"),
    "one of two couplings into an input": lambda s: re.sub(r'<Component id="two".*', "", s),
    "its speed": lambda s: s.replace("3.3 m_per_s", "2 m_per_s"),
    "its tracts": lambda s: s.replace(' rml:weights="other"', ""),
    "delays where there are none": lambda s: s.replace(
        'rml:bind="a=y" rml:delayed="false"', 'rml:bind="a=y" rml:speed="3 m_per_s"'
    ),
    "state in place of the derived variable": lambda s: s.replace('rml:bind="a=x; b=w"', 'rml:bind="a=x; b=x"'),
    "mean in place of self": lambda s: s.replace('"self"', '"mean"'),
    "sum in place of mean": lambda s: s.replace(' rml:reduce="mean"', ""),
    "n_node": lambda s: s.replace("gx / n_node", "gx / 4"),
}


def regional(folder: Any) -> tuple[str, ...]:
    """Settings that give g, h and k another value in each region."""
    rng = np.random.Generator(np.random.PCG64(17))
    for name in ("g", "h", "k"):
        np.save(folder / f"{name}.npy", rng.uniform(0.2, 1.0, 5))
    return tuple(f"{key}=@{folder / name}.npy" for key, name in (("one.g", "g"), ("one.h", "h"), ("k", "k")))


def coupled_past() -> dict[str, NDArray[np.float64]]:
    rng = np.random.Generator(np.random.PCG64(5))
    return {state: rng.uniform(-1.0, 1.0, (12, 5)) for state in "xy"}


@pytest.mark.parametrize("precision", ["float64", pytest.param("float32", marks=pytest.mark.long)])
@pytest.mark.parametrize("scheme", ["heun", *(pytest.param(s, marks=pytest.mark.long) for s in ("euler", "rk4"))])
@pytest.mark.parametrize("speed", ["own", "speed=inf", "one.speed=inf"])
def test_couplings(
    against_interpreter: Callable[..., Any], tmp_path: Any, speed: str, scheme: str, precision: str
) -> None:
    """Two couplings into one input, their own speeds and tracts, both ends' parameters, self, mean, no delay."""
    settings = regional(tmp_path) + (() if speed == "own" else (speed,))
    run = against_interpreter(COUPLINGS, scheme=scheme, precision=precision, set=settings, past=coupled_past())
    assert run.diverged_at == (-1, -1)
    assert run.deviation() <= run.allowed


@pytest.mark.parametrize("fault", COUPLINGS_FAULTS)
def test_a_fault_in_the_couplings_is_seen(against_interpreter: Callable[..., Any], tmp_path: Any, fault: str) -> None:
    change = COUPLINGS_FAULTS[fault]
    assert change(COUPLINGS) != COUPLINGS
    run = against_interpreter(COUPLINGS, fault=change, set=regional(tmp_path), past=coupled_past())
    assert run.deviation() > 1e-3
