"""Every shipped model in a small network is, by ``ir.interp``, TVB's to 1e-9 of each state's standard deviation.

Six regions, asymmetric, with delays, a self-edge and an edge without length; 60 steps from a random past, by Heun and
for some models by Euler, with the coupling that TVB's users take. TVB is then run with a fault planted, which must be
seen. The engine computes what the interpreter does (``parity/interpreter``) and is compared with TVB on connectomes of
68 regions and more in ``test_tvb_deterministic.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import rateml
from rateml.connectome import Connectome, Tracts

pytestmark = pytest.mark.tvb

TOLERANCE = 1e-9
ALONE = ("couplings", "kuramoto_mean")
NAMES = sorted({path.stem for path in (Path(rateml.__file__).parent / "models").glob("*.xml")} - set(ALONE))
EULER = {"hopfield_dynamic", "linear", "sup_hopf", "wilson_cowan"}


def faults(e: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is changed in TVB's run, by name."""
    net = e.network
    for name, weights, lengths in (
        ("coupling zeroed", np.zeros_like(net.weights), net.lengths),
        ("weights transposed", net.weights.T, net.lengths),
        ("one delay a step longer", net.weights, net.lengths + e.dt * e.speed * (np.arange(36) == 1).reshape(6, 6)),
    ):
        yield name, {"network": Connectome(net.labels, None, {"structural": Tracts(weights, lengths)}, "fault")}
    yield "past reversed", {"past": e.past[::-1]}


@pytest.mark.parametrize("model", NAMES)
def test_equal_to_tvb(experiment: Callable[..., Any], six_regions: Connectome, model: str) -> None:
    scheme = "euler" if model in EULER else "heun"
    probe = experiment(model, six_regions, 3.0, scheme)
    e = experiment(model, six_regions, 3.0 * 0.1 / probe.dt, scheme, least_steps=60)
    assert e.network.weights[0, 1] != 0.0
    assert e.delays.max() >= 10
    ours = e.interpreted()
    deviation = e.deviation(ours, e.theirs())
    assert deviation <= TOLERANCE, f"off by {deviation:.2g} standard deviations"
    for name, fault in faults(e):
        seen = e.deviation(ours, e.theirs(**fault))
        assert seen > 100 * TOLERANCE, f"{name}: only {seen:.2g}, the comparison would miss it"


@pytest.mark.parametrize("dynamic", [False, True])
def test_stock_presigmoidal_hears_only_itself(
    tvb: SimpleNamespace, by_sources: type, six_regions: Connectome, dynamic: bool
) -> None:
    """Without delays, what TVB's PreSigmoidal brings to a node is its own output times a sum of weights.

    That sum is over the rows of the weights with a static threshold, over their columns with a dynamic one.
    """
    weights = six_regions.weights
    x, theta = np.linspace(-1.0, 2.0, 6), np.linspace(0.2, 0.8, 6)
    history = SimpleNamespace(
        es_weights=weights[:, np.newaxis, :, np.newaxis],
        query=lambda _: (
            np.stack([x, theta])[..., np.newaxis],
            np.broadcast_to(np.stack([x, theta][: 1 + dynamic])[..., np.newaxis], (6, 1 + dynamic, 6, 1)),
        ),
    )
    found = {}
    for kind in (tvb.coupling.PreSigmoidal, by_sources):
        coupling = kind(theta=theta, G=np.array([3.0]), dynamic=dynamic)
        coupling.configure()
        found[kind.__name__] = coupling(1, history)[0, :, 0]
    own = 0.5 * (1.0 + np.tanh(3.0 * (x - theta)))
    np.testing.assert_allclose(found["PreSigmoidal"], own * weights.sum(axis=0 if dynamic else 1), rtol=1e-14)
    np.testing.assert_allclose(found["BySources"], weights @ own, rtol=1e-14)
