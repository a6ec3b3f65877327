"""Generated code computes what ``ir.interp``, the slow and obvious evaluator, computes of the shipped models.

The engine runs the generated module after all passes, the interpreter the program as it was lowered. Five regions, an
asymmetric network with delays, self-edges and edges without length, 40 steps: equal to 1e-12 in float64 and 1e-4 in
float32 of the largest magnitude of each exposure; NaN and infinity stand in the same places. Models are also run with
the interpreter reading another network or other noise, and must then differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import rateml
from rateml import api
from rateml.ir.program import Program

Float = NDArray[np.float64]
DEFAULT = ("epileptor", "kuramoto", "montbrio")
CLOSELY = ("reduced_wong_wang", "reduced_wong_wang_exc_inh", "generic_2d_oscillator", "jansen_rit", "wilson_cowan")
ALONE = ("couplings", "kuramoto_mean")
FOLDER = Path(rateml.__file__).parent / "models"
OTHERS = sorted({path.stem for path in FOLDER.glob("*.xml")} - {*DEFAULT, *CLOSELY, *ALONE})
SHIPPED = (*DEFAULT, *(pytest.param(name, marks=pytest.mark.long) for name in CLOSELY))
PRECISIONS = ["float64", pytest.param("float32", marks=pytest.mark.long)]
RUNS = [("heun", "on"), *(pytest.param(*run, marks=pytest.mark.long) for run in (("euler", "on"), ("rk4", "off")))]


@pytest.fixture
def coupled(
    shipped_models: dict[str, Path],
    counterparts: Mapping[str, Any],
    past_of: Callable[[str, Program, int, int, int], Float],
) -> Callable[[str], dict[str, Any]]:
    """What to run of a model: its text, a coupling that five regions feel, and thirty rows of history."""

    def make(name: str) -> dict[str, Any]:
        program, case = api.read_program(shipped_models[name]), counterparts[name]
        rows = past_of(name, program, 30, 5, 3)
        past = {s.name: rows[:, k] for k, s in enumerate(program.states)}
        if name == "kuramoto":  # beyond one turn, on both sides
            past["theta"] = past["theta"] * 3.3 - 7.0
        if name == "epileptor":  # one region on the branch of negative z
            past["z"][:, 2], past["x1"][:, 2], past["y1"][:, 2] = -0.1, -1.3, -8.0
        strong = 10.0 if name == "epileptor" else 0.4
        values = {n: strong * v for n, v in case.strength.items()} | case.settings
        settings = tuple(f"{n}={v!r}" for n, v in values.items())
        return {"text": shipped_models[name].read_text(encoding="utf-8"), "past": past, "set": settings}

    return make


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize(("scheme", "noise"), RUNS)
@pytest.mark.parametrize("model", SHIPPED)
def test_shipped_models(
    against_interpreter: Callable[..., Any],
    coupled: Callable[[str], dict[str, Any]],
    model: str,
    scheme: str,
    noise: str,
    precision: str,
) -> None:
    """From a random history shorter than the longest delay, with noise where the scheme allows it."""
    run = against_interpreter(**coupled(model), scheme=scheme, noise=noise, precision=precision)
    assert run.diverged_at == (-1, -1)
    assert run.deviation() <= run.allowed


@pytest.mark.long
@pytest.mark.parametrize(
    ("model", "precision"), [*((m, "float64") for m in OTHERS), *((m, "float32") for m in OTHERS[::3])]
)
def test_the_other_models(
    against_interpreter: Callable[..., Any], coupled: Callable[[str], dict[str, Any]], model: str, precision: str
) -> None:
    run = against_interpreter(**coupled(model), scheme="heun", noise="on", precision=precision)
    assert run.diverged_at == (-1, -1)
    assert run.deviation() <= run.allowed


@pytest.mark.long
@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("model", ALONE)
def test_models_without_a_class_of_tvb(
    against_interpreter: Callable[..., Any], shipped_models: dict[str, Path], model: str, precision: str
) -> None:
    run = against_interpreter(shipped_models[model].read_text(encoding="utf-8"), precision=precision)
    assert run.diverged_at == (-1, -1)
    assert run.deviation() <= run.allowed


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("model", SHIPPED)
def test_shipped_models_from_their_random_start(
    against_interpreter: Callable[..., Any], coupled: Callable[[str], dict[str, Any]], model: str, precision: str
) -> None:
    """OnStart's draws and the step noise of point 6, trial 1."""
    run = against_interpreter(**{**coupled(model), "past": None}, precision=precision, point=6, trials=2)
    assert run.deviation() <= run.allowed


@pytest.mark.parametrize("model", SHIPPED)
def test_a_mistaken_network_or_noise_is_seen(
    against_interpreter: Callable[..., Any], coupled: Callable[[str], dict[str, Any]], model: str
) -> None:
    """Above what is allowed, if by 3e-11 only in 40 steps of a model with long time constants."""
    for fault in ({"transposed": True}, {"later": 1}, {"seeds": (9, 10)}):
        run = against_interpreter(**coupled(model), scheme="heun", **fault)
        assert run.deviation() > 10 * run.allowed, fault


@pytest.mark.parametrize("scheme", ["heun", *(pytest.param(s, marks=pytest.mark.long) for s in ("euler", "rk4"))])
def test_divergence_is_seen_at_the_same_step(
    against_interpreter: Callable[..., Any], coupled: Callable[[str], dict[str, Any]], scheme: str
) -> None:
    """An overflow in one region ends the simulation at that step; what comes after is NaN."""
    start = coupled("epileptor")
    start["past"]["x1"][-1, 2] = -1e60
    run = against_interpreter(start["text"], scheme=scheme, noise="off", past=start["past"])
    assert run.diverged_at[0] == run.diverged_at[1] >= 0
    assert np.isnan(run.ours[run.diverged_at[0] :]).all()
    assert np.isnan(run.oracle[run.diverged_at[0] :]).all()
    assert run.deviation() <= run.allowed
