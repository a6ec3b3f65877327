"""A parameter of a function call is swept as ``child.name``, in the file as on the command line."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from rateml.api import read_program
from rateml.errors import UserError
from rateml.ir.interp import Float, Interpreter, Network
from rateml.ir.program import Program
from rateml.passes import run_passes
from rateml.request.axes import suggested_axes
from rateml.request.settings import Request, Settings, read_settings
from rateml.request.targets import find_target

_MODEL = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
  <ComponentType name="Cell" rml:role="model">
    <Parameter name="width" dimension="time"/>
    <Exposure name="x" dimension="none"/>
    <Child name="f" type="Saturate"/>
    <Child name="g" type="Saturate"/>
    <Dynamics>
      <StateVariable name="x" dimension="none" exposure="x"/>
      <DerivedVariable name="fast" dimension="none" select="f/y"/>
      <DerivedVariable name="slow" dimension="none" select="g/y"/>
      <TimeDerivative variable="x" value="(fast - 2 * slow) / width"/>
      <OnStart><StateAssignment variable="x" value="0.7"/></OnStart>
    </Dynamics>
  </ComponentType>
  <ComponentType name="Saturate" rml:role="function">
    <Parameter name="gain" dimension="none"/>
    <Parameter name="width" dimension="time"/>
    <Parameter name="sharp" dimension="none" rml:type="boolean"/>
    <Constant name="MSEC" dimension="time" value="1 ms"/>
    <Exposure name="y" dimension="none"/>
    <Requirement name="x" dimension="none"/>
    <Dynamics>
      <DerivedVariable name="y" dimension="none" exposure="y" value="tanh(gain * x * MSEC / width) * (1 + sharp)"/>
    </Dynamics>
  </ComponentType>
  <Component id="cell" type="Cell" width="4 ms"{sweep}>
    <f gain="{gain}" width="{width}" sharp="0"/>
    <g gain="0.5" width="2 ms" sharp="1"/>
  </Component>
</Lems>
"""


def _program(folder: Path, sweep: str = "", gain: str = "1.5", width: str = "3 ms") -> Program:
    file = folder / "cell.xml"
    words = f' rml:sweep="{sweep}"' if sweep else ""
    file.write_text(_MODEL.format(sweep=words, gain=gain, width=width), encoding="utf-8")
    return read_program(file)


def _run(program: Program, **given: float) -> Float:
    network = Network({"none": np.zeros((1, 1))}, {"none": np.zeros((1, 1), dtype=np.int64)})
    return Interpreter(run_passes(program), network, 0.1, "heun", given=given).run(50).states


def _settings(program: Program, **request: object) -> Settings:
    return read_settings(program, ("a",), Request(**request), sweep="axes" in request)  # type: ignore[arg-type]  # any request


def test_axes_of_the_file(tmp_path: Path) -> None:
    program = _program(tmp_path, "f.width=linspace(1 ms, 5 ms, 3); g.gain = list(2, 3); width=list(1 ms)")
    axes = suggested_axes(program)
    assert [(axis.name, axis.target.key, axis.values, axis.units) for axis in axes] == [
        ("f.width", "f.width", (1.0, 3.0, 5.0), "ms"),
        ("g.gain", "g.gain", (2.0, 3.0), "1"),
        ("cell.width", "width", (1.0,), "ms"),
    ]


def test_axes_of_the_command_line(tmp_path: Path) -> None:
    program = _program(tmp_path)
    given = [("grid", "f.width=1 ms:0.005 s:3"), ("log-grid", "g.gain=1:4:3"), ("values", "f.sharp=0,1")]
    axes = _settings(program, axes=given).axes
    assert [axis.target.key for axis in axes] == ["f.width", "g.gain", "f.sharp"]
    np.testing.assert_allclose([*axes[0].values, *axes[1].values], [1, 3, 5, 1, 2, 4], rtol=1e-14)
    assert _settings(program, set=["f.width=0.004 s"]).values == {"f.width": 4.0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gain=1", "'gain' is a parameter of several components: say which, f.gain, g.gain"),
        ("f.gian=1", "there is no parameter 'f.gian'; did you mean 'f.gain'?"),
        ("h.gain=1", "there is no parameter 'h.gain'; did you mean"),
        ("f.width=1 mV", "'1 mV' has the dimension voltage, wanted is time"),
        ("f.sharp=0.5", "'f.sharp' is a boolean, 0 or 1, not 0.5"),
    ],
)
def test_what_is_told(tmp_path: Path, text: str, message: str) -> None:
    program = _program(tmp_path)
    for request in ({"set": [text]}, {"axes": [("values", text)]}):
        with pytest.raises(UserError, match=re.escape(message)):
            _settings(program, **request)


@pytest.mark.parametrize(("name", "written", "value"), [("gain", "2.25", 2.25), ("width", "0.007 s", 7.0)])
def test_a_point_is_the_model_with_the_value_written_in(tmp_path: Path, name: str, written: str, value: float) -> None:
    program = _program(tmp_path, f"f.{name}=list({written})")
    (axis,) = suggested_axes(program)
    key = find_target(program, f"f.{name}", "--set").key
    assert axis.target.key == key == f"f.{name}"
    assert axis.values == (value,)
    swept = _run(program, **{key: axis.values[0]})
    np.testing.assert_array_equal(swept, _run(_program(tmp_path, **{name: written})))
    assert (swept[-1] != _run(program)[-1]).any()
