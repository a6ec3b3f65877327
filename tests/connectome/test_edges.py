"""Edges as sparse rows, and delays in steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rateml.connectome import Edges, Tracts, delay_steps, load_connectome
from rateml.errors import UserError

SMALL = st.integers(-3, 3).map(float)


@given(st.data(), st.integers(1, 8))
def test_sparse_product_equals_dense_product(data: st.DataObject, n: int) -> None:
    weights = data.draw(hnp.arrays(np.float64, (n, n), elements=SMALL))
    lengths = data.draw(hnp.arrays(np.float64, (n, n), elements=st.floats(0, 300)))
    state = data.draw(hnp.arrays(np.float64, (n,), elements=SMALL))
    edges = Edges.from_tracts(Tracts(weights, lengths))
    sparse = np.zeros(n)
    for i in range(n):
        for e in range(edges.start[i], edges.start[i + 1]):
            sparse[i] += edges.weight[e] * state[edges.source[e]]
    np.testing.assert_array_equal(sparse, weights @ state)
    assert edges.n_nodes == n
    assert edges.n_edges == np.count_nonzero(weights) == edges.start[-1]
    np.testing.assert_array_equal(edges.length, lengths[edges.target, edges.source])
    np.testing.assert_array_equal(edges.weight, weights[edges.target, edges.source])
    for i in range(n):
        row = edges.source[edges.start[i] : edges.start[i + 1]]
        assert np.all(np.diff(row) > 0)


def test_types_and_diagonal() -> None:
    c = load_connectome("synthetic:6:0")
    edges = Edges.from_tracts(Tracts(c.weights + np.diag([1.0, 0, 0, 0, 0, 0]), c.lengths))
    kinds = [edges.start.dtype, edges.source.dtype, edges.weight.dtype, edges.length.dtype, edges.target.dtype]
    assert kinds == [np.int64, np.int32, np.float64, np.float64, np.int32]
    assert edges.source[0] == edges.target[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        edges.weight[0] = 2


@given(hnp.arrays(np.float64, 5, elements=st.floats(0, 1e3)), st.floats(0.1, 100), st.floats(1e-3, 2))
def test_delays_follow_the_formula(lengths: np.ndarray, speed: float, dt: float) -> None:
    steps = delay_steps(lengths, speed, dt)
    assert steps.dtype == np.int64
    assert steps.tolist() == [round((length / speed) / dt) for length in lengths.tolist()]


def test_half_to_even_infinity_and_shapes() -> None:
    assert delay_steps([0.5, 1.5, 2.5, 3.5], 1.0, 1.0).tolist() == [0, 2, 2, 4]
    assert delay_steps([[0.0, 250.0]], np.inf, 0.1).tolist() == [[0, 0]]
    assert delay_steps(np.zeros((0,)), 3.0, 0.1).shape == (0,)
    assert delay_steps(30.0, 3.0, 0.1).shape == ()


@pytest.mark.parametrize("speed", [0.0, -1.0, -np.inf, np.nan])
def test_faulty_speed(speed: float) -> None:
    with pytest.raises(UserError, match=r"conduction speed is .* must be above 0"):
        delay_steps([1.0], speed, 0.1)


@pytest.mark.parametrize("dt", [0.0, -0.1, np.inf, np.nan])
def test_faulty_dt(dt: float) -> None:
    with pytest.raises(UserError, match="dt is"):
        delay_steps([1.0], 3.0, dt)


@pytest.mark.parametrize("length", [-1.0, np.inf, np.nan])
def test_faulty_lengths(length: float) -> None:
    with pytest.raises(UserError, match="finite and not negative"):
        delay_steps([1.0, length], 3.0, 0.1)


@pytest.mark.parametrize("speed", [1e-9, 5e-324])
def test_delays_too_long_to_hold(speed: float) -> None:
    with pytest.raises(UserError, match=rf"longest tract, 180 mm.*speed {speed:g} mm/ms.*2,147,483,647"):
        delay_steps([20.0, 180.0], speed, 0.1)
    assert delay_steps([2.0**31 - 1], 1.0, 1.0)[0] == 2**31 - 1
