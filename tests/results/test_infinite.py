"""An infinite swept value: no delay is speed = inf."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import QuadMesh

from rateml.errors import UserError
from rateml.results import Array, Axis, Layout, Store, create, differences, open_results, open_store, plot, run_folder
from rateml.results.manifest import read_manifest
from rateml.results.maps import draw_map
from rateml.results.selection import position, view

INF = float("inf")
SPEED = Axis("speed", (2.0, 5.0, INF), "mm_per_ms")


def store_of(path: Path, *axes: Axis, coords: dict[str, object] | None = None) -> Store:
    layout = Layout(axes, None, (Array("m", ("region",), (2,), "float64"),), coords or {}, 1)
    store = create(path, layout, {"axes": {"speed": [2.0, 5.0, INF]}})
    for unit in store.units():
        values = np.full((1, 2), float(unit.index))
        store.write(
            unit.index,
            {
                "m": values,
                "status": np.zeros(1),
                "diverged_at": np.full(1, -1),
                "diverged_region": np.full(1, -1),
                "diverged_state": np.full(1, -1),
            },
        )
    return store


def test_a_line_has_categories(tmp_path: Path) -> None:
    store = store_of(tmp_path / "o.zarr", SPEED)
    axes = draw_map(view(open_results(store.path), "m", None, {}), None, None).axes[0]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["2", "5", "∞"]
    assert axes.lines[0].get_xydata().tolist() == [[0, 0], [1, 1], [2, 2]]
    plot(store.path, tmp_path / "line.png")


def test_values_in_any_order_are_drawn_in_ascending_order(tmp_path: Path) -> None:
    store = store_of(tmp_path / "o.zarr", Axis("G", (1.0, 0.2, 0.5)), Axis("speed", (INF, 2.0)))
    axes = draw_map(view(open_results(store.path), "m", None, {}), None, None).axes[0]
    mesh = next(c for c in axes.collections if isinstance(c, QuadMesh))
    assert mesh.get_coordinates()[0, :, 0].tolist() == pytest.approx([0.05, 0.35, 0.75, 1.25])
    assert mesh.get_array().tolist() == [[3.0, 5.0, 1.0], [2.0, 4.0, 0.0]]  # speed 2, then none
    assert [t.get_text() for t in axes.get_yticklabels()] == ["2", "∞"]
    line = draw_map(view(open_results(store.path), "m", None, {"speed": "inf"}), None, None).axes[0].lines[0]
    assert line.get_xydata().tolist() == [[0.2, 2.0], [0.5, 4.0], [1.0, 0.0]]


@pytest.mark.parametrize("x", ["speed", "G"])
def test_a_map_has_categories(tmp_path: Path, x: str) -> None:
    store = store_of(tmp_path / "o.zarr", SPEED, Axis("G", (0.1, 1.0, 10.0, 100.0)))
    figure = draw_map(view(open_results(store.path), "m", None, {}), x, None)
    axes = figure.axes[0]
    labels = axes.get_xticklabels() if x == "speed" else axes.get_yticklabels()
    assert [t.get_text() for t in labels] == ["2", "5", "∞"]
    assert {axes.get_xscale(), axes.get_yscale()} == {"linear", "log"}
    mesh = next(c for c in axes.collections if isinstance(c, QuadMesh))
    assert np.ma.count(mesh.get_array()) == 12
    along = mesh.get_coordinates()[0, :, 0] if x == "speed" else mesh.get_coordinates()[:, 0, 1]
    assert along.tolist() == [-0.5, 0.5, 1.5, 2.5]
    plot(store.path, tmp_path / "map.png", x=x)


def test_scattered_points_are_all_drawn(tmp_path: Path) -> None:
    coords = {"speed": ("point", (INF, 2.0, 5.0, INF), {}), "G": ("point", (0.1, 0.2, 0.3, 0.4), {})}
    store = store_of(tmp_path / "o.zarr", Axis("point", (0, 1, 2, 3)), coords=coords)
    axes = draw_map(view(open_results(store.path), "m", None, {}), None, None).axes[0]
    assert axes.collections[0].get_offsets().tolist() == [[2, 0.1], [0, 0.2], [1, 0.3], [2, 0.4]]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["2", "5", "∞"]
    assert open_store(store.path).layout == store.layout


def test_infinity_can_be_selected(tmp_path: Path) -> None:
    values = open_results(store_of(tmp_path / "o.zarr", SPEED).path).m
    assert [position(values, "speed", text) for text in ("2", "5.9", "inf", "∞")] == [0, 1, 2, 2]
    for text in ("7", "-inf", "nan"):
        with pytest.raises(UserError, match=f"speed={text} is not in the store. speed has: 2, 5, inf"):
            position(values, "speed", text)


def test_many_categories_keep_the_infinite_label(tmp_path: Path) -> None:
    store = store_of(tmp_path / "o.zarr", Axis("speed", (*map(float, range(1, 31)), INF)))
    labels = draw_map(view(open_results(store.path), "m", None, {}), None, None).axes[0].get_xticklabels()
    assert len(labels) < 15
    assert labels[-1].get_text() == "∞"


def test_the_files_are_json_and_old_ones_are_read(tmp_path: Path) -> None:
    store = store_of(tmp_path / "o.zarr", SPEED, Axis("G", (1.0,)))
    folder = run_folder(store.path)

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    for file in (folder / "layout.json", folder / "manifest.json", *store.path.rglob("zarr.json")):
        json.loads(file.read_text(), parse_constant=refuse)
    assert open_store(store.path).layout == store.layout
    assert differences(open_store(store.path).identity, {"axes": {"speed": [2.0, 5.0, INF]}}) == []
    assert len(differences(store.identity, {"axes": {"speed": [2.0, 5.0, -INF]}})) == 1
    for file in (folder / "layout.json", folder / "manifest.json"):
        text = file.read_text()
        assert '"inf"' in text
        file.write_text(text.replace('"inf"', "Infinity"))
    old = open_store(store.path)
    assert old.layout == store.layout
    assert old.identity == store.identity == read_manifest(folder / "manifest.json").identity


def test_a_region_may_be_called_inf() -> None:
    layout = Layout((), None, (), {"region": ("region", ("inf", "nan"), {})}, 1)
    assert Layout.from_json(layout.to_json()) == layout
