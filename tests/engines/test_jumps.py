"""Where one rounding decides between two values, quotients are those that stand in the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rateml import api
from rateml.engines.cpu import CpuEngine
from rateml.request.settings import Request
from rateml.results import open_results

_MODEL = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
<ComponentType name="Jumps" rml:role="model" rml:scheme="euler" rml:dt="1 ms">
<Parameter name="n" dimension="none"/><Parameter name="m" dimension="none"/>
<Constant name="MSEC" dimension="time" value="1 ms"/>
<Exposure name="whole" dimension="none"/><Exposure name="by_parameter" dimension="none"/>
<Exposure name="later" dimension="none"/><Exposure name="reached" dimension="none"/>
<Exposure name="looked_up" dimension="none"/>
<Dynamics>
<StateVariable name="x" dimension="none"/>
<DerivedVariable name="whole" dimension="none" value="floor(x / 49)" exposure="whole"/>
<DerivedVariable name="by_parameter" dimension="none" value="floor(x / m)" exposure="by_parameter"/>
<DerivedVariable name="part" dimension="none" value="x / 49"/>
<DerivedVariable name="later" dimension="none" value="floor(part)" exposure="later"/>
<DerivedVariable name="tenths" dimension="none" value="floor(x - 46) / 10"/>
<ConditionalDerivedVariable name="reached" dimension="none" exposure="reached">
<Case condition="x / 49 .geq. 1" value="1"/><Case value="0"/></ConditionalDerivedVariable>
<ConditionalDerivedVariable name="looked_up" dimension="none" exposure="looked_up">
<Case condition="tenths .eq. 0.3" value="1"/><Case value="0"/></ConditionalDerivedVariable>
<TimeDerivative variable="x" value="0 / MSEC"/>
<OnStart><StateAssignment variable="x" value="n"/></OnStart>
</Dynamics></ComponentType>
<Component id="one" type="Jumps" n="49" m="49"/></Lems>
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "jumps.xml"
    path.write_text(_MODEL, "utf-8")
    return path


@pytest.mark.parametrize("precision", ["float32", pytest.param("float64", marks=pytest.mark.long)])
def test_a_quotient_that_is_whole_stays_whole(model: Path, tmp_path: Path, precision: str) -> None:
    request = Request(duration="3 ms", monitors=["raw"], precision=precision)
    job = api.prepare(model, "synthetic:2:0", request, sweep=False)
    list(api.execute(job, tmp_path / "out.zarr", CpuEngine(1)))
    with open_results(tmp_path / "out.zarr") as results:
        assert np.unique(results["raw"].values).tolist() == [1.0]


def test_on_gpus_they_are_rounded_as_ieee_754_says(model: Path) -> None:
    """Those of float32 are within 2 units of the last place elsewhere, by an option of the compiler."""
    artifact = api.build(model, "cuda", "float32")
    text = artifact.files[artifact.entry]
    assert "= quotient(x_, 49.0f);" in text
    assert "= floor(quotient(x_, m_));" in text
    assert "= quotient(floor(x_ - 46.0f), 10.0f);" in text
    assert "float quotient(float x, float y) { return __fdiv_rn(x, y); }" in text
    assert [part for part in (" / 49.0f", " / m_", " / 10.0f") if part in text] == []
