"""The generated classes' derivatives are those of TVB's own classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rateml import api
from rateml.codegen.targets.tvb.names import Names
from rateml.ir.program import Program

pytestmark = pytest.mark.tvb

Float = NDArray[np.float64]
SAMPLES = 500
MODELS = sorted(path.stem for path in (Path(api.__file__).parents[1] / "models").glob("*.xml"))
WITHOUT_CLASS = {"kuramoto_mean", "couplings"}
"""Whose derivatives are another file's, or which are no model of TVB."""
ALWAYS = ("montbrio", "epileptor", "jansen_rit", "reduced_wong_wang", "kuramoto", "hopfield_dynamic")
"""What the default suite compares; the others, which take seconds to compile, run with the long tests."""
CASES = [
    name if name in ALWAYS else pytest.param(name, marks=pytest.mark.long)
    for name in MODELS
    if name not in WITHOUT_CLASS
]


def drawn(case: Any, program: Program) -> tuple[Float, Float, dict[str, Float]]:
    """States (state, sample), inputs (input, sample), and parameters near their values, by key."""
    rng = np.random.Generator(np.random.PCG64(23))
    spans = [case.drawn.get(s.name, case.past.get(s.name, (s.low, s.high))) for s in program.states]
    x = np.stack([rng.uniform(low, high, SAMPLES) for low, high in spans])
    inputs = np.stack([rng.uniform(low, high, SAMPLES) for _, low, high in case.inputs.values()])
    values = {}
    for p in case.own(program):
        varied = p.kind == "real" and p.name not in case.single and p.name not in case.ours
        spread = 0.1 * (p.default or p.high or 1.0)
        values[p.key] = p.default + spread * rng.uniform(0.1, 1.0, SAMPLES) if varied else np.array([p.default])
    return x, inputs, values


def ours(module: ModuleType, program: Program, x: Float, inputs: Float, values: Mapping[str, Float]) -> Float:
    """Every sample is a node, every varied parameter differs from node to node."""
    names = Names(program)
    model = getattr(module, names.class_name)(**{names.model(key): v.copy() for key, v in values.items()})
    model.configure()
    with np.errstate(all="ignore"):
        found: Float = model.dfun(x[..., np.newaxis], inputs[..., np.newaxis])[..., 0]
    return found


def theirs(tvb: SimpleNamespace, case: Any, x: Float, inputs: Float, values: Mapping[str, Float]) -> Float:
    """TVB's derivatives of the same samples, one by one where its parameters can't differ from node to node."""
    places = [place for place, _, _ in case.inputs.values()]
    out = np.empty_like(x)
    for k in range(x.shape[1]):
        at = {key: np.array([v[k if len(v) > 1 else 0]]) for key, v in values.items()}
        model = getattr(tvb.models, case.tvb)(**_typed(getattr(tvb.models, case.tvb), case.arguments(at)))
        model.configure()
        state = case.states(x[:, k : k + 1])
        c = np.zeros((len(model.cvar), 1, state.shape[-1]))
        for row, place in enumerate(places):
            c[place] = inputs[row, k] / case.modes  # TVB adds the modes up
        with np.errstate(all="ignore"):
            out[:, k] = case.back(np.asarray(model.dfun(state, c)))[:, 0]
    return out


def _typed(owner: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.asarray(v).astype(getattr(owner, name).dtype) for name, v in given.items()}


def deviation(found: Float, expected: Float) -> float:
    """The largest difference of each derivative over its largest magnitude, and the worst of these."""
    assert found.shape == expected.shape
    assert np.isfinite(expected).all()
    scale = np.abs(expected).max(axis=1)
    return float((np.abs(found - expected).max(axis=1) / np.where(scale == 0.0, 1.0, scale)).max())


@pytest.mark.parametrize("name", CASES)
def test_equal_to_tvb(
    tvb: SimpleNamespace,
    generated: Callable[[Path], ModuleType],
    shipped_models: dict[str, Path],
    counterparts: Mapping[str, Any],
    name: str,
) -> None:
    case, program = counterparts[name], api.read_program(shipped_models[name])
    module = generated(shipped_models[name])
    x, inputs, values = drawn(case, program)
    found, expected = ours(module, program, x, inputs, values), theirs(tvb, case, x, inputs, values)
    assert deviation(found, expected) <= case.exact
    for k in range(len(inputs)):
        silent = inputs.copy()
        silent[k] = 0.0
        assert deviation(ours(module, program, x, silent, values), expected) > 1e-8, "a lost input would be missed"
