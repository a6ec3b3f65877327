from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.image import imread

from rateml.errors import StoreError, UserError
from rateml.request.sobol import sobol
from rateml.results import Array, Axis, Layout, Store, create, open_results, plot
from rateml.results.maps import draw_map
from rateml.results.matrix import draw_matrix
from rateml.results.selection import is_geometric, is_spread_geometrically, position, view
from rateml.results.traces import MOST_SAMPLES, draw_traces, thin


def test_a_map_shows_means_and_greys(filled: Store) -> None:
    seen = view(open_results(filled.path), "stats_mean", "V", {})
    figure = draw_map(seen, None, None)
    axes, bar = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("G", "eta [mV]")
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert "mean over trial (2), region (3)" in axes.get_title()
    assert bar.get_ylabel() == "stats_mean of V"
    values, missing = (c for c in axes.collections if isinstance(c, QuadMesh))
    cells = np.ma.getdata(values.get_array()).reshape(6, 4)
    np.testing.assert_allclose(cells[2, 1], np.mean([16, 17]) + 0.004)
    mask = np.ma.getmaskarray(values.get_array()).reshape(6, 4)
    assert np.argwhere(mask).tolist() == [[0, 0], [4, 3], [5, 3]]
    why = missing.get_array().filled(-1).reshape(6, 4)
    assert (why[0, 0], why[4, 3], why[5, 3]) == (1, 0, 0)
    texts = [t.get_text() for t in figure.legends[0].get_texts()]
    assert texts == ["not run: 4 of 48 simulations", "diverged: 2 of 48 simulations"]


def test_the_png_has_the_greys_where_they_belong(filled: Store, tmp_path: Path) -> None:
    pixels = imread(plot(filled.path, tmp_path / "map.png"))[..., :3]
    for grey in (0xDD, 0x6E):
        where = np.argwhere(np.all(np.abs(pixels - grey / 255) < 1e-3, axis=-1))
        assert len(where) > 1000
    assert pixels.shape[0] == 750
    assert pixels.shape[1] == 960
    diverged = np.argwhere(np.all(np.abs(pixels[:600] - 0x6E / 255) < 1e-3, axis=-1))
    assert diverged.mean(axis=0)[0] > 400, "eta = -8 is at the bottom"
    assert diverged.mean(axis=0)[1] < 300, "G = 0.01 is at the left"


def test_x_and_y_and_select(filled: Store) -> None:
    dataset = open_results(filled.path)
    axes = draw_map(view(dataset, "stats_mean", None, {"region": "höhle", "trial": "1"}), "eta", "G").axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_yscale()) == ("eta [mV]", "G", "log")
    assert "region = höhle · trial = 1" in axes.get_title()
    assert "mean" not in axes.get_title().split("\n")[1]
    assert axes.get_title().startswith("stats_mean of r [kHz]")


def test_one_axis_is_a_line_with_the_range_of_regions(filled: Store) -> None:
    axes = draw_map(view(open_results(filled.path), "stats_mean", "r", {"G": "0.0101"}), None, None).axes[0]
    mean, marks = axes.lines
    assert np.isnan(mean.get_ydata()[0])
    np.testing.assert_allclose(mean.get_ydata()[1:], 2 * np.arange(1, 6) + 0.5 + 0.001)
    assert list(marks.get_xdata()) == [-8.0]
    assert marks.get_label() == "diverged: 2 of 12 simulations"
    (band,) = axes.collections
    heights = band.get_paths()[0].vertices[:, 1]
    assert heights.max() == pytest.approx(10.5 + 0.002)
    assert axes.get_ylabel() == "stats_mean of r [kHz]"


def test_points_are_scattered_over_their_parameters(tmp_path: Path) -> None:
    coords = {"speed": ("point", (3.0, 1.0, 2.0), {"units": "mm_per_ms"}), "G": ("point", (0.1, 0.2, 0.3), {})}
    layout = Layout((Axis("point", (0, 1, 2)),), None, (Array("m", ("region",), (2,)),), coords, 2)
    store = create(tmp_path / "o.zarr", layout, {})
    store.write(
        0,
        {
            "m": np.array([[1, 2], [3, 4]]),
            "status": np.zeros(2),
            "diverged_at": np.full(2, -1),
            "diverged_region": np.full(2, -1),
            "diverged_state": np.full(2, -1),
        },
    )
    axes = draw_map(view(open_results(store.path), "m", None, {}), None, None).axes[0]
    (dots,) = axes.collections
    assert dots.get_offsets().tolist() == [[3.0, 0.1], [1.0, 0.2]]
    assert dots.get_array().tolist() == [1.5, 3.5]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("speed [mm_per_ms]", "G")


def test_traces_have_a_panel_per_variable(filled: Store) -> None:
    dataset = open_results(filled.path)
    figure = draw_traces(view(dataset, "raw", None, {}))
    assert [a.get_ylabel() for a in figure.axes] == ["r [mV]", "V [mV]"], "the array is named in the title alone"
    assert figure.axes[-1].get_xlabel() == "time [ms]"
    assert figure.axes[0].get_title() == "raw · G = 0.01 · eta = -7 mV · trial = 0", "the first that did not diverge"
    (lines,) = (c for c in figure.axes[1].collections if isinstance(c, LineCollection))
    drawn = np.stack([s[:, 1] for s in lines.get_segments()])
    np.testing.assert_array_equal(drawn, dataset.raw.values[0, 1, 0, :, 1].T)
    np.testing.assert_allclose(figure.axes[1].lines[0].get_ydata(), drawn.mean(axis=0), rtol=1e-6)
    one = draw_traces(view(dataset, "raw", "V", {"region": "lh-V1", "G": "10", "eta": "-8"}))
    assert len(one.axes) == 1
    np.testing.assert_array_equal(one.axes[0].lines[0].get_ydata(), dataset.raw.values[3, 0, 0, :, 1, 0])


def test_thinning_keeps_peaks_and_ends() -> None:
    values = np.zeros(100_003)
    values[[777, 100_002]] = 5, 3
    time, thinned = thin(np.arange(100_003.0), values)
    assert time.shape == thinned.shape
    assert thinned.size <= MOST_SAMPLES + 40
    assert thinned.max() == 5
    assert (time[-1], thinned[-1]) == (100_002, 3)
    assert np.all(np.diff(time) > 0)


def test_a_matrix_keeps_its_orientation(filled: Store) -> None:
    dataset = open_results(filled.path)
    figure = draw_matrix(view(dataset, "fc", None, {"G": "10", "eta": "-8", "trial": "0"}))
    axes = figure.axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array(), dataset.fc.values[3, 0, 0])
    assert [t.get_text() for t in axes.get_yticklabels()] == ["lh-V1", "rh-V1", "höhle"]
    assert "G = 10 · eta = -8 mV · trial = 0" in axes.get_title()


def test_a_constant_diagonal_does_not_hide_the_rest(filled: Store) -> None:
    dataset = open_results(filled.path).load()
    dataset.fc.values[:] = 0.2
    dataset.fc.values[..., 0, 1] = 0.1
    dataset.fc.values[..., range(3), range(3)] = 1
    image = draw_matrix(view(dataset, "fc", None, {})).axes[0].images[0]
    assert image.get_clim() == pytest.approx((0.1, 0.2))


def test_the_kind_follows_from_the_array(filled: Store, tmp_path: Path) -> None:
    for array in ("stats_mean", "raw", "fc"):
        for suffix in ("png", "svg", "pdf"):
            assert plot(filled.path, tmp_path / f"{array}.{suffix}", array=array).stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"array": "stat_mean"}, "no array 'stat_mean', did you mean 'stats_mean'.* There are: fc, raw, stats_mean"),
        ({"array": "status"}, "no array 'status'"),
        ({"kind": "heat"}, "no kind of plot 'heat'.* There are: map, traces, matrix"),
        ({"variable": "W"}, "no variable 'W'.* There are: r, V"),
        ({"array": "fc", "variable": "r"}, "'fc' has no variables"),
        ({"select": {"eta": "-9"}}, "eta=-9 is not in the store. eta has: -8, -7, -6, -5, -4, -3"),
        ({"select": {"eta": "nan"}}, "eta=nan is not in the store"),
        ({"select": {"eta": "low"}}, "eta=low is no number"),
        ({"select": {"trial": "2"}}, "trial=2 is not in the store. trial has: 0, 1"),
        ({"select": {"region": "lh-V2"}}, "no region 'lh-V2', did you mean 'lh-V1'"),
        ({"select": {"speed": "1"}}, "no dimension of stats_mean 'speed'"),
        ({"x": "speed"}, "no swept parameter 'speed'.* There are: G, eta"),
        ({"x": "G", "y": "G"}, "x and y are both 'G'"),
        ({"y": "G", "select": {"eta": "-8"}}, "'G' is the only parameter: give it as x"),
        ({"kind": "map", "select": {"G": "10", "eta": "-8"}}, "a map needs a swept parameter"),
        ({"kind": "traces", "x": "G"}, "x and y belong to --kind map"),
        ({"kind": "traces", "array": "fc"}, "'fc' is no time series"),
        (
            {"array": "raw", "select": {"time": "10"}},
            "time = 10 ms was selected, .* leave out --sel time, or draw the map",
        ),
        ({"kind": "matrix", "array": "raw"}, "'raw' is no region × region_2 matrix, it runs over: G, eta"),
        ({"kind": "traces", "select": {"G": "10", "eta": "-3"}}, "of 2 simulations 2 have not run; wait for the run$"),
    ],
)
def test_wrong_requests_name_what_exists(
    filled: Store, tmp_path: Path, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        plot(filled.path, tmp_path / "o.png", **arguments)
    assert not (tmp_path / "o.png").exists()


def test_wrong_files_are_told(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"must end in one of \.pdf, \.png, \.svg"):
        plot(filled.path, tmp_path / "o.gif")
    with pytest.raises(StoreError, match="choose another file"):
        plot(filled.path, tmp_path / "missing" / "o.png")


def test_positions_are_the_nearest_within_half_a_step(filled: Store) -> None:
    values = open_results(filled.path).stats_mean
    assert position(values, "eta", "-7.4") == 1
    assert position(values, "G", "0.0999") == 1
    with pytest.raises(UserError):
        position(values, "G", "4")


def test_what_is_geometric() -> None:
    assert is_geometric(np.geomspace(1, 1e3, 5))
    assert not is_geometric(np.linspace(1, 3, 5))
    assert not is_geometric(np.full(3, 2.0))
    assert not is_geometric(np.array([-1.0, -2.0, -4.0]))


@pytest.mark.parametrize("high", [10.0, 1e4])
def test_what_is_scattered_geometrically(high: float) -> None:
    even = sobol(64, 1, seed=1)[:, 0]
    assert is_spread_geometrically(high**even)
    assert not is_spread_geometrically(1.0 + (high - 1.0) * even)
    assert not is_spread_geometrically(-(high**even))
    assert not is_spread_geometrically(np.append(high**even, np.inf))


def test_points_of_a_logarithmic_range_are_drawn_on_a_log_scale(tmp_path: Path) -> None:
    even = sobol(16, 2, seed=1)
    coords = {"tau": ("point", tuple(1000.0 ** even[:, 0]), {}), "G": ("point", tuple(1.0 + even[:, 1]), {})}
    layout = Layout((Axis("point", tuple(range(16))),), None, (Array("m", ("region",), (2,)),), coords, 16)
    store = create(tmp_path / "o.zarr", layout, {})
    where = {name: np.full(16, -1) for name in ("diverged_at", "diverged_region", "diverged_state")}
    store.write(0, {"m": np.ones((16, 2)), "status": np.zeros(16), **where})
    axes = draw_map(view(open_results(store.path), "m", None, {}), "tau", "G").axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")


def test_an_infinite_speed_is_scattered_behind_the_finite_ones(tmp_path: Path) -> None:
    coords = {"speed": ("point", (1.0, np.inf, 30.0), {}), "G": ("point", (0.1, 0.2, 0.3), {})}
    layout = Layout((Axis("point", (0, 1, 2)),), None, (Array("m", ("region",), (2,)),), coords, 3)
    store = create(tmp_path / "o.zarr", layout, {})
    where = {name: np.full(3, -1) for name in ("diverged_at", "diverged_region", "diverged_state")}
    store.write(0, {"m": np.ones((3, 2)), "status": np.zeros(3), **where})
    axes = draw_map(view(open_results(store.path), "m", None, {}), None, None).axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "30", "∞"]
    assert axes.collections[0].get_offsets()[:, 0].tolist() == [0, 2, 1]


def test_importing_results_does_not_import_matplotlib() -> None:
    code = "import rateml.results, sys; sys.exit('matplotlib' in sys.modules or 'numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
