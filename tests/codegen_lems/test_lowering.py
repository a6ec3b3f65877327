"""What PyLEMS gets wrong as written comes out right, by Euler steps with inputs of 0."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from rateml import api
from rateml.errors import ModelError
from rateml.ir.interp import Float

pytestmark = pytest.mark.filterwarnings("ignore")

Steps = Callable[[str, int, float], Float]

_DT = 0.0937  # no multiple of it meets a round number, where ceil() and comparisons would hang on the last bit
_STEPS = 12


@pytest.fixture
def pylems(region: Callable[[Path], Any], tmp_path: Path) -> Steps:
    """The generated files as PyLEMS computes them."""

    def steps(text: str, count: int, dt: float) -> Float:
        path = tmp_path / "model.xml"
        path.write_text(text, encoding="utf-8")
        states = {s.name: s.dimension.base_power for s in api.read_program(path).states}
        found: Float = region(path).run(states, count, dt)
        return found

    return steps


def _alike(pylems: Steps, ours: Steps, text: str) -> None:
    """Until a comparison or a division hangs on the last bit."""
    expected = ours(text, _STEPS, _DT)
    shaken = ours(text, _STEPS, _DT * (1 + 1e-13))
    steady = np.isclose(expected, shaken, rtol=1e-11, atol=1e-12).all(axis=1)
    steps = int(steady.argmin()) if not steady.all() else len(steady)
    event("all steps" if steps == len(steady) else "some steps")
    np.testing.assert_allclose(pylems(text, steps - 1, _DT), expected[:steps], rtol=1e-9, atol=1e-12)


def test_defects_of_pylems(pylems: Steps, ours: Steps, defects: Any) -> None:
    """Each of them but functions of our own, and names of PyLEMS's own, which the next test is for."""
    every = defects.WRONG | defects.REFUSED | defects.OTHERS
    done = 0
    for text, code in every.values():
        if code in ("FUNCTION", "NAME"):
            continue
        done += 1
        expected = ours(text, _STEPS, _DT)
        assert np.isfinite(expected).all()
        np.testing.assert_allclose(pylems(text, _STEPS, _DT), expected, rtol=1e-9, atol=1e-12, err_msg=text)
    assert done >= 14


def test_names_of_pylems(region: Callable[[Path], Any], tmp_path: Path, ours: Steps, defects: Any) -> None:
    path = tmp_path / "model.xml"
    for title, name in (("a name that ends in _shadow", "x_shadow"), ("a name of its own", "single_step")):
        text, _ = (defects.WRONG | defects.REFUSED)[title]
        path.write_text(text, encoding="utf-8")
        found = region(path).run({"x": 0, "y": 0}, _STEPS, _DT)
        np.testing.assert_allclose(found, ours(text, _STEPS, _DT), rtol=1e-9, atol=1e-12)
        assert f"'{name}' is '{name}_' in LEMS, where the name is taken" in api.build(path, "lems").notes


@given(data=st.data())
@settings(max_examples=20, suppress_health_check=[*HealthCheck])
def test_random_models(pylems: Steps, ours: Steps, random_models: Any, data: st.DataObject) -> None:
    _random(pylems, ours, data.draw(random_models()))


@pytest.mark.long
@given(data=st.data())
@settings(max_examples=400, suppress_health_check=[*HealthCheck])
def test_many_random_models(pylems: Steps, ours: Steps, random_models: Any, data: st.DataObject) -> None:
    _random(pylems, ours, data.draw(random_models()))


def _random(pylems: Steps, ours: Steps, text: str) -> None:
    if not np.isfinite(ours(text, _STEPS, _DT)).all():
        event("diverges")  # Python raises where IEEE arithmetic goes on
        return
    try:
        _alike(pylems, ours, text)
    except ModelError as error:
        told = [d.message for d in error.diagnostics]
        assert all("combinations" in m or "OnConditions" in m or "operations" in m for m in told), told
        event("refused")


_CHAIN = """
<ConditionalDerivedVariable name="low" dimension="none">
  <Case condition="x .lt. 0.3" value="2 * x"/><Case value="x - 1"/>
</ConditionalDerivedVariable>
<ConditionalDerivedVariable name="high" dimension="none">
  <Case condition="(low .gt. 0.1) .or. (y .gt. low)" value="low"/>
  <Case condition="y .leq. 0.2" value="-low"/>
  <Case condition="1 .eq. 1" value="y * low"/>
</ConditionalDerivedVariable>
<DerivedVariable name="both" dimension="none" value="low * high - high"/>
"""


def test_cases_are_multiplied_out(pylems: Steps, ours: Steps, defects: Any) -> None:
    """Conditional variables in conditions, Cases and plain variables, in every branch."""
    seen = set()
    for start in (0.1, 0.25, 0.7, 1.4):
        text = defects._model(derived=_CHAIN, rate="(both - 0.1 * x) / MSEC").replace('value="0.7"', f'value="{start}"')
        expected = ours(text, _STEPS, _DT)
        seen.add(tuple(np.sign(np.diff(expected[:, 0]))))
        np.testing.assert_allclose(pylems(text, _STEPS, _DT), expected, rtol=1e-9, atol=1e-12)
    assert len(seen) > 1


def test_on_conditions_that_depend_on_one_another(pylems: Steps, ours: Steps, defects: Any, tmp_path: Path) -> None:
    event = defects._event
    events = event("y .gt. 0.4", "x", "x + 3") + event("(x .gt. 2) .and. (y .lt. 0.9)", "y", "y - x / 10")
    events += event("y .lt. 0.2", "x", "y") + event("t .gt. 0.7 * MSEC", "y", "y + t / MSEC")
    text = defects._model(events=events)
    expected = ours(text, 40, _DT)
    assert len(np.unique(np.sign(np.diff(expected[:, 1])))) == 2
    np.testing.assert_allclose(pylems(text, 40, _DT), expected, rtol=1e-9, atol=1e-12)
    path = tmp_path / "model.xml"
    assert "OnConditions read the time from the state 't_now'" in api.build(path, "lems").notes


_WRAP = '<OnCondition test="x .geq. P"><StateAssignment variable="x" value="x - P"/></OnCondition>'


@pytest.mark.parametrize("written", ["", _WRAP, _WRAP + _WRAP.replace(".geq. P", ".lt. 0").replace("- P", "+ P")])
def test_angles_are_wrapped(pylems: Steps, ours: Steps, defects: Any, written: str) -> None:
    text = defects._model(
        declared='<Constant name="P" dimension="none" value="1.5"/>', rate="(2 - 3 * y) / MSEC", events=written
    )
    text = text.replace('exposure="x"/>', 'exposure="x" rml:periodic="P"/>')
    expected = ours(text, 30, _DT)
    assert (expected[:, 0] >= 0.0).all()
    assert (expected[:, 0] < 1.5).all()
    assert (np.abs(np.diff(expected[:, 0])) > 1.0).sum() >= 3
    np.testing.assert_allclose(pylems(text, 30, _DT), expected, rtol=1e-9, atol=1e-12)
