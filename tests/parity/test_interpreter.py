"""Generated code computes what ``ir.interp``, the slow and obvious evaluator, computes.

The engine runs the generated module after all passes, the interpreter the program as it was lowered. Five regions, an
asymmetric network with delays, self-edges and edges without length, 40 steps: equal to 1e-12 in float64 and 1e-4 in
float32 of the largest magnitude of each exposure; NaN and infinity stand in the same places. Each model is also run
with the interpreter reading a changed text or network, and must then differ.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from importlib import resources
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rateml.codegen.printers.numba import EXACT_CALLS, NumbaPrinter
from rateml.ir.interp import evaluate
from rateml.ir.show import show_expr
from rateml.syntax.expr import Binary, Call, Choose, Expr, Logic, Name, Neg, Num, Relation
from rateml.syntax.functions import FUNCTIONS
from rateml.text import Span

TOLERANCE = {"float64": 1e-12, "float32": 1e-4}
PRECISIONS = ("float64", "float32")
SHIPPED = (
    "epileptor",
    "kuramoto",
    "montbrio",
    *(
        pytest.param(name, marks=pytest.mark.long)
        for name in (
            "reduced_wong_wang", "reduced_wong_wang_exc_inh", "generic_2d_oscillator", "jansen_rit", "wilson_cowan",
        )
    ),
)  # fmt: skip
RUNS = [("heun", "on"), *(pytest.param(*run, marks=pytest.mark.long) for run in (("euler", "on"), ("rk4", "off")))]
NOWHERE = Span(0, 0)

HEAD = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
<Dimension name="per_time2" t="-2"/>
"""


def shipped(name: str) -> str:
    return resources.files("rateml.models").joinpath(f"{name}.xml").read_text(encoding="utf-8")


def coupled(name: str) -> str:
    """A shipped model with a coupling that five regions feel; the epileptor's own default is 0."""
    text = re.sub(r'Kvf="[^"]*" Kf="[^"]*" Ks="[^"]*"', 'Kvf="0.4" Kf="0.3" Ks="-20"', shipped(name))
    stronger = {"reduced_wong_wang_exc_inh": 20, "wilson_cowan": 4}.get(name, 0.5)
    return text.replace('"0.00390625"', f'"{stronger}"').replace('G="1" cmin', 'G="300" cmin')


def past(name: str) -> dict[str, NDArray[np.float64]]:
    """Thirty rows of history per state of a shipped model, fewer than the longest delay."""
    ranges = {
        "montbrio": {"r": (0.0, 1.5), "V": (-2.0, 1.0)},
        "kuramoto": {"theta": (-7.0, 14.0)},
        "epileptor": {
            "x1": (-1.5, 0.3), "y1": (-12.0, 0.0), "z": (2.5, 4.0), "x2": (-1.0, 0.5), "y2": (0.0, 1.5),
            "g": (-1.0, 1.0),
        },
        "reduced_wong_wang": {"S": (0.0, 1.0)},
        "reduced_wong_wang_exc_inh": {"S_e": (0.0, 1.0), "S_i": (0.0, 1.0)},
        "generic_2d_oscillator": {"V": (-1.0, 3.0), "W": (-5.0, 5.0)},
        "jansen_rit": {
            "y0": (0.0, 0.15), "y1": (0.0, 30.0), "y2": (0.0, 25.0), "y3": (-0.05, 0.05), "y4": (-2.0, 2.0),
            "y5": (-2.0, 2.0),
        },
        "wilson_cowan": {"E": (0.0, 1.0), "I": (0.0, 1.0)},
    }[name]  # fmt: skip
    rng = np.random.Generator(np.random.PCG64(3))
    drawn = {state: rng.uniform(*span, (30, 5)) for state, span in ranges.items()}
    if name == "epileptor":  # one region on the branch of negative z
        drawn["z"][:, 2], drawn["x1"][:, 2], drawn["y1"][:, 2] = -0.1, -1.3, -8.0
    return drawn


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize(("scheme", "noise"), RUNS)
@pytest.mark.parametrize("model", SHIPPED)
def test_shipped_models(
    against_interpreter: Callable[..., Any], model: str, scheme: str, noise: str, precision: str
) -> None:
    """From a random history shorter than the longest delay, with noise where the scheme allows it."""
    run = against_interpreter(coupled(model), scheme=scheme, noise=noise, precision=precision, past=past(model))
    assert run.diverged_at == (-1, -1)
    assert run.deviation() <= TOLERANCE[precision]


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("model", SHIPPED)
def test_shipped_models_from_their_random_start(
    against_interpreter: Callable[..., Any], model: str, precision: str
) -> None:
    """OnStart's draws and the step noise of point 6, trial 1."""
    run = against_interpreter(coupled(model), precision=precision, point=6, trials=2)
    assert run.deviation() <= TOLERANCE[precision]


@pytest.mark.parametrize("model", SHIPPED)
def test_a_mistaken_network_or_noise_is_seen(against_interpreter: Callable[..., Any], model: str) -> None:
    start = {"past": past(model), "scheme": "heun"}
    for fault in ({"transposed": True}, {"later": 1}, {"seeds": (9, 10)}):
        assert against_interpreter(coupled(model), **start, **fault).deviation() > 10 * TOLERANCE["float32"]


def test_divergence_is_seen_at_the_same_step(against_interpreter: Callable[..., Any]) -> None:
    """An overflow in one region ends the simulation at that step; what comes after is NaN."""
    start = past("epileptor")
    start["x1"][-1, 2] = -1e60
    for scheme in ("euler", "heun", "rk4"):
        run = against_interpreter(shipped("epileptor"), scheme=scheme, noise="off", past=start)
        assert run.diverged_at[0] == run.diverged_at[1] >= 0
        assert np.isnan(run.ours[run.diverged_at[0] :]).all()
        assert np.isnan(run.oracle[run.diverged_at[0] :]).all()
        assert run.deviation() <= TOLERANCE["float64"]


DYNAMICS = f"""{HEAD}
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


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize(("scheme", "noise"), RUNS)
def test_dynamics(against_interpreter: Callable[..., Any], scheme: str, noise: str, precision: str) -> None:
    """Conditional and derived variables, derived parameters, t, OnConditions, an angle, D that depends on the state."""
    run = against_interpreter(DYNAMICS, scheme=scheme, noise=noise, precision=precision)
    assert run.diverged_at == (-1, -1)
    assert run.deviation() <= TOLERANCE[precision]


@pytest.mark.parametrize("fault", DYNAMICS_FAULTS)
def test_a_fault_in_the_dynamics_is_seen(against_interpreter: Callable[..., Any], fault: str) -> None:
    change = DYNAMICS_FAULTS[fault]
    assert change(DYNAMICS) != DYNAMICS
    assert against_interpreter(DYNAMICS, fault=change).deviation() > 10 * TOLERANCE["float32"]


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
    f"""{HEAD}
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


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("scheme", ["heun", *(pytest.param(s, marks=pytest.mark.long) for s in ("euler", "rk4"))])
@pytest.mark.parametrize("speed", ["own", "speed=inf", "one.speed=inf"])
def test_couplings(
    against_interpreter: Callable[..., Any], tmp_path: Any, speed: str, scheme: str, precision: str
) -> None:
    """Two couplings into one input, their own speeds and tracts, both ends' parameters, self, mean, no delay."""
    settings = regional(tmp_path) + (() if speed == "own" else (speed,))
    run = against_interpreter(COUPLINGS, scheme=scheme, precision=precision, set=settings, past=coupled_past())
    assert run.diverged_at == (-1, -1)
    assert run.deviation() <= TOLERANCE[precision]


@pytest.mark.parametrize("fault", COUPLINGS_FAULTS)
def test_a_fault_in_the_couplings_is_seen(against_interpreter: Callable[..., Any], tmp_path: Any, fault: str) -> None:
    change = COUPLINGS_FAULTS[fault]
    assert change(COUPLINGS) != COUPLINGS
    run = against_interpreter(COUPLINGS, fault=change, set=regional(tmp_path), past=coupled_past())
    assert run.deviation() > 10 * TOLERANCE["float32"]


UNARY = [name for name, f in FUNCTIONS.items() if f.arity == 1 and name != "random"]
BINARY = [name for name, f in FUNCTIONS.items() if f.arity == 2]
STEPPED = {"ceil", "floor", "sign", "H", "mod"}
"""Functions with jumps: of a computed argument, one rounding decides between two values."""
BY_HAND = [
    "x^2", "x^3", "x^8", "x^9", "x^0.5", "x^(-1)", "x^-2", "2^x", "y^x", "-x^2", "y * -x^2", "(x + y)^4", "(-x)^3",
    "1 / x", "x / y / 4", "x - y - 1", "x - (y - 1)", "x / (y / 4)", "x * (y + 2) / 3", "-(-x)", "x - -y", "1 / 2 + x",
    "0 / x", "1 / (0 * x)", "sqrt(x) * sqrt(y)", "exp(710 * y)", "min(x, 0 / x)", "max(0 / x, y)", "abs(-x)",
]  # fmt: skip


def expressions(count: int) -> list[str]:
    """Random expressions of x and y in the language's own notation, always the same."""
    rng = np.random.Generator(np.random.PCG64(2))
    leaves: list[Expr] = [Name("x", NOWHERE), Name("y", NOWHERE), *(Num(v, NOWHERE) for v in (0.5, 2.0, 3.0, 0.1))]

    def leaf() -> Expr:
        return leaves[rng.integers(len(leaves))]

    def make(depth: int) -> Expr:
        kind = rng.integers(4) if depth else 0
        if kind == 0:
            return leaf()
        if kind == 1:
            return Neg(make(depth - 1), NOWHERE)
        if kind == 2:
            op = "+-*/^"[rng.integers(5)]
            return Binary(op, make(depth - 1), make(depth - 1), NOWHERE)  # type: ignore[arg-type]
        func = str(rng.choice(UNARY + BINARY))
        below = 0 if func in STEPPED else depth - 1
        return Call(func, tuple(make(below) for _ in range(FUNCTIONS[func].arity)), NOWHERE, NOWHERE)

    return [show_expr(make(4)) for _ in range(count)]


def functions_model() -> str:
    values = [f"{name}(x)" for name in UNARY] + [f"{name}(x, y)" for name in BINARY] + BY_HAND + expressions(30)
    exposures = "".join(f'<Exposure name="f{k}" dimension="none"/>\n' for k in range(len(values)))
    variables = "".join(
        f'<DerivedVariable name="f{k}" dimension="none" exposure="f{k}" value="{value}"/>\n'
        for k, value in enumerate(values)
    )
    return f"""{HEAD}<ComponentType name="Functions" rml:role="model" rml:dt="1 ms" rml:scheme="euler">
<Constant name="MSEC" dimension="time" value="1 ms"/>
{exposures}<Dynamics><StateVariable name="x" dimension="none"/><StateVariable name="y" dimension="none"/>
{variables}<TimeDerivative variable="x" value="0.25 / MSEC"/><TimeDerivative variable="y" value="0 * y / MSEC"/>
</Dynamics></ComponentType>
<Component id="one" type="Functions"/></Lems>
"""


@pytest.mark.parametrize("precision", PRECISIONS)
def test_functions(against_interpreter: Callable[..., Any], precision: str) -> None:
    """Every function of the language and random expressions, at 0, at poles and outside domains too.

    The arguments are the same numbers in both precisions. Values beyond float32 are infinite there.
    """
    start = {"x": np.array([[-3.25, -1.0, -0.25, 0.25, 1.5]]), "y": np.array([[2.0, -0.5, 0.25, 3.0, 1.0]])}
    run = against_interpreter(functions_model(), steps=6, precision=precision, past=start)
    text = functions_model()
    for k, name in enumerate(run.names):
        ours, oracle = run.ours[:, k], run.oracle[:, k]
        value = re.findall(rf'exposure="{name}" value="([^"]*)"', text)[0]
        if precision == "float32":
            oracle = np.where(np.abs(oracle) > np.finfo("f4").max, np.copysign(np.inf, oracle), oracle)
        with np.errstate(over="ignore"):
            tolerance = {"rtol": TOLERANCE[precision], "atol": 1e-15 if precision == "float64" else 1e-6}
            np.testing.assert_allclose(ours, oracle, equal_nan=True, err_msg=value, **tolerance)


def reals() -> st.SearchStrategy[Expr]:
    """Real expressions of x and y with every node and function of the language."""
    numbers = st.floats(0.0, 10.0).map(lambda v: Num(v, NOWHERE)) | st.sampled_from((-1.5, 2.0)).map(
        lambda v: Num(v, NOWHERE)
    )
    leaves: st.SearchStrategy[Expr] = st.sampled_from("xy").map(lambda n: Name(n, NOWHERE)) | numbers

    def extend(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        relation = st.builds(
            Relation, st.sampled_from(("lt", "gt", "leq", "geq", "eq", "neq")), inner, inner, st.just(NOWHERE)
        )
        logic = st.builds(Logic, st.sampled_from(("and", "or")), relation, relation, st.just(NOWHERE))
        deeper = st.builds(Logic, st.sampled_from(("and", "or")), logic, logic | relation, st.just(NOWHERE))
        call = st.sampled_from(sorted(EXACT_CALLS)).flatmap(
            lambda f: st.tuples(*[inner] * FUNCTIONS[f].arity).map(lambda args: Call(f, args, NOWHERE, NOWHERE))
        )
        return (
            inner.map(lambda e: Neg(e, NOWHERE))
            | st.builds(Binary, st.sampled_from("+-*/^"), inner, inner, st.just(NOWHERE))
            | call
            | st.builds(Choose, relation | logic | deeper, inner, inner, st.just(NOWHERE))
        )

    return st.recursive(leaves, extend, max_leaves=12)


PYTHON: dict[str, Any] = {
    "np": np,
    "math": SimpleNamespace(
        erf=lambda x: np.float64(math.erf(x)),
        erfc=lambda x: np.float64(math.erfc(x)),
    ),
    "REAL": np.float64,
    "modulo": lambda x, y: x - y * np.floor(x / y),
    "smaller": np.minimum,
    "larger": np.maximum,
    "sign": np.sign,
    "heaviside": lambda x: np.float64(0.5) * (np.sign(x) + np.float64(1.0)),
}


@settings(max_examples=300, deadline=None)
@given(expr=reals(), x=st.floats(-4.0, 4.0), y=st.floats(-4.0, 4.0))
def test_printed_expressions(expr: Expr, x: float, y: float) -> None:
    """The text of an expression, read by Python, has the value that the tree has: parentheses stand where needed.

    Numbers are wrapped as in float32 and are float64 here, so that Python divides by zero as compiled code does; in
    float64 the text differs by that wrapping alone.
    """
    text = NumbaPrinter(lambda name: name, "float32", EXACT_CALLS).spell(expr)
    env = {"x": np.float64(x), "y": np.float64(y)}
    with np.errstate(all="ignore"):
        printed = eval(text, {**PYTHON, **env})
        expected = evaluate(expr, env)
    assert printed == expected or (np.isnan(printed) and np.isnan(expected))
    bare = NumbaPrinter(lambda name: name, "float64", EXACT_CALLS).spell(expr)
    assert re.sub(r"REAL\(([^()]*)\)", r"\1", text) == bare


LATE = f"""{HEAD}
<ComponentType name="Relay" rml:role="model" rml:dt="0.1 ms" rml:scheme="heun">
<Parameter name="tau" dimension="time"/>
<Constant name="MSEC" dimension="time" value="1 ms"/>
<Requirement name="c" dimension="none"/>
<Exposure name="x" dimension="none"/>
<Exposure name="y" dimension="none"/>
<Dynamics>
<StateVariable name="x" dimension="none" exposure="x"/>
<DerivedVariable name="y" dimension="none" exposure="y" value="tanh(x + c + 0.1 * sin(t / MSEC))"/>
<TimeDerivative variable="x" value="(y - x) / tau"/>
<OnStart><StateAssignment variable="x" value="random(2) - 1"/></OnStart>
</Dynamics>
</ComponentType>
<ComponentType name="Link" rml:role="coupling">
<Parameter name="G" dimension="none"/>
<Exposure name="pre" dimension="none"/>
<Exposure name="post" dimension="none"/>
<Requirement name="y_j" dimension="none"/>
<Requirement name="gx" dimension="none"/>
<Dynamics>
<DerivedVariable name="pre" dimension="none" exposure="pre" value="y_j"/>
<DerivedVariable name="post" dimension="none" exposure="post" value="G * gx"/>
</Dynamics>
</ComponentType>
<Component id="one" type="Relay" tau="2 ms"/>
<Component id="link" type="Link" G="0.4" rml:input="c" rml:speed="3 m_per_s"/>
</Lems>
"""


@pytest.mark.parametrize("rows", [1, 7])
def test_a_coupled_variable_that_depends_on_an_input(tmp_path: Any, rows: int) -> None:
    """It is sent with the inputs of its own step, and none before t = 0; a connection without delay is refused."""
    from rateml import api
    from rateml.engines.cpu import CpuEngine
    from rateml.errors import UserError
    from rateml.ir.interp import Interpreter, Network
    from rateml.results import open_results
    from rateml.sweep.settings import Request

    rng = np.random.Generator(np.random.PCG64(5))
    weights, steps = rng.random((4, 4)), rng.integers(1, 9, (4, 4))
    past = rng.normal(size=(rows, 1, 4))
    model, network, history = tmp_path / "late.xml", tmp_path / "net.npz", tmp_path / "past.npz"
    model.write_text(LATE)
    labels = np.array([f"r{k}" for k in range(4)])
    np.savez(network, weights=weights, lengths=steps * 0.3, labels=labels)
    np.savez(history, x=past[:, 0])
    request = Request(history=history, duration="3 ms", monitors=["raw"])
    job = api.prepare(model, str(network), request, sweep=False)
    list(api.execute(job, tmp_path / "out.zarr", CpuEngine(1)))
    ours = open_results(tmp_path / "out.zarr").raw.values

    program = api.read_program(model)
    seen = {}
    for fault in (0, 1):
        net = Network({"link": weights}, {"link": steps + fault})
        seen[fault] = Interpreter(program, net, 0.1, "heun", past=past).run(30).exposures[1:]
    np.testing.assert_allclose(ours, seen[0], rtol=1e-12, atol=1e-12)
    assert np.abs(ours - seen[1]).max() > 1e-4

    np.savez(network, weights=weights, lengths=0.1 * (steps - 1), labels=labels)
    with pytest.raises(UserError, match=r"'link' sends a variable that depends on an input.*has none"):
        api.prepare(model, str(network), request, sweep=False)
