"""The connectomes of tvb-data, and their delays, are those of TVB itself."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from rateml.connectome import delay_steps, load_connectome

pytestmark = pytest.mark.tvb

SIZES = (66, 68, 76, 96, 192)
SPEEDS = (1.0, 2.5, 3.0, 4.0, 7.3, 20.0)
DTS = (0.01, 0.1, 1.0)


@pytest.fixture(scope="session")
def references(tvb_connectivity: ModuleType) -> dict[int, Any]:
    return {n: tvb_connectivity.Connectivity.from_file(f"connectivity_{n}.zip") for n in SIZES}


@pytest.mark.parametrize("n", SIZES)
def test_data_equal_tvb(references: dict[int, Any], n: int) -> None:
    ours, theirs = load_connectome(f"tvb:{n}"), references[n]
    np.testing.assert_array_equal(ours.weights, theirs.weights)
    np.testing.assert_array_equal(ours.lengths, theirs.tract_lengths)
    np.testing.assert_array_equal(ours.centres, theirs.centres)
    assert ours.labels == tuple(theirs.region_labels)
    assert ours.n_nodes == n


@pytest.mark.parametrize("n", SIZES)
def test_delays_equal_tvb(references: dict[int, Any], n: int) -> None:
    ours, theirs = load_connectome(f"tvb:{n}"), references[n]
    for speed in SPEEDS:
        theirs.speed = np.array([speed])
        theirs.configure()
        for dt in DTS:
            theirs.set_idelays(dt)
            np.testing.assert_array_equal(delay_steps(ours.lengths, speed, dt), theirs.idelays)


FAULTS = {
    "other order": lambda lengths, speed, dt: np.rint(lengths / (speed * dt)),
    "dt first": lambda lengths, speed, dt: np.rint((lengths / dt) / speed),
    "truncation": lambda lengths, speed, dt: np.trunc((lengths / speed) / dt),
    "half up": lambda lengths, speed, dt: np.floor((lengths / speed) / dt + 0.5),
    "float32": lambda lengths, speed, dt: np.rint((lengths.astype("f4") / np.float32(speed)) / np.float32(dt)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_in_the_formula_is_seen(fault: str) -> None:
    """On these connectomes, speeds and steps, each nearby formula moves an edge: the test above can fail."""
    moved = 0
    for n in SIZES:
        connectome = load_connectome(f"tvb:{n}")
        edges = connectome.weights != 0
        for speed in SPEEDS:
            for dt in DTS:
                other = FAULTS[fault](connectome.lengths, speed, dt)
                moved += int(np.count_nonzero((delay_steps(connectome.lengths, speed, dt) != other) & edges))
    assert moved > 0


def test_zero_lengths_of_tvb_data() -> None:
    """What the kernels rely on: zero delays of 76 and 96 are self-edges, 192 has 22 between regions."""
    between = {}
    for n in SIZES:
        c = load_connectome(f"tvb:{n}")
        between[n] = int(np.count_nonzero((c.weights != 0) & (c.lengths == 0) & ~np.eye(n, dtype=bool)))
    assert between == {66: 0, 68: 0, 76: 0, 96: 0, 192: 22}
