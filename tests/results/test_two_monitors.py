"""Two monitors of a run that differ in their variables or times, and angles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray

import rateml
from rateml import api
from rateml.cli.single import figures
from rateml.engines.outputs import layout_of
from rateml.request.settings import Request
from rateml.results import Axis, Layout, Store, create, open_results, plot
from rateml.results.circular import around, mean
from rateml.results.layout import Array, own_dimension
from rateml.results.maps import draw_map
from rateml.results.selection import view
from rateml.results.traces import draw_traces

MODELS = Path(rateml.__file__).parent / "models"


def planned(*monitors: str, model: str = "montbrio", axes: tuple[tuple[str, str], ...] = ()) -> Layout:
    request = Request(dt="0.1", duration="5", monitors=monitors, axes=axes)
    job = api.prepare(MODELS / f"{model}.xml", None, request, sweep=bool(axes))
    return layout_of(job.program, job.settings, ("a", "b"))


def dims(*monitors: str) -> dict[str, tuple[str, ...]]:
    return {a.name: a.dims for a in planned(*monitors).arrays}


def store_of(path: Path, layout: Layout, **values: float) -> Store:
    """A store in which every variable v of every array holds v + 10, or what ``values`` say of the array."""
    store = create(path, layout, {})
    for unit in store.units():
        block = {}
        for array in layout.arrays:
            at = next(i for i, d in enumerate(array.dims) if d.startswith("variable"))
            number = np.arange(array.shape[at]).reshape([-1 if i == at else 1 for i in range(len(array.dims))])
            block[array.name] = np.broadcast_to(number + values.get(array.name, 10.0), (unit.count, *array.shape))
        store.write(
            unit.index,
            {
                **block,
                "status": np.zeros(unit.count),
                "diverged_at": np.full(unit.count, -1),
                "diverged_region": np.full(unit.count, -1),
                "diverged_state": np.full(unit.count, -1),
            },
        )
    return store


@pytest.mark.parametrize(
    ("monitors", "expected"),
    [
        (("tavg:1ms:V", "stats:V"), {"tavg": ("time", "variable"), "stats_mean": ("variable",)}),
        (("tavg:1ms:V", "stats"), {"tavg": ("time", "variable_tavg"), "stats_mean": ("variable",)}),
        (("tavg:1ms:V", "stats:r"), {"tavg": ("time", "variable_tavg"), "stats_var": ("variable_stats",)}),
        (("stats:V,r", "raw"), {"raw": ("time", "variable"), "stats_mean": ("variable_stats",)}),
        (("tavg:1ms", "raw"), {"raw": ("time", "variable"), "tavg": ("time_tavg", "variable")}),
    ],
)
def test_names_of_dimensions_do_not_depend_on_the_order(
    monitors: tuple[str, ...], expected: dict[str, tuple[str, ...]]
) -> None:
    found = dims(*monitors)
    assert found == dims(*reversed(monitors))
    assert {name: found[name] for name in expected} == {name: (*d, "region") for name, d in expected.items()}


def test_what_records_everything_has_the_plain_name(tmp_path: Path) -> None:
    store = store_of(tmp_path / "o.zarr", planned("tavg:1ms:V", "stats"))
    assert float(open_results(store.path).stats_mean.sel(variable="r").mean("region")) == 10.0


def test_every_plot_finds_the_variables_and_times_of_its_array(tmp_path: Path) -> None:
    layout = planned("raw", "tavg:1ms:V", "stats:V,r", axes=(("grid", "eta=-5:-4:3"),))
    store = store_of(tmp_path / "o.zarr", layout, stats_mean=20.0)
    dataset = open_results(store.path)
    assert dataset.tavg.dims[1:3] == ("time_tavg", "variable_tavg")
    for select in ({"variable": "r"}, {"variable_stats": "r"}):
        assert set(draw_map(view(dataset, "stats_mean", None, select), None, None).axes[0].lines[0].get_ydata()) == {21}
    first = draw_map(view(dataset, "stats_mean", None, {}), None, None).axes[0]
    assert set(first.lines[0].get_ydata()) == {20}, "V and r are not averaged together"
    assert "of V" in first.get_ylabel()
    assert len(draw_traces(view(dataset, "raw", None, {})).axes) == 2
    (axes,) = draw_traces(view(dataset, "tavg", "V", {})).axes
    assert axes.get_xlabel() == "time [ms]"
    assert axes.get_title().startswith("temporal average · variable = V")
    at_once = draw_map(view(dataset, "tavg", None, {"time": "1.5"}), None, None).axes[0]
    assert "time = 1.5 ms" in at_once.get_title()
    plot(dataset, tmp_path / "traces.png", array="tavg")


def test_a_swept_parameter_is_no_time(tmp_path: Path) -> None:
    array = Array("m", ("time_tavg", "variable", "region"), (4, 1, 2), "float64")
    layout = Layout((Axis("time_scale", (1.0, 2.0)),), None, (array,), {}, 2)
    seen = view(open_results(store_of(tmp_path / "o.zarr", layout).path), "m", None, {"time": "2"})
    assert seen.values.dims == ("time_scale", "variable", "region")
    assert own_dimension(("time_tavg", "variable", "region"), "time") == "time_tavg"
    assert own_dimension(("time_tavg", "time", "region"), "time") == "time"
    assert own_dimension(("timer", "region"), "time") is None


def test_the_second_time_axis_is_cut_as_the_first() -> None:
    array = Array("tavg", ("time_tavg", "region"), (100_003, 500))
    first = replace(array, dims=("time", "region"))
    layout = Layout((), None, (array,), {}, 1)
    assert layout.chunks(array) == layout.chunks(first)
    assert layout.chunks(array)[0][0] < 100_003


def test_means_of_angles() -> None:
    turn = 2 * np.pi
    values = xarray.DataArray([[0.1, turn - 0.1], [3.0, np.nan], [np.nan, np.nan]], dims=("x", "region"))
    found = mean(values, ["region"], turn)
    assert np.cos(found[0]) == pytest.approx(1)
    assert 0 <= found[0] < turn
    assert found[1] == pytest.approx(3)
    assert np.isnan(found[2])
    np.testing.assert_allclose(mean(values, ["region"])[:2], [np.pi, 3.0])
    np.testing.assert_allclose(mean(xarray.DataArray([10.0, 350.0, 15.0], dims="x"), ["x"], 360), 5.0, atol=0.1)
    np.testing.assert_allclose(around(values[0], xarray.DataArray(0.05), turn), [0.1, -0.1])


def test_angles_are_averaged_on_the_circle_in_plots_and_in_the_digest(tmp_path: Path) -> None:
    layout = planned("raw", "stats", model="kuramoto")
    arrays = {a.name: a for a in layout.arrays}
    assert arrays["raw"].attrs["variable_periods"] == arrays["stats_mean"].attrs["variable_periods"]
    assert arrays["raw"].attrs["variable_periods"] == {"theta": pytest.approx(2 * np.pi)}
    assert "variable_periods" not in arrays["stats_var"].attrs, "the variance of an angle is no angle"
    layout = planned("raw", "stats", model="kuramoto", axes=(("grid", "omega=0.1 per_ms:0.2 per_ms:2"),))
    dataset = open_results(store_of(tmp_path / "o.zarr", layout).path).load()
    for name in ("raw", "stats_mean"):
        dataset[name].loc[{"variable": "theta", "region": "a"}] = 0.1
        dataset[name].loc[{"variable": "theta", "region": "b"}] = 6.2
    middle = (0.1 + 6.2 - 2 * np.pi) / 2
    axes = draw_map(view(dataset, "stats_mean", "theta", {}), None, None).axes[0]
    np.testing.assert_allclose(axes.lines[0].get_ydata(), middle)
    heights = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == pytest.approx((6.2 - 2 * np.pi, 0.1))
    axes = draw_traces(view(dataset, "raw", "theta", {})).axes[0]
    np.testing.assert_allclose(axes.lines[0].get_ydata(), middle, rtol=1e-5)
    line = next(text for text in figures(dataset.isel(omega=0)) if text.startswith("stats_mean theta"))
    assert line == "stats_mean theta: 0.00840735 (-0.0831853 … 0.1)"
