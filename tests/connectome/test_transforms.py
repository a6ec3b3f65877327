"""What transforms do to weights, alone and in a row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rateml.connectome import Connectome, Tracts, load_connectome
from rateml.connectome.transform import FORMS, apply_transforms, parse_transform
from rateml.errors import UserError


def weights_of(low: float = 0.0) -> st.SearchStrategy[np.ndarray]:
    cells = st.floats(low, 1e6, allow_subnormal=False) | st.just(0.0)
    return st.integers(1, 6).flatmap(lambda n: hnp.arrays(np.float64, (n, n), elements=cells))


def after(weights: np.ndarray, *texts: str) -> np.ndarray:
    n = len(weights)
    tracts = {"structural": Tracts(weights, np.zeros((n, n)))}
    connectome = Connectome(tuple(map(str, range(n))), None, tracts, "test")
    done = apply_transforms(connectome, tuple(map(parse_transform, texts)))
    assert done.transform == texts
    np.testing.assert_array_equal(connectome.weights, weights)
    return done.weights


@given(weights_of())
def test_diagonal(weights: np.ndarray) -> None:
    done = after(weights, "diag=0")
    assert not done.diagonal().any()
    off = ~np.eye(len(weights), dtype=bool)
    np.testing.assert_array_equal(done[off], weights[off])


@given(weights_of())
def test_scale_by_maximum(weights: np.ndarray) -> None:
    done = after(weights, "scale=max")
    if weights.any():
        assert done.max() == 1.0
        np.testing.assert_array_equal(done, weights / weights.max())
    else:
        assert not done.any()


@given(weights_of())
def test_scale_by_in_strength(weights: np.ndarray) -> None:
    done = after(weights, "scale=in-strength")
    np.testing.assert_allclose(done.sum(axis=1), (weights.sum(axis=1) > 0).astype(float), rtol=1e-12)
    assert done[weights == 0].sum() == 0


@given(weights_of(-0.5), st.floats(-1, 10))
def test_threshold_and_log(weights: np.ndarray, limit: float) -> None:
    done = after(weights, f"threshold={limit!r}")
    np.testing.assert_array_equal(done[weights >= limit], weights[weights >= limit])
    assert not done[weights < limit].any()
    np.testing.assert_array_equal(after(weights, "log1p"), np.log1p(weights))


@given(weights_of())
def test_none_keeps(weights: np.ndarray) -> None:
    np.testing.assert_array_equal(after(weights, "scale=none"), weights)


@given(weights_of(), st.lists(st.sampled_from([*FORMS[:-1], "threshold=0.5"]), max_size=4))
def test_the_written_order_is_the_order(weights: np.ndarray, texts: list[str]) -> None:
    step_by_step = weights
    for text in texts:
        step_by_step = after(step_by_step, text)
    np.testing.assert_array_equal(after(weights, *texts), step_by_step)


def test_order_matters() -> None:
    weights = np.array([[9.0, 1.0], [3.0, 0.0]])
    assert after(weights, "diag=0", "scale=max")[0, 1] == 1 / 3
    assert after(weights, "scale=max", "diag=0")[0, 1] == 1 / 9


@pytest.mark.parametrize(
    ("weights", "text", "part"),
    [
        ([[0.0, -1.0], [1.0, 0.0]], "scale=in-strength", "row 1, column 2 is negative"),
        ([[-2.0, -1.0], [-1.0, -3.0]], "scale=max", "no weight is above 0"),
        ([[0.0, -1.0], [-1.0, 0.0]], "scale=max", "no weight is above 0"),
        ([[0.0, 2.0], [-1.0, 0.0]], "log1p", "row 2, column 1 is -1"),
        ([[1e308, 1e308], [0.0, 0.0]], "scale=in-strength", "too large to add up"),
        ([[1e-300, -1e300], [0.0, 0.0]], "scale=max", "infinite"),
    ],
)
def test_weights_that_do_not_allow_it(weights: list[list[float]], text: str, part: str) -> None:
    with pytest.raises(UserError, match=part):
        after(np.array(weights), text)


def test_every_pair_is_transformed_and_announced(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    ones = np.ones((2, 2))
    np.savez(path, **{"weights": 2 * ones, "lengths": ones, "weights.fa": 4 * ones, "lengths.fa": ones})
    c = load_connectome(f"{path}, diag=0 ,scale=max")
    assert c.source == str(path)
    assert c.transform == ("diag=0", "scale=max")
    for name in ("structural", "fa"):
        np.testing.assert_array_equal(c.tracts[name].weights, [[0, 1], [1, 0]])
        np.testing.assert_array_equal(c.tracts[name].lengths, ones)
    np.savez(path, **{"weights": 2 * ones, "lengths": ones, "weights.fa": -ones, "lengths.fa": ones})
    with pytest.raises(UserError, match=r"net\.npz: tracts 'fa': scale=max: no weight"):
        load_connectome(f"{path},scale=max")
