"""The random network is a plausible brain, and always the same one."""

from __future__ import annotations

import numpy as np
import pytest

from rateml.connectome import load_connectome, summarise
from rateml.connectome.synthetic import _kept


@pytest.mark.parametrize("n", [2, 3, 4, 5, 8, 13, 33, 68, 100, 301])
@pytest.mark.parametrize("seed", [0, 1, 2**40])
def test_is_a_plausible_brain(n: int, seed: int) -> None:
    c = load_connectome(f"synthetic:{n}:{seed}")
    assert c.n_nodes == n
    assert c.source == f"synthetic:{n}:{seed}"
    for matrix in (c.weights, c.lengths):
        np.testing.assert_array_equal(matrix, matrix.T)
        assert not matrix.diagonal().any()
    assert c.weights.min() == 0
    assert c.weights.max() == 1
    assert c.lengths[c.weights > 0].min() > 0
    summary = summarise(c, "structural", [3.0], 0.1)
    assert 100 <= summary.longest_tract <= 250
    assert summary.warnings == ()
    assert c.centres is not None
    assert np.all(np.abs(c.centres) <= np.array([70, 85, 60]) + 1.5)
    straight = np.linalg.norm(c.centres[:, None] - c.centres[None], axis=-1)
    assert np.all(c.lengths >= straight)


def test_hemispheres_and_density() -> None:
    c = load_connectome("synthetic:68:0")
    assert c.labels[0] == "lh-001"
    assert c.labels[33] == "lh-034"
    assert c.labels[34] == "rh-001"
    assert c.labels[-1] == "rh-034"
    assert c.centres is not None
    assert np.all(c.centres[:34, 0] < 2)
    assert np.all(c.centres[34:, 0] > -2)
    density = np.count_nonzero(c.weights) / (68 * 67)
    assert density == pytest.approx(0.27, abs=0.01)
    edge = c.weights > 0
    assert np.corrcoef(c.lengths[edge], np.log(c.weights[edge]))[0, 1] < -0.3


def test_seeds_and_sizes_differ_and_repeat() -> None:
    digests = {text: load_connectome(text).digest() for text in ("synthetic:20:0", "synthetic:20:1", "synthetic:21:0")}
    assert len(set(digests.values())) == 3
    assert load_connectome("synthetic:20:0").digest() == digests["synthetic:20:0"]


def test_the_default_network_is_fixed() -> None:
    assert (
        load_connectome("synthetic:68:0").digest() == "674e0dd62c84b19bc899bef5e2dbf0e0c751c14ac4d51b0691af516c2430e5cf"
    )


def test_no_part_is_cut_off() -> None:
    """A far cluster, far weaker than the rest, still gets the strongest of its tracts."""
    n, left = 200, 100
    strength = np.random.Generator(np.random.PCG64(0)).uniform(0, 1, size=(n, n))
    far = np.r_[0:5, left : left + 5]
    strength[far] -= 100
    strength[:, far] -= 100
    strength[np.ix_(far, far)] += 200
    strength = np.triu(strength, 1) + np.triu(strength, 1).T
    kept = _kept(strength, left)
    reached = np.arange(n) == 0
    for _ in range(n):
        reached = reached | kept[reached].any(axis=0)
    assert reached.all()
