"""Without noise, rateml's trajectories are TVB's, to 1e-9 of each state's standard deviation.

Both run from the same past, random in time, region and state, with regional parameters and raw weights; the
deviation is the largest over all states, regions and steps. Each comparison is repeated with a fault planted on
rateml's side, which must push it above the tolerance.

TVB 2.10 computes couplings from a history and weights that it keeps in float32 (``tvb.simulator.history``:
``NDArray(..., 'f')``), so as it is it agrees with no float64 program to 1e-9, itself with a float64 history included;
for the comparisons that storage, and nothing else of TVB, is made float64. The last test has TVB as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rateml

pytestmark = pytest.mark.tvb

TOLERANCE = 1e-9
MODELS = ("montbrio", "kuramoto", "epileptor")
MORE = ("reduced_wong_wang", "reduced_wong_wang_exc_inh", "generic_2d_oscillator", "jansen_rit", "wilson_cowan")
"""Whose parts of the engine the first three have been through: a few cases each, with the long tests."""
ALONE = ("couplings", "kuramoto_mean")
FOLDER = Path(rateml.__file__).parent / "models"
OTHERS = sorted({path.stem for path in FOLDER.glob("*.xml")} - {*MODELS, *MORE, *ALONE})
"""One case each, with the long tests: in the default suite ``test_tvb_small.py`` has them."""
DIFFERENCES = {"zerlaut_second_order": 1e-8}
"""TVB's own error in the derivatives of the transfer function; see test_zerlaut_derivatives.py."""
SIZES = (68, 76, 192)
SPEEDS = (2.0, 4.5, 12.0)
SCHEMES = ("euler", "heun")
EVERY = list(product(MODELS, SIZES, SPEEDS, SCHEMES))
SQUARE = [
    (model, size, SPEEDS[(m + s) % 3], SCHEMES[(m + s // 2) % 2])
    for m, model in enumerate((*MODELS, *MORE))
    for s, size in enumerate(SIZES)
]
"""A Latin square: every model sees every connectome, every speed and both schemes."""
CHOSEN = [case for case in SQUARE if case[0] in MODELS]
QUICK = [case for case in CHOSEN if case[0] == "montbrio" or case[1] == 76]
"""Those of the default suite."""


def test_the_chosen_cases_cover_every_model_with_every_connectome_speed_and_scheme() -> None:
    for model in (*MODELS, *MORE):
        mine = [case for case in SQUARE if case[0] == model]
        assert {case[1] for case in mine} == set(SIZES)
        assert {case[2] for case in mine} == set(SPEEDS)
        assert {case[3] for case in mine} == set(SCHEMES)


def faults(e: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is changed in rateml's run, by name. The delay is that of an edge of middling weight between regions."""
    weights, lengths = e.network.weights, e.network.lengths
    yield "coupling zeroed", {"weights": np.zeros_like(weights)}
    yield "past reversed", {"past": e.past[::-1]}
    if not np.array_equal(weights, weights.T):
        yield "weights transposed", {"weights": weights.T}
    between = np.argwhere((weights > 0) & (lengths > 0) & ~np.eye(len(weights), dtype=bool))
    by_weight = between[np.argsort(weights[tuple(between.T)], kind="stable")]
    i, j = by_weight[len(by_weight) // 2]
    for sign in (1, -1):
        moved = lengths.copy()
        moved[i, j] = (e.delays[i, j] + sign) * e.dt * e.speed
        yield f"delay of one edge {sign:+d} step", {"lengths": moved}


def compare(e: Any, *, planted: bool) -> None:
    theirs = e.theirs()
    deviation, tolerance = e.deviation(e.ours(), theirs), DIFFERENCES.get(e.model, TOLERANCE)
    assert deviation <= tolerance, f"off by {deviation:.2g} standard deviations"
    if planted:
        for name, fault in faults(e):
            seen = e.deviation(e.ours(**fault), theirs)
            assert seen > 100 * tolerance, f"{name}: only {seen:.2g}, the comparison would miss it"


@pytest.mark.parametrize(
    ("model", "size", "speed", "scheme"),
    [pytest.param(*case, marks=() if case in QUICK else pytest.mark.long) for case in SQUARE],
)
def test_equal_to_tvb(experiment: Callable[..., Any], model: str, size: int, speed: float, scheme: str) -> None:
    """Each with all its planted faults."""
    compare(experiment(model, size, speed, scheme), planted=True)


@pytest.mark.long
@pytest.mark.parametrize(("model", "size", "speed", "scheme"), [case for case in EVERY if case not in CHOSEN])
def test_equal_to_tvb_everywhere(
    experiment: Callable[..., Any], model: str, size: int, speed: float, scheme: str
) -> None:
    """The rest of the combinations of the first three models, faults too."""
    compare(experiment(model, size, speed, scheme), planted=True)


@pytest.mark.long
@pytest.mark.parametrize("model", OTHERS)
def test_the_other_models_equal_tvb(experiment: Callable[..., Any], model: str) -> None:
    compare(experiment(model, 68, 12.0, "heun"), planted=True)


@pytest.mark.parametrize(
    "model",
    ["montbrio", "kuramoto", *(pytest.param(name, marks=pytest.mark.long) for name in ("epileptor", "jansen_rit"))],
)
def test_tvb_as_it_is_differs_by_its_float32_history(experiment: Callable[..., Any], model: str) -> None:
    """Stock TVB agrees to the rounding of float32, and is off from its own float64 self exactly as from rateml."""
    e = experiment(model, 68, 12.0, "heun")
    stock, theirs, ours = e.theirs(steps=200, as_is=True), e.theirs(steps=200), e.ours()[:200]
    rounding = e.deviation(theirs, stock)
    assert TOLERANCE < rounding < 1e-4
    assert e.deviation(ours, stock) == pytest.approx(rounding, rel=1e-3)
