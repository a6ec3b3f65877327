"""Function types: a call is the function's expressions at the place of the call."""

from __future__ import annotations

import numpy as np
import pytest

from rateml.checks import check_model
from rateml.ir.interp import Float, Interpreter, Network
from rateml.ir.lower import lower
from rateml.ir.program import Program
from rateml.ir.show import show
from rateml.ir.verify import verify
from rateml.passes import run_passes
from rateml.request.targets import find_target

_FILE = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
  <ComponentType name="Sigmoid" rml:role="function">
    <Parameter name="gain" dimension="none"/>
    <DerivedParameter name="half" dimension="none" value="gain / two"/>
    <Constant name="two" dimension="none" value="2"/>
    <Exposure name="y" dimension="none"/>
    <Requirement name="x" dimension="none"/>
    <Requirement name="shift" dimension="none"/>
    <Dynamics>
      <DerivedVariable name="unused" dimension="none" value="x^2"/>
      <DerivedVariable name="z" dimension="none" value="half * (x - shift)"/>
      <DerivedVariable name="y" dimension="none" exposure="y" value="1 / (1 + exp(-z))"/>
    </Dynamics>
  </ComponentType>
  <ComponentType name="Cell" rml:role="model" rml:dt="0.1 ms" rml:scheme="euler">
    <Parameter name="tau" dimension="time"/>
    <Parameter name="shift" dimension="none"/>
    {children}
    <Exposure name="x" dimension="none"/>
    <Dynamics>
      <StateVariable name="x" dimension="none" exposure="x"/>
      {derived}
      <TimeDerivative variable="x" value="(slow - 2 * fast - x) / tau"/>
      <OnStart><StateAssignment variable="x" value="0.3"/></OnStart>
    </Dynamics>
  </ComponentType>
  <Component id="cell" type="Cell" tau="5 ms" shift="0.2">{values}</Component>
</Lems>
"""
_CALLED = {
    "children": '<Child name="a" type="Sigmoid"/><Child name="b" type="Sigmoid"/>',
    "derived": '<DerivedVariable name="slow" dimension="none" select="a/y"/>'
    '<DerivedVariable name="fast" dimension="none" select="b/y"/>',
    "values": '<a gain="2"/><b gain="7"/>',
}


def _written(gain: float) -> str:
    return f"1 / (1 + exp(-(({gain} / 2) * (x - shift))))"


def _program(parts: dict[str, str]) -> Program:
    checked = check_model(_FILE.format(**parts), "cell.xml")
    assert [d.message for d in checked.diagnostics if d.severity <= 2] == []
    assert checked.model is not None
    program = lower(checked.model)
    verify(program, "lower")
    return program


def _run(program: Program) -> Float:
    network = Network({"none": np.zeros((1, 1))}, {})
    return Interpreter(run_passes(program), network, 0.1, "euler").run(100).states


def test_a_call_is_its_expression() -> None:
    called = _program(_CALLED)
    by_hand = _program(
        {
            "children": "",
            "derived": f'<DerivedVariable name="slow" dimension="none" value="{_written(2)}"/>'
            f'<DerivedVariable name="fast" dimension="none" value="{_written(7)}"/>',
            "values": "",
        }
    )
    np.testing.assert_allclose(_run(called), _run(by_hand), rtol=1e-12)


def test_the_parameters_of_a_call_are_parameters_of_the_program() -> None:
    program = _program(_CALLED)
    assert [(p.key, p.default) for p in program.parameters] == [
        ("tau", 5.0),
        ("shift", 0.2),
        ("a.gain", 2.0),
        ("b.gain", 7.0),
    ]
    assert find_target(program, "b.gain", "--set").key == "b.gain"


def test_only_what_the_result_needs_is_inlined() -> None:
    text = show(_program(_CALLED))
    assert "derived a.z = a.half * (x - shift)" in text
    assert "derived slow = a.y" in text
    assert "unused" not in text


def test_a_call_that_nothing_selects_leaves_nothing() -> None:
    parts = dict(_CALLED, children=_CALLED["children"] + '<Child name="c" type="Sigmoid"/>')
    parts["values"] += '<c gain="1"/>'
    assert "c.gain" not in show(_program(parts))


@pytest.mark.parametrize("name", ["a", "b"])
def test_values_are_those_of_their_call(name: str) -> None:
    checked = check_model(_FILE.format(**_CALLED), "cell.xml")
    assert checked.model is not None
    values = {c.name.text: c.values[0].value.value for c in checked.model.components[0].children}
    assert values[name] == {"a": 2.0, "b": 7.0}[name]
