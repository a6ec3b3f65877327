"""The best points of a store, and matrices that are stored as triangles or over windows."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import xarray

from rateml.cli.app import run
from rateml.errors import UserError
from rateml.results import Array, Axis, Layout, create, open_results, plot
from rateml.results.cells import read_cells
from rateml.results.layout import BEST, PAIR_LABELS
from rateml.results.matrix import draw_matrix
from rateml.results.ranking import rank
from rateml.results.selection import view

REGIONS = ("lh-V1", "lh-V2", "rh-V1", "höhle")
PAIRS = list(combinations(REGIONS, 2))
FIT = np.array([[0.1, 0.9], [0.5, 0.3], [np.nan, 0.7], [0.9, 0.2], [0.4, 0.6], [0.8, 0.8]])
"""Of points G = 0, 1, 2 × eta = -5, -4 and two trials."""


@pytest.fixture
def fitted(tmp_path: Path) -> Path:
    """Three by two points in two trials: one trial of the third point diverged, the last point has not run."""
    axes = (Axis("G", (0.0, 1.0, 2.0)), Axis("eta", (-5.0, -4.0), "mV"))
    arrays = (
        Array("fit_fc", (), (), "float64", attrs={BEST: "highest", "long_name": "fit"}),
        Array("fit_fcd", (), (), "float64", attrs={BEST: "lowest"}),
        Array("stats_mean", ("variable", "region"), (2, 4), "float64"),
        Array("fc", ("variable", "pair"), (2, 6)),
        Array("fcd", ("variable", "window", "window_2"), (2, 3, 3)),
        Array("fcd_hist", ("variable", "fcd_bin"), (2, 4), "float64"),
    )
    coords = {
        "region": ("region", REGIONS, {}),
        "variable": ("variable", ("r", "V"), {}),
        "fcd_bin": ("fcd_bin", (-0.75, -0.25, 0.25, 0.75), {}),
        **{name: ("pair", tuple(p[k] for p in PAIRS), {}) for k, name in enumerate(PAIR_LABELS)},
        **{name: (name, (30.0, 60.0, 90.0), {"units": "ms"}) for name in ("window", "window_2")},
    }
    layout = Layout(axes, 2, arrays, coords, 2)
    store = create(tmp_path / "fitted.zarr", layout, {})
    for unit in store.units()[:-1]:
        fit = FIT[unit.index]
        block = {
            "fit_fc": fit,
            "fit_fcd": fit,
            "stats_mean": np.full((2, 2, 4), unit.index) + np.arange(2)[:, np.newaxis],
            "fc": 0.1 * np.arange(24.0).reshape(2, 2, 6) - 0.5,
            "fcd": np.arange(36.0).reshape(2, 2, 3, 3),
            "fcd_hist": np.tile([unit.index, 0.0, 0.0, 9.0 - unit.index], (2, 2, 1)),
            "status": np.isnan(fit).astype("uint8"),
            "diverged_at": np.where(np.isnan(fit), 5, -1),
            "diverged_region": np.full(fit.shape, -1),
            "diverged_state": np.full(fit.shape, -1),
        }
        store.write(unit.index, block)
    return store.path


def test_the_best_points_in_order(fitted: Path) -> None:
    ranking = rank(open_results(fitted), "fit_fc", 3)
    assert [p.value for p in ranking.best] == pytest.approx([0.7, 0.55, 0.5])
    assert [dict(p.parameters) for p in ranking.best] == [
        {"G": 1.0, "eta": -5.0}, {"G": 1.0, "eta": -4.0}, {"G": 0.0, "eta": -5.0},
    ]  # fmt: skip
    assert [p.simulations for p in ranking.best] == [1, 2, 2]
    assert (ranking.points, ranking.missing, ranking.averaged) == (5, 1, ("trial",))
    assert (ranking.units, ranking.order, ranking.label) == ({"eta": "mV"}, "highest", "fit")


def test_a_distance_is_best_lowest(fitted: Path) -> None:
    dataset = open_results(fitted)
    assert [p.value for p in rank(dataset, "fit_fcd", 2).best] == pytest.approx([0.4, 0.5])
    assert [p.value for p in rank(dataset, "fit_fcd", 2, order="highest").best] == pytest.approx([0.7, 0.55])


def test_selections_and_variables(fitted: Path) -> None:
    dataset = open_results(fitted)
    assert [p.value for p in rank(dataset, "fit_fc", 1, select={"trial": "0"}).best] == [0.9]
    one = rank(dataset, "fit_fc", 9, select={"eta": "-4"})
    assert [dict(p.parameters) for p in one.best] == [{"G": 1.0}, {"G": 0.0}]
    assert rank(dataset, "stats_mean", 1, variable="V").best[0].value == 5.0
    assert rank(dataset, "stats_mean", 1).label == "stats_mean of r"


@pytest.mark.parametrize(
    ("by", "select", "message"),
    [
        ("fit_fd", {}, "no array 'fit_fd', did you mean 'fit_fc"),
        ("fit_fc", {"H": "1"}, "no dimension of fit_fc 'H'"),
        ("fit_fc", {"G": "0", "eta": "-5"}, "no points to compare"),
        ("fit_fc", {"G": "2", "trial": "1", "eta": "-4"}, "no points to compare"),
    ],
)
def test_what_cannot_be_ranked(fitted: Path, by: str, select: dict[str, str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        rank(open_results(fitted), by, 3, select=select)


def test_a_histogram_is_no_number_per_point(fitted: Path, tmp_path: Path) -> None:
    """Its counts add up to the same everywhere, so that their mean would rank and draw noise."""
    message = (
        r"'fcd_hist' is a histogram, and the mean of its counts is the same at every point: take one of fc, fcd, "
        r"fit_fc, fit_fcd, stats_mean, or pick a bin, as --sel fcd_bin=0.25$"
    )
    dataset = open_results(fitted)
    for compare in (
        lambda: rank(dataset, "fcd_hist", 3),
        lambda: read_cells(dataset, "fcd_hist", variable="V"),
        lambda: plot(dataset, tmp_path / "map.png", array="fcd_hist"),
    ):
        with pytest.raises(UserError, match=message):
            compare()
    bin_ = {"fcd_bin": "0.75", "trial": "0"}
    assert [p.value for p in rank(dataset, "fcd_hist", 2, select=bin_).best] == [9.0, 8.0]
    assert read_cells(dataset, "fcd_hist", select=bin_).values[0, 0] == 9.0
    assert plot(dataset, tmp_path / "map.png", array="fcd_hist", select=bin_).stat().st_size > 1000


def test_nothing_has_run(tmp_path: Path) -> None:
    layout = Layout((Axis("G", (0.0, 1.0)),), None, (Array("fit_fc", (), ()),), {}, 1)
    store = create(tmp_path / "empty.zarr", layout, {})
    with pytest.raises(UserError, match=r"no point has a value of 'fit_fc': of 2 simulations 2 have not run$"):
        rank(open_results(store.path), "fit_fc", 3)


def test_everything_diverged(tmp_path: Path) -> None:
    layout = Layout((Axis("G", (0.0, 1.0)),), None, (Array("fit_fc", (), ()),), {}, 2)
    store = create(tmp_path / "diverged.zarr", layout, {})
    for unit in store.units():
        block = {"fit_fc": np.full(2, np.nan), "status": np.ones(2, "uint8"), "diverged_at": np.full(2, 5)}
        store.write(unit.index, block | {n: np.zeros(2, int) for n in ("diverged_region", "diverged_state")})
    with pytest.raises(UserError, match=r"no point has a value of 'fit_fc': of 2 simulations 2 diverged$"):
        rank(open_results(store.path), "fit_fc", 3)


def test_the_command(fitted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["top", str(fitted), "-k", "2", "--by", "fit_fc"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "   G  eta [mV]  fit_fc  simulations",
        "1  1        -5     0.7            1",
        "2  1        -4    0.55            2",
    ]
    assert "fit, mean over trial; highest first; 2 of 5 points" in err
    assert "1 more points have no value" in err
    assert run(["top", str(fitted), "--by", "fit_fcd", "--format", "json", "-k", "1"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["best"] == [{"parameters": {"G": 0.0, "eta": -4.0}, "value": 0.4, "simulations": 2}]
    assert (made["order"], made["units"]) == ("lowest", {"eta": "mV"})
    assert run(["top", str(fitted), "--by", "nothing"]) == 1
    assert run(["top", str(fitted), "--sel", "trial"]) == 1


def test_pairs_are_labelled(fitted: Path) -> None:
    dataset = open_results(fitted)
    labels = [tuple(str(dataset[name].values[k]) for name in PAIR_LABELS) for k in range(6)]
    assert labels == PAIRS
    assert all(dataset[name].dtype.kind == "U" for name in PAIR_LABELS)
    assert isinstance(dataset.fc, xarray.DataArray)


def test_a_triangle_is_drawn_as_the_matrix(fitted: Path, tmp_path: Path) -> None:
    dataset = open_results(fitted)
    figure = draw_matrix(view(dataset, "fc", "V", {"G": "0", "eta": "-5", "trial": "1"}))
    drawn = np.asarray(figure.axes[0].images[0].get_array())
    for (a, b), value in zip(PAIRS, dataset.fc.values[0, 0, 1, 1], strict=True):
        i, j = REGIONS.index(a), REGIONS.index(b)
        assert drawn[i, j] == drawn[j, i] == pytest.approx(value)
    np.testing.assert_array_equal(np.diag(drawn), 1.0)
    for ticks in (figure.axes[0].get_yticklabels(), figure.axes[0].get_xticklabels()):
        assert [t.get_text() for t in ticks] == list(REGIONS)
    assert plot(fitted, tmp_path / "fc.png", array="fc").stat().st_size > 1000


def test_windows_are_drawn_over_time(fitted: Path) -> None:
    dataset = open_results(fitted)
    figure = draw_matrix(view(dataset, "fcd", None, {"G": "0", "eta": "-5", "trial": "0"}))
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), dataset.fcd.values[0, 0, 0, 0])
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("window_2 [ms]", "window [ms]")
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == ["30", "60", "90"]


def test_a_fit_is_drawn_before_all_else(fitted: Path, tmp_path: Path) -> None:
    from rateml.results.plot import _default_array

    assert _default_array(open_results(fitted), None) == "fit_fc"
    assert _default_array(open_results(fitted), "matrix") == "fc"
    assert plot(fitted, tmp_path / "map.png").stat().st_size > 1000
