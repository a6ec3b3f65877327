"""The derivatives of the transfer functions in ``zerlaut_second_order``, against mpmath with 40 digits.

The transfer function is written here a second time, from equations 5 to 11 of di Volo et al. 2019, and differentiated
by mpmath. TVB takes differences of its own over 1e-7 kHz instead; how far they are off is measured, since it is why
the whole model is compared with TVB to 1e-9 and 1e-7 only. What else differs from the papers is a factor: TVB divides
by a step in Hz what it computes in kHz.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rateml.ir.interp import evaluate
from rateml.ir.program import Program
from rateml.passes import run_passes

mpmath = pytest.importorskip("mpmath")

pytestmark = pytest.mark.tvb

ORDERS = {"": (0, 0), "_E": (1, 0), "_I": (0, 1), "_EE": (2, 0), "_EI": (1, 1), "_II": (0, 2)}
STATES = [(0.004, 0.009, 20.0, 0.0), (0.02, 0.03, 100.0, 12.0), (0.1, 0.14, 5.0, 3.0), (0.2, 0.05, 60.0, 0.0)]
"""E and I in kHz, W_e and W_i in pA."""


def transfer(p: Mapping[str, float], population: str, external: float, w: float, rate_e: Any, rate_i: Any) -> Any:
    """The firing rate (kHz) of a population at the rates of both; numbers of mpmath."""
    m = {name: mpmath.mpf(value) for name, value in p.items()}
    fe = (rate_e + mpmath.mpf("1e-6")) * (1 - m["g"]) * m["p_connect_e"] * m["N_tot"] + external * m["K_ext_e"]
    fi = (rate_i + mpmath.mpf("1e-6")) * m["g"] * m["p_connect_i"] * m["N_tot"]
    ge, gi = m["Q_e"] * m["tau_e"] * fe, m["Q_i"] * m["tau_i"] * fi
    conductance = m["g_L"] + ge + gi
    mean = (ge * m["E_e"] + gi * m["E_i"] + m["g_L"] * m[f"E_L_{population}"] - w) / conductance
    membrane = m["C_m"] / conductance
    parts = [
        (f * (m[f"Q_{s}"] * m[f"tau_{s}"] * (m[f"E_{s}"] - mean) / conductance) ** 2, m[f"tau_{s}"] + membrane)
        for s, f in (("e", fe), ("i", fi))
    ]
    variance = sum(size / (2 * time) for size, time in parts)
    memory = sum(size for size, _ in parts) / sum(size / time for size, time in parts)
    deviation = mpmath.sqrt(variance)
    v, s, t = (mean + 60) / 10, (deviation - 4) / 6, memory * m["g_L"] / m["C_m"] - mpmath.mpf("0.5")
    terms = (1, v, s, t, v**2, s**2, t**2, v * s, v * t, s * t)
    threshold = 1000 * sum(m[f"P_{population}{k}"] * term for k, term in enumerate(terms))
    return mpmath.erfc((threshold - mean) / (mpmath.sqrt(2) * deviation)) / (2 * memory)


def ours(program: Program, state: tuple[float, ...], external: float) -> dict[str, float]:
    """Everything that the equations call by name, at a state and an input of ``external`` kHz."""
    env = {c.name: c.value for c in program.constants} | {p.key: p.default for p in program.parameters}
    env |= dict.fromkeys(("t", "C_ee", "C_ei", "C_ii", "ou_drift"), 0.0) | {"c_E": external}
    env |= dict(zip(("E", "I", "W_e", "W_i"), state, strict=True))
    for assign in (*program.derived_parameters, *program.derived):
        env[assign.name] = evaluate(assign.value, env)
    return env


def exact(p: Mapping[str, float], population: str, state: tuple[float, ...], external: float) -> dict[str, float]:
    """F and its derivatives by E and I (per kHz), by the suffix of their names in the file."""
    w = state[2 if population == "e" else 3]
    point = tuple(mpmath.mpf(v) for v in state[:2])

    def at(rate_e: Any, rate_i: Any) -> Any:
        return transfer(p, population, external, w, rate_e, rate_i)

    return {name: float(mpmath.diff(at, point, order) if any(order) else at(*point)) for name, order in ORDERS.items()}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("population", ["e", "i"])
def test_derivatives_are_exact(programs: Callable[[str], Program], population: str, state: tuple[float, ...]) -> None:
    program = run_passes(programs("zerlaut_second_order"), until="order")
    p = {q.name: q.default for q in program.parameters if q.owner == program.component}
    found = ours(program, state, 0.003)
    with mpmath.workdps(40):
        expected = exact(p, population, state, 0.003)
    for name, (by_e, by_i) in ORDERS.items():
        value = found[f"F{name}_{population}"] * p["derivative_unit"] ** (by_e + by_i)
        assert value == pytest.approx(expected[name], rel=1e-10), name


def test_how_far_the_differences_of_tvb_are_off(tvb: SimpleNamespace, programs: Callable[[str], Program]) -> None:
    """At these states, first derivatives by 1e-9 of their value and second ones by 0.6 per cent."""
    program = run_passes(programs("zerlaut_second_order"), until="order")
    p = {q.name: q.default for q in program.parameters if q.owner == program.component}
    model = tvb.models.ZerlautAdaptationSecondOrder()
    worst = dict.fromkeys(("_E", "_EE"), 0.0)
    step = 1e-7
    for state in STATES:
        with mpmath.workdps(40):
            expected = exact(p, "e", state, 0.003)
        e, i, w = (np.array([v]) for v in state[:3])
        low, here, high = (
            float(model.TF_excitatory(e + d, i, np.array([0.003]), np.array([0.0]), w)[0]) for d in (-step, 0.0, step)
        )
        differences = {"_E": (high - low) / (2 * step), "_EE": (high - 2 * here + low) / step**2}
        for name, value in differences.items():
            worst[name] = max(worst[name], abs(value - expected[name]) / abs(expected[name]))
    assert 1e-11 < worst["_E"] < 1e-8
    assert 1e-4 < worst["_EE"] < 0.1


def test_derivative_unit_1_gives_the_equations_of_the_papers(programs: Callable[[str], Program]) -> None:
    """With the derivatives per kHz, which is what the transfer function is in; TVB's are 1000 times smaller."""
    program = run_passes(programs("zerlaut_second_order"), until="order")
    p = {q.name: q.default for q in program.parameters if q.owner == program.component}
    env = {c.name: c.value for c in program.constants} | {q.key: q.default for q in program.parameters}
    env |= {"t": 0.0, "ou_drift": 0.0, "c_E": 0.003, "derivative_unit": 1.0}
    env |= {"C_ee": 2e-5, "C_ei": -1e-5, "C_ii": 3e-5}
    state = STATES[1]
    env |= dict(zip(("E", "I", "W_e", "W_i"), state, strict=True))
    for assign in (*program.derived_parameters, *program.derived):
        env[assign.name] = evaluate(assign.value, env)
    rates = {a.name: float(evaluate(a.value, env)) for a in program.derivatives}
    with mpmath.workdps(40):
        f, h = (exact(p, population, state, 0.003) for population in "ei")
    curve = 0.5 * 2e-5 * f["_EE"] - 1e-5 * f["_EI"] + 0.5 * 3e-5 * f["_II"]
    assert rates["E"] == pytest.approx((f[""] - state[0] + curve) / 20.0, rel=1e-10)
    n_e = 10000 * 0.8
    variance = f[""] * (1 / 20.0 - f[""]) / n_e + (f[""] - state[0]) ** 2
    variance += 2 * (2e-5 * f["_E"] - 1e-5 * f["_I"]) - 2 * 2e-5
    assert rates["C_ee"] == pytest.approx(variance / 20.0, rel=1e-10)
    covariance = (f[""] - state[0]) * (h[""] - state[1]) + 2e-5 * f["_E"] + 3e-5 * h["_I"]
    covariance += -1e-5 * (h["_E"] + f["_I"]) + 2 * 1e-5
    assert rates["C_ei"] == pytest.approx(covariance / 20.0, rel=1e-10)
