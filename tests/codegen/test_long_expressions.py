"""Expressions taller than any recursion: from the file to compiled code, with the bits of the oracle."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import loading
import numba
import numba.extending
import numpy as np
import pytest

from rateml.codegen.targets.numba.generate import generate_numba
from rateml.ir.cut import MAX_HEIGHT
from rateml.ir.interp import Interpreter, Network, Noise, evaluate, start
from rateml.ir.program import Program, expressions
from rateml.passes import run_passes
from rateml.syntax.expr import height

TERMS = 102
CLAMP = """
<OnStart><StateAssignment variable="V" value="{start}"/></OnStart>
<OnCondition test="{test}"><StateAssignment variable="V" value="{value}"/></OnCondition>
"""


def _chain(*pieces: str, terms: int = TERMS) -> str:
    return " ".join(pieces[k % len(pieces)] for k in range(2 * terms)) + " " + pieces[0]


def _everywhere() -> dict[str, object]:
    """A long chain at every place that may hold an expression."""
    conditions = " .or. ".join(f"V .gt. {k}.5" for k in range(TERMS))
    cases = "".join(f'<Case condition="V .lt. {k - 100}" value="{k} * V"/>' for k in range(TERMS))
    conditional = (
        f'<ConditionalDerivedVariable name="steps" dimension="none">{cases}<Case value="V"/>'
        "</ConditionalDerivedVariable>"
        f'<ConditionalDerivedVariable name="gate" dimension="none"><Case condition="{conditions}" value="0.5"/>'
        '<Case value="V"/></ConditionalDerivedVariable>'
    )
    clamp = CLAMP.format(
        start=_chain("a", "+", "random(1) / 100", "-"),
        test=_chain("V .gt. -30", ".and.", "V .lt. 2", ".and."),
        value=_chain("V / 100", "-", "a / 1000", "+"),
    )
    return {
        "rates": {"V": _chain("V", "/", "V", "*") + " - steps / 1000 + gate + long / 100 - part_0 + c / 1000"},
        "parameters": {"a": 0.31, "b": 0.7},
        "derived": {"long": _chain("a", "+", "sin(t / MSEC)", "-", "b * 3", "+"), "part_0": "V"},
        "diffusion": {"V": "(" + _chain("a", "*", "V", "/") + ")^2 / MSEC"},
        "extra": conditional + clamp,
        "pre": _chain("exp(x_j - x_i)", "+", "G", "-", "x_i * 2", "-"),
        "post": _chain("gx", "-", "G", "+"),
    }


@pytest.fixture
def load(tmp_path: Path):
    def loaded(program: Program) -> ModuleType:
        artifact = generate_numba(run_passes(program), "float64")
        artifact.write(tmp_path)
        return loading.load_file("long_expressions", tmp_path / artifact.entry)

    return loaded


@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=pytest.mark.long)])
def test_long_chains_everywhere(make_program, load, compiled, monkeypatch):
    if not compiled:
        monkeypatch.setattr(numba, "njit", lambda **_: lambda function: function)
        plain = {"fma": lambda x, y, z: x * y + z, "wide": lambda: None}
        monkeypatch.setattr(numba.extending, "intrinsic", lambda function: plain[function.__name__])
    program = make_program(**_everywhere())
    assert all(height(e) <= MAX_HEIGHT + 1 for e in expressions(program))
    assert program.states[0].before
    assert program.conditions[0].before
    module = load(program)
    weights, delays = np.array([[0.0, 1e-3], [2e-3, 0.0]]), np.zeros((2, 2), dtype=np.int64)
    past = start(program, {"a": np.full(2, 0.31)}, 2, Noise(3))
    p = np.array([[[q.default]] * 2 for q in program.parameters])
    d, x = np.empty((len(run_passes(program).derived_parameters), 2, 1)), np.empty((2, 1))
    with np.errstate(over="ignore"):
        module.derive(p, d)
        module.start(np.uint64(3), np.zeros(1, np.uint64), np.zeros(1, np.uint64), p, d, (x,))
        np.testing.assert_array_equal(x.T, past)
        _, found = module.simulate(weights, np.zeros((2, 2)), duration=1.0, noise=False, seed=3)
    network = Network({"link": weights}, {"link": delays})
    expected = Interpreter(program, network, 0.1, "heun", past=past[np.newaxis]).run(10).exposures[1:]
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(found, expected, rtol=1e-12)  # libm and LLVM differ in the last bit


@pytest.mark.long
def test_five_thousand_terms(make_program, load, from_python):
    terms = "".join(f"{'+-'[k % 2]}{'V' if k % 3 else 'a'}" for k in range(4_999))
    program = make_program({"V": f"V{terms} + c"}, parameters={"a": 0.31})
    module = load(program)
    expected = 0.7
    for k in range(4_999):
        term = 0.7 if k % 3 else 0.31
        expected += term if k % 2 == 0 else -term
    env = {"V": 0.7, "a": 0.31, "c": 0.0, "MSEC": 1.0, "link.G": 0.5}
    for assign in program.derived:
        env[assign.name] = evaluate(assign.value, env)
    assert evaluate(program.derivatives[0].value, env) == expected
    parameters = np.array([[[env[p.key]]] for p in program.parameters])
    derived = np.empty((len(run_passes(program).derived_parameters), 1, 1))
    module.derive(parameters, derived)
    settings = np.empty((1, module.TABLE_ROWS, 1))
    module.settings(0.1, parameters, derived, settings)
    assert from_python(module.field)(0, 0, 0.0, 0.7, 0.0, settings, parameters, derived) == (expected,)
