"""What models of TVB do not use: the generated classes in TVB's simulator against our interpreter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rateml.connectome import Connectome

pytestmark = pytest.mark.tvb

TOLERANCE = 1e-11
_HEAD = '<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">'


SPEED = 'rml:speed="3 m_per_s"'
STATE = '<StateVariable name="{0}" dimension="none" exposure="{0}" rml:min="-1" rml:max="1"/>'


def model_text(
    rates: Mapping[str, str],
    *,
    parameters: Mapping[str, float] | None = None,
    derived_parameters: Mapping[str, str] | None = None,
    derived: str = "",
    states: str = "",
    extra: str = "",
    types: str = "",
    values: str = "",
    children: str = "",
    inputs: str = '<Requirement name="c" dimension="none"/>',
    coupling_parameters: Mapping[str, float] | None = None,
    coupling_extra: str = "",
    requirements: tuple[str, ...] = ("x_j", "gx"),
    pre: str = "x_j",
    pre_before: str = "",
    post: str = "G * gx",
    couplings: str = '<Component id="link" type="Link" VALUES rml:input="c" rml:bind="x=x" rml:speed="3 m_per_s"/>',
    scheme: str = "heun",
) -> str:
    """A dimensionless model whose first state is x; ``rates`` are per ms."""
    follow = derived_parameters or {}
    own, sent = dict(parameters or {}), {"G": 0.2, **(coupling_parameters or {})}
    given = "".join(f' {p}="{v!r}"' for p, v in own.items())
    sent_values = "".join(f' {p}="{v!r}"' for p, v in sent.items())
    return f"""{_HEAD}
  <ComponentType name="Cell" rml:role="model" rml:dt="0.1 ms" rml:scheme="{scheme}" description="A cell">
    {"".join(f'<Parameter name="{p}" dimension="none"/>' for p in own)}
    {"".join(f'<DerivedParameter name="{p}" dimension="none" value="{e}"/>' for p, e in follow.items())}
    <Constant name="MSEC" dimension="time" value="1 ms"/>
    {values}
    {"".join(f'<Exposure name="{s}" dimension="none"/>' for s in rates)}
    {inputs}
    <Dynamics>
      {states or "".join(STATE.format(s) for s in rates)}
      {derived}
      {"".join(f'<TimeDerivative variable="{s}" value="({e}) / MSEC"/>' for s, e in rates.items())}
      {extra}
    </Dynamics>
  </ComponentType>
  <ComponentType name="Link" rml:role="coupling">
    {"".join(f'<Parameter name="{p}" dimension="none"/>' for p in sent)}
    {coupling_extra}
    <Exposure name="pre" dimension="none"/>
    <Exposure name="post" dimension="none"/>
    {"".join(f'<Requirement name="{r}" dimension="none"/>' for r in requirements)}
    <Dynamics>
      {pre_before}
      <DerivedVariable name="pre" dimension="none" exposure="pre" value="{pre}"/>
      <DerivedVariable name="post" dimension="none" exposure="post" value="{post}"/>
    </Dynamics>
  </ComponentType>
  {types}
  <Component id="cell" type="Cell"{given}>{children}</Component>
  {couplings.replace("VALUES", sent_values)}
</Lems>
"""


def cases(name: str, *pairs: tuple[str, str], otherwise: str) -> str:
    """A conditional variable of (condition, value) and its default."""
    told = "".join(f'<Case condition="{test}" value="{value}"/>' for test, value in pairs)
    return (
        f'<ConditionalDerivedVariable name="{name}" dimension="none">{told}<Case value="{otherwise}"/>'
        "</ConditionalDerivedVariable>"
    )


FEATURES: dict[str, tuple[str, dict[str, tuple[float, float]]]] = {
    "parameters at both ends of a connection": (
        model_text(
            {"x": "c - x"},
            coupling_parameters={"p": 1.0, "q": 0.5},
            requirements=("x_j", "x_i", "gx"),
            pre="p * x_j + q_j * x_i - p_i * q",
            post="G * q * gx",
        ),
        {"link.p": (0.5, 1.5), "link.q": (-1.0, 1.0), "link.G": (0.1, 0.3)},
    ),
    "the target's variables, the number of nodes, and a variable of parameters": (
        model_text(
            {"x": "c - x", "y": "x - y"},
            parameters={"gain": 1.5},
            derived_parameters={"twice": "2 * gain"},
            derived='<DerivedVariable name="rate" dimension="none" value="tanh(twice * x + y)"/>',
            requirements=("x_j", "x_i", "gx", "n_node"),
            pre="x_j - n_node * 0.01",
            post="G * gx * x_i / n_node",
            couplings='<Component id="link" type="Link" VALUES rml:input="c" rml:bind="x=rate" rml:speed="3 m_per_s"/>',
        ),
        {"gain": (0.5, 2.5)},
    ),
    "derived parameters and constants of model and coupling": (
        model_text(
            {"x": "k * (c - x) + l * shift"},
            parameters={"a": 2.0, "b": 0.5},
            derived_parameters={"l": "k * a", "k": "a * b + sqrt(a)"},
            values='<Constant name="shift" dimension="none" value="0.25"/>',
            coupling_extra='<DerivedParameter name="m" dimension="none" value="G * shift"/>'
            '<Constant name="shift" dimension="none" value="-0.75"/>',
            pre="m * x_j + shift",
            post="m * gx + shift",
        ),
        {"a": (1.0, 3.0), "link.G": (0.1, 0.3)},
    ),
    "cases in the model and in the coupling": (
        model_text(
            {"x": "f + c - x", "y": "g - y"},
            derived=cases("f", ("x .lt. -0.2", "-x"), ("x .gt. 0.3 .and. y .lt. 0", "0.5"), otherwise="x^3")
            + cases("g", ("f .lt. 0 .or. x .eq. y", "f"), ("y .geq. 0.1", "-y"), otherwise="f * y"),
            pre="kind",
            pre_before=cases("kind", ("x_j .lt. 0", "1 / x_j"), ("x_j .lt. 0.1", "0"), otherwise="log(x_j)"),
        ),
        {},
    ),
    "every function": (
        model_text(
            {
                "x": "exp(-x) / 9 + sinh(tanh(x)) - cosh(tanh(y)) + asin(tanh(x)) * acos(tanh(y)) - 3 * x + H(x)",
                "y": "mod(7 * x, 0.3) + sign(y) + min(x, y) - max(x, 0.1) + ceil(3 * y) - floor(2 * x) + c - 9 * y",
                "z": "pow(abs(z) + 1, 0.7) - sqrt(abs(x)) + ln(abs(y) + 2) * log(3) + tan(sin(x)) - z^3 - erfc(y)",
                "w": "atan(x) + atan2(y, x) - (w^2 + 1)^(-1) - 2 * w",
            },
            pre="erf(x_j) + mod(x_j, 0.3) + H(x_j) + max(x_j, 0.2) + tanh(x_j)^2",
        ),
        {},
    ),
    "bounds, on both sides and of one": (
        model_text(
            {"x": "3 * c - x + 2", "y": "-9 * y * x + 1"},
            extra="".join(
                f'<OnCondition test="{test}"><StateAssignment variable="{v}" value="{value}"/></OnCondition>'
                for test, v, value in (
                    ("x .gt. 0.5", "x", "0.5"), ("low .geq. x", "x", "low"), ("y .lt. 0", "y", "0"),
                )
            ),
            values='<Constant name="low" dimension="none" value="-0.25"/>',
        ),
        {},
    ),
    "an angle coupled outside sine and cosine": (
        model_text(
            {"x": "3 + c"},
            states='<StateVariable name="x" dimension="none" exposure="x" rml:min="0" rml:max="6.2" '
            'rml:periodic="6.283185307179586"/>',
            requirements=("x_j", "x_i", "gx"),
            pre="x_j - sin(x_i)",
        ),
        {},
    ),
    "an angle of another period": (
        model_text(
            {"x": "2 + c"},
            states='<StateVariable name="x" dimension="none" exposure="x" rml:min="0" rml:max="1" rml:periodic="1"/>',
            requirements=("x_j", "x_i", "gx"),
            pre="sin(x_j - x_i)",
            extra='<OnCondition test="x .gt. 1"><StateAssignment variable="x" value="x - 1"/></OnCondition>',
        ),
        {},
    ),
    "a function": (
        model_text(
            {"x": "s + c - x"},
            values='<Child name="sig" type="Sigmoid"/>',
            derived='<DerivedVariable name="s" dimension="none" select="sig/y"/>',
            types='<ComponentType name="Sigmoid" rml:role="function"><Parameter name="slope" dimension="none"/>'
            '<Exposure name="y" dimension="none"/><Requirement name="x" dimension="none"/><Dynamics>'
            '<DerivedVariable name="y" dimension="none" value="1 / (1 + exp(-slope * x))" exposure="y"/></Dynamics>'
            "</ComponentType>",
            children='<sig slope="4"/>',
        ),
        {"sig.slope": (2.0, 6.0)},
    ),
    "several couplings, two into one input, and a port": (
        model_text(
            {"x": "c + e - x", "y": "d - y"},
            inputs="".join(f'<Requirement name="{i}" dimension="none"/>' for i in "cde"),
            couplings="".join(
                f'<Component id="{id}" type="Link" G="{g}" rml:input="{to}" rml:bind="x={of}" '
                f"{how or SPEED}/>"
                for id, g, to, of, how in (
                    ("one", 0.2, "c", "x", ""), ("two", -0.3, "d", "y", ""), ("three", 0.4, "c", "y", ""),
                    ("four", 0.6, "d", "x", 'rml:reduce="self"'), ("five", 0.7, "c", "x", 'rml:reduce="mean"'),
                )
            ),
        ),
        {"one.G": (0.1, 0.3), "four.G": (0.1, 0.3)},
    ),
    "names that Python and TVB use": (
        model_text(
            {
                "x": "dfun + cvar * state - x * inputs + numpy - noise + c * gid * log_ + initial + str",
                "model": "observe - model",
            },
            parameters={
                "dfun": 0.1, "cvar": 0.2, "state": 0.3, "inputs": 0.4, "numpy": 0.5, "noise": 0.6, "gid": 0.7,
                "log_": 0.8, "initial": 0.9, "observe": 1.1, "Cell": 1.2, "derivatives": 1.3, "nsig": 1.4,
                "Range": 1.5, "str": 0.2,
            },
            derived_parameters={"parameters": "Cell * derivatives * nsig * Range", "title": "parameters / 3"},
            derived='<DerivedVariable name="derivative" dimension="none" value="title + parameters"/>',
            states='<StateVariable name="x" dimension="none" exposure="x" rml:min="-1" rml:max="1"/>'
            '<StateVariable name="model" dimension="none" exposure="model" rml:min="-1" rml:max="1"/>',
            coupling_parameters={"model": 0.5, "inputs": 0.7, "tag": 0.8, "step": 0.9},
            pre="x_j * model + inputs",
            post="G * gx * tag + step * inputs",
        ),
        {"dfun": (0.0, 1.0), "link.model": (0.0, 1.0)},
    ),
    "more parameters than a universal function takes": (
        model_text(
            {"x": " + ".join(f"p{k} * x^{k % 3}" for k in range(40)) + " - 30 * x + c"},
            parameters={f"p{k}": 0.01 * k for k in range(40)},
        ),
        {"p7": (0.0, 1.0), "p31": (0.0, 1.0)},
    ),
    "no delay": (
        model_text(
            {"x": "c - x"},
            couplings='<Component id="link" type="Link" VALUES rml:input="c" rml:bind="x=x" rml:delayed="false"/>',
        ),
        {},
    ),
    "a pre without source": (model_text({"x": "c - x"}, pre="G"), {"link.G": (0.1, 0.3)}),
}  # fmt: skip
"""Title: a model, and by their keys the parameters that differ from region to region."""


def _past(name: str, program: Any, rows: int, regions: int, seed: int) -> Any:
    rng = np.random.Generator(np.random.PCG64(seed))
    spans = [(s.low if s.low is not None else -1.0, s.high if s.high is not None else 1.0) for s in program.states]
    bounded = any(not s.period for s in program.states) and bool(program.conditions)
    return np.stack([rng.uniform(*((0.0, 0.4) if bounded else span), size=(rows, regions)) for span in spans], axis=1)


LATER = ("a pre without source", "no delay", "an angle of another period", "every function", "a function")
"""Left to the long tests: each is compiled, which takes a second."""


@pytest.mark.parametrize(
    "title", [pytest.param(title, marks=pytest.mark.long) if title in LATER else title for title in FEATURES]
)
def test_equal_to_the_interpreter(
    experiments: Callable[..., tuple[Any, Any]],
    write_model: Callable[[str], Path],
    counterpart: type,
    six_regions: Connectome,
    title: str,
) -> None:
    text, regional = FEATURES[title]
    case = counterpart("", {}, regional=regional)
    speed = np.inf if title == "no delay" else 3.0
    for scheme in ("euler", "heun"):
        e, _ = experiments(write_model(text), "", six_regions, speed, scheme, case=case, past=_past, least_steps=40)
        ours, expected = e.theirs(), e.interpreted()
        for k, state in enumerate(e.program.states):
            if state.period is not None:
                turn = 2j * np.pi / state.period
                ours[:, k], expected[:, k] = np.exp(turn * ours[:, k]).real, np.exp(turn * expected[:, k]).real
        assert np.isfinite(expected).all(), scheme
        assert expected.std() > 1e-3
        np.testing.assert_allclose(ours, expected, rtol=0.0, atol=TOLERANCE * np.abs(expected).max())


@pytest.mark.parametrize("title", ["parameters at both ends of a connection"])
def test_a_parameter_in_the_wrong_region_is_seen(
    experiments: Callable[..., tuple[Any, Any]],
    write_model: Callable[[str], Path],
    counterpart: type,
    six_regions: Connectome,
    title: str,
) -> None:
    text, regional = FEATURES[title]
    for key in regional:
        e, _ = experiments(
            write_model(text), "", six_regions, 3.0, "heun", case=counterpart("", {}, regional=regional), past=_past,
            least_steps=40,
        )  # fmt: skip
        ours = e.theirs()
        e.values[key] = e.values[key][::-1]
        assert np.abs(ours - e.interpreted()).max() > 1e-4


@pytest.mark.parametrize("name", ["kuramoto_mean", "couplings"])
def test_shipped_files_that_are_no_class_of_tvb(
    experiments: Callable[..., tuple[Any, Any]],
    shipped_models: dict[str, Path],
    counterpart: type,
    six_regions: Connectome,
    name: str,
) -> None:
    e, _ = experiments(
        shipped_models[name], "", six_regions, 3.0, "heun", case=counterpart("", {}), past=_past, least_steps=40
    )
    ours, expected = e.theirs(), e.interpreted()
    if name == "kuramoto_mean":
        ours, expected = np.exp(1j * ours), np.exp(1j * expected)
    assert np.abs(expected - expected[0]).max() > 1e-3
    np.testing.assert_allclose(ours, expected, rtol=0.0, atol=TOLERANCE * np.abs(expected).max())
