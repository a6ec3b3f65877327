"""In TVB's simulator the generated classes give the trajectories of TVB's own and of our interpreter.

A past that is random in time, region and state, raw weights, regional parameters; the deviation is the largest of any
state, region and step, in standard deviations. Faults planted in the generated run must push it above the tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import rateml
from rateml.connectome import Connectome, Tracts

pytestmark = pytest.mark.tvb

TOLERANCE = 1e-9
LESS_EXACT = {"zerlaut_second_order": 1e-7}
"""TVB differentiates the transfer function numerically; the tests of parity say how well."""
MODELS = sorted(path.stem for path in (Path(rateml.__file__).parent / "models").glob("*.xml"))
WITHOUT_CLASS = {"kuramoto_mean", "couplings"}
"""Which TVB has in no class with a coupling."""
NAMES = [name for name in MODELS if name not in WITHOUT_CLASS]
ALWAYS = ("montbrio", "epileptor", "jansen_rit", "reduced_wong_wang", "kuramoto", "hopfield_dynamic")
"""What the default suite compares; the others, which take seconds to compile, run with the long tests."""
CASES = [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.long) for name in NAMES]
LARGE = [("montbrio", 76, 4.5, "heun"), ("epileptor", 68, 12.0, "euler")]
MORE = [
    (name, 76 if k % 2 else 68, (2.0, 12.0)[k // 2 % 2], ("euler", "heun")[k % 2])
    for k, name in enumerate(("montbrio", "epileptor", "jansen_rit", "reduced_wong_wang", "kuramoto", "wilson_cowan"))
]


def faults(e: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is changed in the generated run, by name. The delay is that of an edge of middling weight."""
    net = e.network
    between = np.argwhere((net.weights > 0) & (e.delays > 0) & (e.delays < e.delays.max()))
    by_weight = between[np.argsort(net.weights[tuple(between.T)], kind="stable")]
    edge = tuple(by_weight[len(by_weight) // 2])
    later, earlier = net.lengths.copy(), net.lengths.copy()
    later[edge] = (e.delays[edge] + 1) * e.dt * e.speed
    earlier[edge] = (e.delays[edge] - 1) * e.dt * e.speed
    changed = {
        "coupling zeroed": (np.zeros_like(net.weights), net.lengths),
        "one delay a step longer": (net.weights, later),
        "one delay a step shorter": (net.weights, earlier),
    }
    if not np.array_equal(net.weights, net.weights.T):
        changed["weights transposed"] = (net.weights.T, net.lengths)
    for name, (weights, lengths) in changed.items():
        tracts = {"structural": Tracts(weights, lengths)}
        yield name, {"network": Connectome(net.labels, net.centres, tracts, "fault")}
    yield "past reversed", {"past": e.past[::-1]}


def compare(ours: Any, theirs: Any, expected: Any, tolerance: float) -> None:
    deviation = theirs.deviation(ours.theirs(), expected)
    assert deviation <= tolerance, f"off by {deviation:.2g} standard deviations"
    for name, fault in faults(ours):
        with np.errstate(all="ignore"):
            seen = theirs.deviation(ours.theirs(**fault), expected)
        assert seen > 10 * tolerance, f"{name}: only {seen:.2g}, the comparison would miss it"


@pytest.mark.parametrize("name", CASES)
def test_equal_to_tvb_and_to_the_interpreter(
    experiments: Callable[..., tuple[Any, Any]], model_files: dict[str, Path], six_regions: Connectome, name: str
) -> None:
    """Six regions, asymmetric, with a self-edge and an edge without length; delays up to 12 steps."""
    scheme = "euler" if NAMES.index(name) % 3 == 0 else "heun"
    probe, _ = experiments(model_files[name], name, six_regions, 3.0, scheme)
    speed = 3.0 * 0.1 / probe.dt
    ours, theirs = experiments(model_files[name], name, six_regions, speed, scheme, least_steps=40)
    tolerance = LESS_EXACT.get(name, TOLERANCE)
    compare(ours, theirs, theirs.theirs(), tolerance)
    assert theirs.deviation(ours.theirs(), ours.interpreted()) <= TOLERANCE


@pytest.mark.parametrize(("name", "size", "speed", "scheme"), LARGE)
def test_equal_to_tvb_over_three_longest_delays(
    experiments: Callable[..., tuple[Any, Any]],
    model_files: dict[str, Path],
    name: str,
    size: int,
    speed: float,
    scheme: str,
) -> None:
    ours, theirs = experiments(model_files[name], name, size, speed, scheme, least_steps=300)
    assert theirs.deviation(ours.theirs(), theirs.theirs()) <= TOLERANCE


@pytest.mark.long
@pytest.mark.parametrize(("name", "size", "speed", "scheme"), MORE)
def test_equal_to_tvb_on_its_connectomes(
    experiments: Callable[..., tuple[Any, Any]],
    model_files: dict[str, Path],
    name: str,
    size: int,
    speed: float,
    scheme: str,
) -> None:
    """1,000 steps or three longest delays, faults too."""
    ours, theirs = experiments(model_files[name], name, size, speed, scheme)
    compare(ours, theirs, theirs.theirs(), TOLERANCE)


@pytest.mark.parametrize("name", ["montbrio", "epileptor", "reduced_wong_wang"])
def test_stock_tvb_with_its_float32_history_too(
    experiments: Callable[..., tuple[Any, Any]], model_files: dict[str, Path], name: str
) -> None:
    """What TVB rounds to float32 is rounded alike: with a linear coupling nothing is left of the difference."""
    ours, theirs = experiments(model_files[name], name, 68, 12.0, "heun")
    expected = theirs.theirs(steps=200, as_is=True)
    assert theirs.deviation(ours.theirs(steps=200, as_is=True), expected) <= TOLERANCE
    assert theirs.deviation(ours.theirs(steps=200), expected) > TOLERANCE


NOISE: Mapping[str, tuple[float, ...]] = {
    "montbrio": (3e-4, 2e-3),
    "epileptor": (0.0, 0.0, 0.0, 2.5e-3, 2.5e-3, 0.0),
    "jansen_rit": (0.0, 0.0, 0.0, 0.0, 5e-3, 0.0),
    "reduced_wong_wang": (1e-3,),
}


@pytest.mark.parametrize("scheme", ["euler", "heun"])
@pytest.mark.parametrize("name", NOISE)
def test_the_same_noise_gives_the_trajectories_of_tvbs_class(
    tvb: SimpleNamespace,
    experiments: Callable[..., tuple[Any, Any]],
    model_files: dict[str, Path],
    six_regions: Connectome,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    scheme: str,
) -> None:
    """TVB's own noise, of the same seed, and of the nsig that the generated class has from its parameters."""
    ours, theirs = experiments(model_files[name], name, six_regions, 3.0, scheme, least_steps=200)
    diffusion = {a.value.id: NOISE[name][ours.states.index(a.name)] for a in ours.program.diffusion}

    def noise(seed: int, nsig: Any) -> Any:
        return lambda self, draw, diffusion: tvb.noise.Additive(nsig=np.array(nsig), noise_seed=seed)

    model, _ = ours._parts()
    for parameter, value in diffusion.items():
        setattr(model, parameter, np.array([value]))
    np.testing.assert_array_equal(model.nsig, NOISE[name])
    runs = {}
    for label, e, seed, nsig in (
        ("ours", ours, 5, model.nsig),
        ("theirs", theirs, 5, NOISE[name]),
        ("another seed", theirs, 6, NOISE[name]),
        ("half the noise", theirs, 5, 0.5 * np.array(NOISE[name])),
    ):
        monkeypatch.setattr(type(e), "_noise", noise(seed, nsig))
        runs[label] = e.theirs(lambda states, step: np.zeros((states, 6)), steps=200)
    assert theirs.deviation(runs["ours"], runs["theirs"]) <= TOLERANCE
    for fault in ("another seed", "half the noise"):
        assert theirs.deviation(runs["ours"], runs[fault]) > 1e6 * TOLERANCE, fault
