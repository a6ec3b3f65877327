"""With noise, rateml's trajectories are TVB's step by step, once TVB draws from the stream of the contract.

TVB's Additive noise is given a ``generate`` that returns sqrt(dt) times the published normals of the step, its nsig
is the D of each state; HeunStochastic and EulerStochastic do the rest. 600 steps agree to 1e-9 of each state's
standard deviation, so every increment stands where it should. A fault planted in TVB's draws must show
within 60 steps.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

pytestmark = pytest.mark.tvb

TOLERANCE = 1e-9
STEPS = 600
SEED = 0x5DEECE66D1234567
DIFFUSION = {
    "montbrio": {"D_r": 3e-4, "D_V": 2e-3},
    "kuramoto": {"D": 4e-3},
    "epileptor": {"D": 2.5e-3},
    "reduced_wong_wang": {"D": 1e-3},
    "reduced_wong_wang_exc_inh": {"D": 1e-3},
    "generic_2d_oscillator": {"D": 5e-3},
    "jansen_rit": {"D": 5e-3},
    "wilson_cowan": {"D": 1e-3},
}
BOTH = ("montbrio", "kuramoto", "epileptor")
LONG = ("reduced_wong_wang_exc_inh", "generic_2d_oscillator", "jansen_rit", "wilson_cowan")
CASES = [
    pytest.param(
        model, scheme, marks=[pytest.mark.long] if model in LONG or (model, scheme) == ("kuramoto", "euler") else []
    )
    for model in DIFFUSION
    for scheme in ("heun", "euler")
    if scheme == "heun" or model in BOTH
]
SWAPPED = {
    "kuramoto": (1,),
    "reduced_wong_wang": (1,),
    "epileptor": (0, 1, 2, 4, 3, 5),
    "jansen_rit": (0, 1, 2, 4, 3, 5),
}
"""Another order of the states, (1, 0) for the others; the only one of a model becomes the second."""


@pytest.fixture
def noisy(experiment: Callable[..., Any]) -> Callable[[str, str], Any]:
    def make(model: str, scheme: str) -> Any:
        return experiment(model, 68, 30.0, scheme, least_steps=STEPS, diffusion=DIFFUSION[model])

    return make


@pytest.mark.parametrize(("model", "scheme"), CASES)
def test_equal_to_tvb_with_noise(noisy: Callable[[str, str], Any], model: str, scheme: str) -> None:
    """Point 5, trial 2 of a run, and every way to be one off."""
    e = noisy(model, scheme)
    assert e.steps >= 500
    ours = e.ours(noise="on", seed=SEED, point=5, trials=3, index=2)
    deviation = e.deviation(ours, e.theirs(e.draws(SEED, point=5, trial=2)))
    assert deviation <= TOLERANCE, f"off by {deviation:.2g} standard deviations"
    theirs = partial(e.theirs, steps=60)
    quieter = {name: value / 2 for name, value in DIFFUSION[model].items()}
    faults = {
        "no noise": theirs(),
        "other seed": theirs(e.draws(SEED + 1, point=5, trial=2)),
        "other high word of the seed": theirs(e.draws(SEED + 2**32, point=5, trial=2)),
        "other point": theirs(e.draws(SEED, point=4, trial=2)),
        "other trial": theirs(e.draws(SEED, point=5, trial=1)),
        "one step late": theirs(e.draws(SEED, point=5, trial=2, shift=-1)),
        "one step early": theirs(e.draws(SEED, point=5, trial=2, shift=1)),
        "states swapped": theirs(e.draws(SEED, point=5, trial=2, order=SWAPPED.get(model, (1, 0)))),
        "sqrt(2) missing": theirs(e.draws(SEED, point=5, trial=2), quieter),
    }
    for fault, faulty in faults.items():
        seen = e.deviation(ours[:60], faulty)
        assert seen > 1e6 * TOLERANCE, f"{fault}: only {seen:.2g}, the comparison would miss it"


def test_a_point_of_a_grid_is_the_point_of_its_counter(noisy: Callable[[str, str], Any]) -> None:
    """Trial 1 of point 3 of a 2 x 2 grid draws with point index 3 and trial 1; with common noise the point is 0."""
    e = noisy("montbrio", "heun")
    axes = [("values", "D_V=0.001,0.002"), ("values", "D_r=0.0001,0.0003")]
    swept = {"axes": axes, "seed": SEED, "trials": 2, "index": 7}
    own, common = e.ours(noise="on", **swept), e.ours(noise="common", **swept)
    assert e.deviation(own, e.theirs(e.draws(SEED, point=3, trial=1))) <= TOLERANCE
    assert e.deviation(common, e.theirs(e.draws(SEED, point=0, trial=1))) <= TOLERANCE
    assert e.deviation(own, common) > 1e6 * TOLERANCE
