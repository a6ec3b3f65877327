"""The figures printed before every run, and what they warn of."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rateml.connectome import Connectome, ConnectomeSummary, Tracts, load_connectome, summarise
from rateml.errors import UserError


def look(weights: object, lengths: object, speeds: tuple[float, ...] = (3.0,), dt: float = 0.1) -> ConnectomeSummary:
    tracts = Tracts(np.asarray(weights, dtype=float), np.asarray(lengths, dtype=float))
    labels = tuple("ABCDEFGHIJ"[: len(tracts.weights)])
    return summarise(Connectome(labels, None, {"structural": tracts}, "test"), "structural", speeds, dt)


def test_figures() -> None:
    s = look([[2, 1, 0], [3, 0, 1], [0, 1, 0]], [[0, 30, 999], [60, 0, 90], [999, 45, 0]], (3.0, 6.0))
    assert (s.nodes, s.edges) == (3, 5)
    assert s.delays == (0, 300)
    assert s.weight_maximum == 3
    assert s.in_strength == (1, 8 / 3, 4)
    assert s.diagonal_share == 0.25
    assert s.tract_range == (0, 90)
    assert s.longest_tract == 90
    assert s.warnings == ()


def test_lines() -> None:
    c = load_connectome("synthetic:68:0,diag=0,scale=max")
    lines = summarise(c, "structural", [3.0], 0.1).lines()
    assert lines[0] == "Connectome   synthetic:68:0, diag=0, scale=max"
    assert lines[1].startswith("Network      68 nodes, ")
    assert lines[1].endswith("(density 26.6%)")
    assert " mm, delays " in lines[2]
    assert lines[2].endswith("steps (3 mm/ms, dt 0.1 ms)")
    assert lines[3] == "Weights      maximum 1, diagonal share 0.0%"
    assert lines[4].startswith("In-strength  min ")
    assert "3 to 6 mm/ms" in summarise(c, "structural", [6.0, 3.0], 0.1).lines()[2]
    for speeds in ([], [math.inf]):
        assert summarise(c, "structural", speeds, 0.1).lines()[2].endswith("mm, no delays")


def test_other_tracts() -> None:
    tracts = {"structural": Tracts(np.ones((2, 2)), np.ones((2, 2))), "fa": Tracts(np.eye(2), np.full((2, 2), 40.0))}
    c = Connectome(("A", "B"), None, tracts, "test")
    s = summarise(c, "fa", [4.0], 1.0)
    assert (s.edges, s.delays) == (2, (10, 10))
    assert s.lines()[0] == "Connectome   test (tracts 'fa')"
    with pytest.raises(UserError, match=r"no tracts named 'fx'.*The connectome has: structural, fa"):
        summarise(c, "fx", [4.0], 1.0)


def test_no_edges() -> None:
    s = look(np.zeros((2, 2)), np.zeros((2, 2)))
    assert (s.edges, s.delays, s.tract_range, s.longest_tract, s.diagonal_share) == (0, (0, 0), None, 0, 0)
    assert s.warnings == ("the network has no connection at all: every weight is 0",)
    assert s.lines()[2] == "Tracts       none"


@pytest.mark.parametrize("longest", [19.9, 0.12, 501.0, 120_000.0])
def test_wrong_unit(longest: float) -> None:
    warning = look([[0, 1], [1, 0]], [[0, longest], [longest, 0]]).warnings[0]
    assert f"{longest:.4g} mm" in warning
    assert "not in mm" in warning


@pytest.mark.parametrize("longest", [20.0, 500.0])
def test_right_unit(longest: float) -> None:
    assert look([[0, 1], [1, 0]], [[0, longest], [longest, 0]]).warnings == ()


def test_tracts_without_an_edge_do_not_count() -> None:
    assert look([[0, 1, 0], [1, 0, 1], [0, 1, 0]], [[0, 30, 9e9], [30, 0, 30], [9e9, 30, 0]]).warnings == ()


def test_zero_lengths_between_regions() -> None:
    weights, lengths = [[1, 1, 0], [1, 0, 1], [0, 1, 0]], [[0, 0, 0], [30, 0, 30], [0, 30, 0]]
    (warning,) = look(weights, lengths).warnings
    assert warning == "1 edge (B to A) of length 0 mm between different regions, so without delay"
    (warning,) = look([[0, 1], [1, 0]], [[0, 0], [0, 0]]).warnings
    assert warning == "all tract lengths are 0 mm, so there are no delays"


def test_delays_that_round_to_zero() -> None:
    weights, lengths = [[0, 1, 0], [1, 0, 1], [0, 1, 0]], [[0, 1, 0], [1, 0, 30], [0, 30, 0]]
    (warning,) = look(weights, lengths, (3.0, 30.0)).warnings
    assert warning.startswith(
        "2 edges (the first: B to A) between different regions with a delay that rounds to 0 steps"
    )
    assert "30 mm/ms" in warning
    assert look(weights, lengths, (3.0, math.inf)).warnings == ()


def test_isolated_regions() -> None:
    weights = np.zeros((10, 10))
    weights[0, 1] = weights[5, 5] = 1
    (warning,) = look(weights, np.full((10, 10), 50.0)).warnings
    assert warning == "8 regions are isolated, connected to no other: C, D, E, F, G and 3 more"
    weights[2:10, 0] = 1
    weights[9, 0] = 0
    (warning,) = look(weights, np.full((10, 10), 50.0)).warnings
    assert warning == "1 region is isolated, connected to no other: J"


def test_faulty_speed_and_dt() -> None:
    for speeds, dt in (((0.0,), 0.1), ((3.0,), 0.0)):
        with pytest.raises(UserError, match="above 0"):
            look([[0, 1], [1, 0]], [[0, 30], [30, 0]], speeds, dt)
