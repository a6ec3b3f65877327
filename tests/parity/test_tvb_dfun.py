"""The time derivatives of every shipped model are those of TVB's ``dfun``, to 1e-12 of the largest of each state.

1,000 states and inputs are drawn within TVB's ranges, once with the parameters of the file and once with each
parameter drawn per sample, so that two with one default cannot stand for each other. The compiled ``field`` of the
generated module, and with the file's parameters ``ir.interp`` too, are compared with the dfun that TVB compiles and
with its numpy version, where it has both. Each parameter of TVB is then changed by 1 part in 10,000 (a switch is
turned), which must be seen, and so must the absence of each input.

Of the second order model of Zerlaut, TVB's derivatives are differences: it is compared to 1e-9 here, and to 1e-10 with
exact ones in ``test_zerlaut_derivatives.py``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import rateml
from rateml.codegen import generate
from rateml.engines.cache import load_module
from rateml.ir.interp import evaluate
from rateml.ir.program import Parameter, Program
from rateml.passes import run_passes

pytestmark = pytest.mark.tvb

Float = NDArray[np.float64]
SAMPLES = 1000
ALONE = ("couplings", "kuramoto_mean")
"""Files without a class of TVB's; their couplings are compared in ``networks``."""
NAMES = sorted({path.stem for path in (Path(rateml.__file__).parent / "models").glob("*.xml")} - set(ALONE))


def test_every_shipped_model_is_compared(shipped_models: dict[str, Path], counterparts: Mapping[str, Any]) -> None:
    assert set(counterparts) | set(ALONE) == set(shipped_models)


def test_every_class_of_tvb_is_shipped(tvb: SimpleNamespace, counterparts: Mapping[str, Any]) -> None:
    classes = {member.value for member in tvb.models.ModelsEnum} - {"Model"}
    assert {case.tvb for case in counterparts.values()} == classes
    assert len(classes) == 28


def place(name: str, theirs: Any) -> str:
    """TVB's state of which ``name`` is one, or a mode."""
    return name if name in theirs.state_variables else name.rpartition("_")[0]


@pytest.mark.parametrize("name", NAMES)
def test_parameters_states_and_bounds_are_those_of_tvb(
    tvb: SimpleNamespace, counterparts: Mapping[str, Any], programs: Callable[[str], Program], name: str
) -> None:
    case, program = counterparts[name], programs(name)
    theirs = getattr(tvb.models, case.tvb)()
    places = list(dict.fromkeys(place(s.name, theirs) for s in program.states))
    assert places == list(theirs.state_variables)[: 1 if case.echo else None]
    declared = {n for n in dir(type(theirs)) if type(getattr(type(theirs), n, None)).__name__ == "NArray"}
    own = {p.name for p in case.own(program)} - set(case.ours)
    assert set(case.arguments(dict.fromkeys(own, 0.0))) - set(case.stock) | set(case.unused) == declared
    for state in program.states:
        if state.name not in case.differs:
            low, high = theirs.state_variable_range[place(state.name, theirs)]
            assert (state.low, state.high) == (low, high), state.name
    bounded = {a.name for c in program.conditions for a in c.assignments} - {"theta"}
    assert bounded == set(theirs.state_variable_boundaries or ())
    if not case.shown:
        exposed = [e.name for e in program.exposures]
        assert exposed[: len(theirs.variables_of_interest)] == list(theirs.variables_of_interest)
    for p in case.own(program):
        if p.name in own - set(case.differs):
            assert p.default == getattr(theirs, p.name)[0], p.name
            domain = getattr(type(theirs), p.name).domain
            switch = p.kind == "boolean" or domain is None
            assert (p.low, p.high) == ((None, None) if switch else (domain.lo, domain.hi)), p.name


@dataclass(frozen=True, eq=False)
class Samples:
    """States and inputs (variable, sample) and the model's own parameters, per sample but for switches and the like."""

    case: Any
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


def alone(case: Any, p: Parameter) -> bool:
    """Whether TVB takes one value of the parameter for all regions."""
    return p.kind == "boolean" or p.name in case.single


def draw(case: Any, program: Program, *, drawn: bool, switch: float | None) -> Samples:
    """Parameters are drawn a tenth of their range around the file's values, or states would sit in saturation."""
    rng = np.random.Generator(np.random.PCG64(17))
    spans = [case.drawn.get(s.name, (s.low, s.high)) for s in program.states]
    x = np.stack([rng.uniform(*span, SAMPLES) for span in spans])
    assert [i.name for i in program.inputs] == list(case.inputs)
    c = np.stack([rng.uniform(*span, SAMPLES) for _, *span in case.inputs.values()])
    values = {}
    for p in case.own(program):
        value = np.full(SAMPLES, p.default)
        if p.kind == "boolean" or p.name == "N":
            turned = switch is not None and p.name not in case.ours
            value[:] = p.default if not turned else switch % 2 if p.kind == "boolean" else switch
        elif drawn and p.name not in case.ours:
            spread = 0.5 * abs(p.default) or 1.0
            low, high = (p.low, p.high) if p.low is not None else (p.default - spread, p.default + spread)
            value += 0.1 * (rng.uniform(low, high, SAMPLES) - value)
            value[:] = value[0] if alone(case, p) else value
            value[:] = np.rint(value) if p.kind == "integer" else value
        values[p.name] = value
    return Samples(case, program, x, c, values)


def interpreted(samples: Samples) -> Float:
    program = run_passes(samples.program, until="order")
    out = np.empty_like(samples.x)
    for k in range(SAMPLES):
        env = samples.names(k)
        for assign in (*program.derived_parameters, *program.derived):
            env[assign.name] = evaluate(assign.value, env)
        out[:, k] = [evaluate(rate.value, env) for rate in program.derivatives]
    return out


@pytest.fixture(scope="module")
def generated(from_python: Callable[[Any], Any]) -> Callable[[Samples], Float]:
    """Derivatives by the compiled ``field`` of the generated module, its arguments found by their names."""
    made: dict[int, tuple[Program, Any, Any]] = {}

    def run(samples: Samples) -> Float:
        key = id(samples.program)  # of the session's one copy
        if key not in made:
            program = run_passes(samples.program)
            module = load_module(generate(program, "numba", "float64"))
            made[key] = program, module, from_python(module.field)
        program, module, field = made[key]
        p = np.stack([np.full(SAMPLES, samples.values.get(q.key, q.default)) for q in program.parameters])
        p = p[:, np.newaxis]
        d = np.empty((len(program.derived_parameters), 1, SAMPLES))
        module.derive(p, d)
        c = np.empty((1, module.TABLE_ROWS, SAMPLES))
        module.settings(program.dt, p, d, c)
        known = {"i", "l", "t", "c", "p", "d"}
        order = [n.rstrip("_") for n in inspect.signature(module.field.py_func).parameters]
        assert set(order) - known == {v.name for v in (*program.states, *program.inputs)}
        out = np.empty_like(samples.x)
        for k in range(SAMPLES):
            env = samples.names(k) | {"i": 0, "l": k, "t": 0.0, "c": c, "p": p, "d": d}
            out[:, k] = field(*[env[n] for n in order])
        return out

    return run


def theirs(tvb: SimpleNamespace, samples: Samples, values: Mapping[str, Float]) -> dict[str, Float]:
    """TVB's derivatives, by each of the ways in which it computes them."""
    case, program = samples.case, samples.program
    kinds = {p.name: p for p in case.own(program)}

    def given(column: bool) -> dict[str, Any]:
        out = {}
        for name, v in case.arguments(values).items():
            if name not in kinds:
                out[name] = v
            elif alone(case, kinds[name]):
                out[name] = v[:1]
            else:
                out[name] = v[:, np.newaxis] if column else v
        return out

    x = case.states(samples.x)
    c = np.zeros((max(p for p, *_ in case.inputs.values()) + 1, *x.shape[1:]))
    for row, (position, *_) in zip(samples.c, case.inputs.values(), strict=True):
        c[position] = row[:, np.newaxis] / case.modes
    with np.errstate(all="ignore"):
        (flat := getattr(tvb.models, case.tvb)(**given(False))).configure()
        if hasattr(flat, "_numpy_dfun"):
            (wide := getattr(tvb.models, case.tvb)(**given(True))).configure()
            return {"dfun": case.back(flat.dfun(x, c)), "_numpy_dfun": case.back(wide._numpy_dfun(x, c))}
        (wide := getattr(tvb.models, case.tvb)(**given(True))).configure()
        return {"dfun": case.back(np.array(wide.dfun(x, c)))}


def deviation(ours: Float, theirs: Float) -> float:
    """The largest difference of each derivative over its largest magnitude, and the worst of these."""
    assert ours.shape == theirs.shape
    assert np.isfinite(theirs).all()
    scale = np.abs(theirs).max(axis=1)
    return float((np.abs(ours - theirs).max(axis=1) / np.where(scale == 0.0, 1.0, scale)).max())


def other(case: Any, p: Parameter, value: Float) -> Float:
    """A value of the parameter that is off by so much that it must be seen."""
    if p.kind == "boolean":
        return 1.0 - value
    if p.name == "N":
        return value % 3 + 1
    if p.name in case.steps:
        return value * 1.01
    return value + 1.0 if p.kind == "integer" else value * 1.0001 + 1e-6


@pytest.mark.parametrize("drawn", [False, True], ids=["as shipped", "drawn"])
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.long) if n == "zerlaut_second_order" else n for n in NAMES]
)
def test_equal_to_tvb(
    tvb: SimpleNamespace,
    counterparts: Mapping[str, Any],
    programs: Callable[[str], Program],
    generated: Callable[[Samples], Float],
    name: str,
    drawn: bool,
) -> None:
    case, program = counterparts[name], programs(name)
    own = {p.name: p for p in case.own(program) if p.name not in case.ours}
    switches: tuple[float | None, ...] = (None,)
    if drawn and any(p.kind == "boolean" for p in own.values()):
        switches = (0.0, 1.0)
    if drawn and "N" in own:
        switches = (1.0, 2.0, 3.0)
    for switch in switches:
        samples = draw(case, program, drawn=drawn, switch=switch)
        with np.errstate(all="ignore"):
            ours = {"numba": generated(samples)}
            if not drawn:
                ours["interpreter"] = interpreted(samples)
        for way, expected in theirs(tvb, samples, samples.values).items():
            for who, found in ours.items():
                off = deviation(found, expected)
                assert off <= case.exact, f"{who} differs from {way} by {off:.2g}"
        if not drawn:
            continue
        for p in own.values():
            if p.name in case.silent:
                continue
            changed = {**samples.values, p.name: other(case, p, samples.values[p.name])}
            for way, faulty in theirs(tvb, samples, changed).items():
                seen = deviation(ours["numba"], faulty)
                least = max(2 * case.exact, 1e-8)
                assert seen > least, f"{p.name} of {way} changed: only {seen:.2g}, the comparison would miss it"
        for k, port in enumerate(case.inputs):
            silent = samples.c.copy()
            silent[k] = 0.0
            without = Samples(case, program, samples.x, silent, samples.values)
            for expected in theirs(tvb, without, samples.values).values():
                assert deviation(ours["numba"], expected) > 1e-8, f"{port} is in the wrong place, or unused"


@pytest.mark.parametrize("argument", [-1e-4, -1e-7, 0.0, 1e-7, 1e-4])
def test_reduced_wong_wang_takes_the_limit_where_tvb_divides_zero_by_zero(
    tvb: SimpleNamespace,
    counterparts: Mapping[str, Any],
    programs: Callable[[str], Program],
    generated: Callable[[Samples], Float],
    argument: float,
) -> None:
    """u / (1 - exp(-d u)) is 1/d + u/2 + d u^2/12 near u = 0."""
    case, program = counterparts["reduced_wong_wang"], programs("reduced_wong_wang")
    samples = draw(case, program, drawn=False, switch=None)
    samples.values["w"][:], samples.values["a"][:], samples.values["b"][:] = 0.0, 0.25, 0.125
    samples.values["d"][:], samples.values["I_o"][:], samples.c[:] = 128.0, 0.5 + argument / 32.0, 0.0
    u = argument / 128.0
    rate = 1.0 / 128.0 + u / 2.0 + 128.0 * u**2 / 12.0
    expected = -samples.x / 100.0 + (1.0 - samples.x) * rate * 0.641
    for found in (interpreted(samples), generated(samples)):
        assert deviation(found, expected) <= 1e-10
    (stock, _) = theirs(tvb, samples, samples.values).values()
    assert np.isnan(stock).all() == (argument == 0.0)
