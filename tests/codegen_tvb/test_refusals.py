"""What TVB cannot do is told with its place in the file, and no code is made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rateml import api
from rateml.cli.app import run
from rateml.codegen import generate
from rateml.errors import InternalError, ModelError, UserError
from rateml.passes import run_passes

_LINK = '<Component id="{id}" type="Link" G="1" rml:input="c" rml:bind="y={of}" {how}/>'
_MODEL = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
  <ComponentType name="Cell" rml:role="model">
    <Parameter name="D" dimension="none"/>
    <Constant name="MSEC" dimension="time" value="1 ms"/>
    <Exposure name="x" dimension="none"/>
    <Requirement name="c" dimension="none"/>
    <Dynamics>
      <StateVariable name="x" dimension="none" exposure="x" rml:min="-1" rml:max="1"PERIOD/>
      <DerivedVariable name="rate" dimension="none" value="RATE"/>
      <TimeDerivative variable="x" value="(SLOPE) / MSEC" rml:diffusion="NOISE"/>
      EXTRA
    </Dynamics>
  </ComponentType>
  <ComponentType name="Link" rml:role="coupling">
    <Parameter name="G" dimension="none"/>
    <Requirement name="y_j" dimension="none"/>
    <Requirement name="gx" dimension="none"/>
    <Exposure name="post" dimension="none"/>
    <Dynamics><DerivedVariable name="post" dimension="none" exposure="post" value="G * gx"/></Dynamics>
  </ComponentType>
  <Component id="cell" type="Cell" D="0.1"/>
  LINKS
</Lems>
"""


def _text(
    *links: str,
    rate: str = "x",
    slope: str = "c - x",
    noise: str = "D / MSEC",
    extra: str = "",
    period: str = "",
) -> str:
    spelled = links or (_LINK.format(id="one", of="x", how='rml:speed="3 m_per_s"'),)
    text = _MODEL.replace("RATE", rate).replace("SLOPE", slope).replace("NOISE", noise).replace("EXTRA", extra)
    return text.replace("LINKS", "\n  ".join(spelled)).replace("PERIOD", period)


def _on(test: str, value: str) -> str:
    return f'<OnCondition test="{test}"><StateAssignment variable="x" value="{value}"/></OnCondition>'


def _link(id: str, how: str, of: str = "x") -> str:
    return _LINK.format(id=id, of=of, how=how)


CASES = {
    "time": (_text(slope="c - x + sin(t / MSEC)"), "the time t", "<TimeDerivative"),
    "time in a derived variable": (_text(rate="t / MSEC", slope="rate + c - x"), "the time t", "<DerivedVariable"),
    "noise of the state": (_text(noise="D * x^2 / MSEC"), "whose intensity depends on 'x'", "<TimeDerivative"),
    "reset": (_text(extra=_on("x .gt. 1", "0")), "this OnCondition", "<OnCondition"),
    "bound by a parameter": (_text(extra=_on("x .gt. D", "D")), "this OnCondition", "<OnCondition"),
    "angle in its own derivative": (_text(period=' rml:periodic="1"'), "the angle 'x'", "<StateVariable"),
    "bounded angle": (
        _text(slope="c", period=' rml:periodic="1"', extra=_on("x .gt. 0.5", "0.5")),
        "bounds on the angle",
        "<StateVariable",
    ),
    "two speeds": (
        _text(_link("one", 'rml:speed="3 m_per_s"'), _link("two", 'rml:speed="5 m_per_s"')),
        "delays of coupling 'two' that differ from those of 'one'",
        '<Component id="two"',
    ),
    "with and without delays": (
        _text(_link("one", 'rml:speed="3 m_per_s"'), _link("two", 'rml:delayed="false"')),
        "delays of coupling 'two'",
        '<Component id="two"',
    ),
    "two tracts": (
        _text(_link("one", 'rml:speed="3 m_per_s"'), _link("two", 'rml:speed="3 m_per_s" rml:weights="other"')),
        "a second pair of weights and lengths, 'other'",
        '<Component id="two"',
    ),
    "coupling of an input": (
        _text(_link("one", 'rml:speed="3 m_per_s"', "rate"), rate="x + c"),
        "coupling through 'rate', which depends on the input 'c'",
        "<DerivedVariable",
    ),
}  # fmt: skip
"""Title: a model, what is said, and what the line it is said of begins with."""


@pytest.mark.parametrize("title", CASES)
def test_refused_with_its_line(write_model: Callable[[str], Path], title: str) -> None:
    text, message, start = CASES[title]
    path = write_model(text)
    with pytest.raises(ModelError) as caught:
        api.build(path, "tvb")
    (found,) = caught.value.diagnostics
    assert found.code.id == "RML701"
    assert message in found.message
    assert found.help
    source = caught.value.sources[found.span.file]
    line = source.position(found.span.start).line
    assert source.line(line).lstrip().startswith(start)
    assert f"{path}:{line}:" in str(caught.value)
    assert api.build(path, "numba").files, "the model itself is in order"


def test_all_of_them_at_once(write_model: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = write_model(_text(slope="c - x + t / MSEC", noise="D * x^2 / MSEC", extra=_on("x .gt. 1", "0")))
    assert run(["build", str(path), "--target", "tvb", "-o", str(path.parent / "out")]) == 1
    told = capsys.readouterr().err
    assert told.count("RML701") == 3
    assert not (path.parent / "out").exists()


def test_nothing_is_generated_behind_the_refusals(write_model: Callable[[str], Path]) -> None:
    program = run_passes(api.read_program(write_model(CASES["reset"][0])), until="order")
    with pytest.raises(InternalError):
        generate(program, "tvb")


def test_float32_is_refused(write_model: Callable[[str], Path]) -> None:
    with pytest.raises(UserError, match="float64"):
        api.build(write_model(_text()), "tvb", "float32")


def test_unknown_targets_are_told_the_known(write_model: Callable[[str], Path]) -> None:
    with pytest.raises(UserError, match=r"numba, tvb, cuda, lems, .*python \(which is tvb\)"):
        api.build(write_model(_text()), "fortran")
