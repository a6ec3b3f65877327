"""The time derivatives of every shipped model are those of TVB's ``dfun``, to 1e-12 of the largest of each state.

1,000 states and inputs are drawn within TVB's ranges, once with the parameters of the file and once with each
parameter drawn per sample, so that two with one default cannot stand for each other. ``ir.interp`` and the compiled
``field`` of the generated module are each compared with the dfun that TVB compiles and with its numpy version, where
it has both. Each parameter of TVB is then changed by 1 part in 10,000 (a boolean is turned), which must be seen.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from rateml import api
from rateml.codegen import generate
from rateml.engines.cache import load_module
from rateml.ir.interp import evaluate
from rateml.ir.program import Parameter, Program
from rateml.passes import run_passes

pytestmark = pytest.mark.tvb

Float = NDArray[np.float64]
TOLERANCE = 1e-12
SAMPLES = 1000


@dataclass(frozen=True)
class Case:
    """``inputs``: the range of each of the model's inputs, in the order of TVB's coupling variables.

    ``unused`` are parameters that TVB declares and uses in no equation; where ``exact``, the defaults and the ranges
    of parameters are TVB's too.
    """

    tvb: str
    inputs: Mapping[str, tuple[float, float]]
    unused: tuple[str, ...] = ()
    exact: bool = True


CASES = {
    "montbrio": Case("MontbrioPazoRoxin", {"c_r": (0.0, 2.0), "c_V": (-2.0, 1.5)}, ("Gamma",), exact=False),
    "kuramoto": Case("Kuramoto", {"c_theta": (0.0, 2 * np.pi)}, exact=False),
    "epileptor": Case("Epileptor", {"c_x1": (-2.0, 1.0), "c_x2": (-2.0, 0.0)}, ("s",), exact=False),
    "reduced_wong_wang": Case("ReducedWongWang", {"c_S": (0.0, 1.0)}, ("sigma_noise",)),
    "reduced_wong_wang_exc_inh": Case("ReducedWongWangExcInh", {"c_S_e": (0.0, 1.0)}),
    "generic_2d_oscillator": Case("Generic2dOscillator", {"c_V": (-2.0, 4.0)}),
    "jansen_rit": Case("JansenRit", {"c_psp": (-1.0, 1.0)}, ("p_min", "p_max")),
    "wilson_cowan": Case("WilsonCowan", {"c_E": (0.0, 1.0)}),
}


def own(program: Program) -> list[Parameter]:
    """The parameters of the model itself but the intensities of noise, which TVB gives to the integrator."""
    return [
        p for p in program.parameters if p.owner == program.component and not p.name.startswith("D_") and p.name != "D"
    ]


def test_every_shipped_model_is_compared(shipped_models: dict[str, Path]) -> None:
    assert set(CASES) == set(shipped_models)


@pytest.mark.parametrize("name", CASES)
def test_parameters_states_and_bounds_are_those_of_tvb(
    tvb: SimpleNamespace, shipped_models: dict[str, Path], name: str
) -> None:
    case = CASES[name]
    theirs = getattr(tvb.models, case.tvb)()
    program = api.read_program(shipped_models[name])
    assert [s.name for s in program.states] == list(theirs.state_variables)
    declared = {n for n in dir(type(theirs)) if type(getattr(type(theirs), n, None)).__name__ == "NArray"}
    assert {p.name for p in own(program)} | set(case.unused) == declared
    if not case.exact:
        return
    for state in program.states:
        assert (state.low, state.high) == tuple(theirs.state_variable_range[state.name]), state.name
    bounded = {a.name for c in program.conditions for a in c.assignments}
    assert bounded == set(theirs.state_variable_boundaries or ())
    exposed = [e.name for e in program.exposures]
    assert exposed[: len(theirs.variables_of_interest)] == list(theirs.variables_of_interest)
    for p in own(program):
        assert p.default == getattr(theirs, p.name)[0], p.name
        domain = getattr(type(theirs), p.name).domain
        assert (p.low, p.high) == ((domain.lo, domain.hi) if domain is not None else (None, None)), p.name


@dataclass(frozen=True, eq=False)
class Samples:
    """States and inputs (variable, sample) and the model's own parameters, per sample but for booleans."""

    program: Program
    x: Float
    c: Float
    values: Mapping[str, Float]

    def names(self, k: int) -> dict[str, float]:
        """What expressions call by name, in sample ``k``."""
        program = self.program
        values = {c.name: c.value for c in program.constants}
        values |= {p.key: p.default for p in program.parameters}
        values |= {name: float(v[k]) for name, v in self.values.items()}
        values |= {s.name: float(v) for s, v in zip(program.states, self.x[:, k], strict=True)}
        values |= {i.name: float(v) for i, v in zip(program.inputs, self.c[:, k], strict=True)}
        return values | {"t": 0.0}


def draw(tvb_model: Any, program: Program, case: Case, *, drawn: bool, switch: bool | None) -> Samples:
    """Parameters are drawn a tenth of their range around the file's values, or states would sit in saturation."""
    rng = np.random.Generator(np.random.PCG64(17))
    x = np.stack([rng.uniform(*tvb_model.state_variable_range[s.name], SAMPLES) for s in program.states])
    assert [i.name for i in program.inputs] == list(case.inputs)
    c = np.stack([rng.uniform(*span, SAMPLES) for span in case.inputs.values()])
    values = {}
    for p in own(program):
        value = np.full(SAMPLES, p.default)
        if p.kind == "boolean":
            value[:] = p.default if switch is None else switch
        elif drawn:
            domain = getattr(type(tvb_model), p.name).domain
            low, high = (domain.lo, domain.hi) if domain is not None else (0.5 * p.default, 1.5 * p.default)
            value += 0.1 * (rng.uniform(low, high, SAMPLES) - value)
        values[p.name] = value
    return Samples(program, x, c, values)


def interpreted(samples: Samples) -> Float:
    program = run_passes(samples.program, until="order")
    out = np.empty_like(samples.x)
    for k in range(SAMPLES):
        env = samples.names(k)
        for assign in (*program.derived_parameters, *program.derived):
            env[assign.name] = evaluate(assign.value, env)
        out[:, k] = [evaluate(rate.value, env) for rate in program.derivatives]
    return out


def _from_python(inner: Any) -> Any:
    """A compiled function that only compiled code can call, for Python to call."""

    @njit(error_model="numpy")
    def call(*args: Any) -> Any:
        return inner(*args)

    return call


def generated(samples: Samples) -> Float:
    """By the compiled ``field`` of the generated module, its arguments found by their names."""
    program = run_passes(samples.program)
    module = load_module(generate(program, "numba", "float64"))
    p = np.stack([np.full(SAMPLES, samples.values.get(q.key, q.default)) for q in program.parameters])[:, np.newaxis]
    d = np.empty((len(program.derived_parameters), 1, SAMPLES))
    module.derive(p, d)
    c = np.empty((1, module.TABLE_ROWS, SAMPLES))
    module.settings(program.dt, p, d, c)
    known = {"i", "l", "t", "c", "p", "d"}
    order = [n.rstrip("_") for n in inspect.signature(module.field.py_func).parameters]
    assert set(order) - known == {v.name for v in (*program.states, *program.inputs)}
    field = _from_python(module.field)
    out = np.empty_like(samples.x)
    for k in range(SAMPLES):
        env = samples.names(k) | {"i": 0, "l": k, "t": 0.0, "c": c, "p": p, "d": d}
        out[:, k] = field(*[env[n] for n in order])
    return out


def theirs(tvb: SimpleNamespace, case: Case, samples: Samples, values: Mapping[str, Float]) -> dict[str, Float]:
    """TVB's derivatives, by each of the ways in which it computes them."""
    booleans = {p.name for p in samples.program.parameters if p.kind == "boolean"}
    given = {n: np.array([bool(v[0])]) if n in booleans else np.array(v) for n, v in values.items()}
    with np.errstate(all="ignore"):
        model = getattr(tvb.models, case.tvb)(**given)
        if not hasattr(model, "_numpy_dfun"):
            return {"dfun": np.array(model.dfun(samples.x, samples.c))}
        compiled = model.dfun(samples.x[..., np.newaxis], samples.c[..., np.newaxis])[..., 0]
        return {"dfun": compiled, "_numpy_dfun": model._numpy_dfun(samples.x, samples.c)}


def deviation(ours: Float, theirs: Float) -> float:
    """The largest difference of each derivative over its largest magnitude, and the worst of these."""
    assert ours.shape == theirs.shape
    assert np.isfinite(theirs).all()
    return float((np.abs(ours - theirs).max(axis=1) / np.abs(theirs).max(axis=1)).max())


@pytest.mark.parametrize("drawn", [False, True], ids=["as shipped", "drawn"])
@pytest.mark.parametrize("name", CASES)
def test_equal_to_tvb(tvb: SimpleNamespace, shipped_models: dict[str, Path], name: str, drawn: bool) -> None:
    case, program = CASES[name], api.read_program(shipped_models[name])
    model = getattr(tvb.models, case.tvb)()
    switched = [p.name for p in own(program) if p.kind == "boolean"]
    for switch in (False, True) if drawn and switched else (None,):
        samples = draw(model, program, case, drawn=drawn, switch=switch)
        with np.errstate(all="ignore"):
            ours = {"interpreter": interpreted(samples), "numba": generated(samples)}
        for way, expected in theirs(tvb, case, samples, samples.values).items():
            for who, found in ours.items():
                off = deviation(found, expected)
                assert off <= TOLERANCE, f"{who} differs from {way} by {off:.2g}"
        if not drawn:
            continue
        for p, value in samples.values.items():
            other = 1.0 - value if p in switched else value * 1.0001
            for way, faulty in theirs(tvb, case, samples, {**samples.values, p: other}).items():
                seen = deviation(ours["numba"], faulty)
                assert seen > 1e4 * TOLERANCE, f"{p} of {way} changed: only {seen:.2g}, the comparison would miss it"


@pytest.mark.parametrize("name", CASES)
def test_an_input_in_the_wrong_place_is_seen(tvb: SimpleNamespace, shipped_models: dict[str, Path], name: str) -> None:
    case, program = CASES[name], api.read_program(shipped_models[name])
    samples = draw(getattr(tvb.models, case.tvb)(), program, case, drawn=True, switch=None)
    ours = generated(samples)
    for k in range(len(case.inputs)):
        silent = samples.c.copy()
        silent[k] = 0.0
        faulty = Samples(program, samples.x, silent, samples.values)
        for expected in theirs(tvb, case, faulty, samples.values).values():
            assert deviation(ours, expected) > 1e4 * TOLERANCE


@pytest.mark.parametrize("argument", [-1e-4, -1e-7, 0.0, 1e-7, 1e-4])
def test_reduced_wong_wang_takes_the_limit_where_tvb_divides_zero_by_zero(
    tvb: SimpleNamespace, shipped_models: dict[str, Path], argument: float
) -> None:
    """u / (1 - exp(-d u)) is 1/d + u/2 + d u^2/12 near u = 0."""
    case, program = CASES["reduced_wong_wang"], api.read_program(shipped_models["reduced_wong_wang"])
    samples = draw(tvb.models.ReducedWongWang(), program, case, drawn=False, switch=None)
    samples.values["w"][:], samples.values["a"][:], samples.values["b"][:] = 0.0, 0.25, 0.125
    samples.values["d"][:], samples.values["I_o"][:], samples.c[:] = 128.0, 0.5 + argument / 32.0, 0.0
    u = argument / 128.0
    rate = 1.0 / 128.0 + u / 2.0 + 128.0 * u**2 / 12.0
    expected = -samples.x / 100.0 + (1.0 - samples.x) * rate * 0.641
    for found in (interpreted(samples), generated(samples)):
        assert deviation(found, expected) <= 1e-10
    (stock, _) = theirs(tvb, case, samples, samples.values).values()
    assert np.isnan(stock).all() == (argument == 0.0)
