"""Where TVB's code and its text differ, the shipped file follows the code, and an option of its own the text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rateml import api
from rateml.ir.interp import evaluate
from rateml.passes import run_passes

SAMPLES = 50


def rates(path: Path, option: str, value: float, seed: int = 5) -> tuple[dict[str, np.ndarray], list[dict[str, float]]]:
    """The derivatives by state at random states, and everything that they were computed from, per sample."""
    program = run_passes(api.read_program(path), until="order")
    rng = np.random.Generator(np.random.PCG64(seed))
    out: dict[str, list[float]] = {s.name: [] for s in program.states}
    seen = []
    for _ in range(SAMPLES):
        env = {c.name: c.value for c in program.constants} | {p.key: p.default for p in program.parameters}
        env |= {option: value, "t": 0.0} | {i.name: rng.uniform(0.0, 1.0) for i in program.inputs}
        env |= {s.name: rng.uniform(s.low, s.high) for s in program.states if s.low is not None and s.high is not None}
        if "DKi" in env:
            env["DKi"] = rng.uniform(-10.0, -7.0)
        for assign in (*program.derived_parameters, *program.derived):
            env[assign.name] = evaluate(assign.value, env)
        for assign in program.derivatives:
            out[assign.name].append(float(evaluate(assign.value, env)))
        seen.append(env)
    return {name: np.array(values) for name, values in out.items()}, seen


@pytest.mark.parametrize(
    ("model", "option", "state"),
    [("zetterberg_jansen", "corrected", "y5"), ("k_ion_exchange", "local_synapses", "V")],
)
def test_it_changes_one_equation(shipped_models: dict[str, Path], model: str, option: str, state: str) -> None:
    off, seen = rates(shipped_models[model], option, 0.0)
    on, _ = rates(shipped_models[model], option, 1.0)
    if option == "corrected":
        expected = np.array([(e["ke"] ** 2 - e["ki"] ** 2) * e["v5"] for e in seen])
    else:
        expected = np.array([e["J"] * e["R_minus"] * e["x"] / np.pi * (e["E"] - e["V"]) for e in seen])
    assert np.abs(expected).min() > 0.0
    np.testing.assert_allclose(on[state] - off[state], expected, rtol=1e-9, atol=1e-12 * np.abs(off[state]).max())
    for other in set(off) - {state}:
        np.testing.assert_array_equal(on[other], off[other])
