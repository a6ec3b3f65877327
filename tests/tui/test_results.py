"""The screen of results on stores that were made before: reading by mouse and keys, diverged points, tables."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from rateml_tui.views.results import ResultsView
from rateml_tui.widgets.heat_map import HeatMap
from textual.pilot import Pilot

from rateml import api
from rateml.request.settings import Request
from rateml.results import open_results


def _swept(out: Path, request: Request) -> Path:
    job = api.prepare(api.shipped_model("montbrio"), "synthetic:4:0", request)
    for _ in api.execute(job, out, api.make_engine("cpu", 1)):
        pass
    return out


async def _open(pilot: Pilot[None], turn_to, store: Path) -> HeatMap:
    pilot.app.query_one(ResultsView).open(store)
    await turn_to(pilot, "5")
    return pilot.app.query_one("#map", HeatMap)


def test_diverged_points_and_the_mouse(drive, until, turn_to, text, folder: Path) -> None:
    axes = (("values", "tau=1,2,0.001"), ("grid", "eta=-5:-4:3"))
    store = _swept(folder / "diverged.zarr", Request(axes=axes, duration="5 ms", set=("G=0.1",)))
    with open_results(store) as data:
        mean = data["stats_mean"].isel(variable=0).sel(tau=2, eta=-4.5).mean("region")

    async def steps(pilot: Pilot[None]) -> None:
        shown = await _open(pilot, turn_to, store)
        await until(pilot, lambda: shown.cells is not None and "3 diverged" in text(pilot.app, "#map-title"))
        for eta in (-5.0, -4.5, -4.0, -5.0):  # x goes round
            await pilot.press("x")
            await until(pilot, lambda eta=eta: shown.point == {"tau": 0.001, "eta": eta})
            assert shown.reading == "diverged"

        # Columns are the values of tau from the left, rows those of eta from below.
        width, height, _, _ = shown._grid
        await pilot.click(shown, offset=(shown._margin + width + width // 2, height + height // 2))
        await until(pilot, lambda: shown.point == {"tau": 2.0, "eta": -4.5})
        assert float(shown.reading) == pytest.approx(float(mean), rel=1e-5)
        await until(pilot, lambda: shown.reading in text(pilot.app, "#reading"))
        await pilot.click(shown, offset=(0, 0))  # beside the cells
        assert shown.point == {"tau": 2.0, "eta": -4.5}

    drive(steps)


@pytest.mark.parametrize("kind", ["table", "sobol"])
def test_points_without_a_grid(kind: str, drive, until, turn_to, text, folder: Path) -> None:
    if kind == "table":
        (folder / "points.csv").write_text("tau [ms],eta\n1,-5\n0.001,-4\n2,-4.5\n")
        request = Request(points=folder / "points.csv", duration="5 ms")
    else:
        request = Request(sobol=3, ranges=("tau=1:2", "eta=-5:-4"), duration="5 ms")
    store = _swept(folder / f"{kind}.zarr", request)
    with open_results(store) as data:
        tau, eta = data["tau"].values, data["eta"].values
        means = data["stats_mean"].isel(variable=0).mean("region").values

    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        await _open(pilot, turn_to, store)
        await until(pilot, lambda: "make no grid: see the list of the best" in text(app, "#map-title"))
        await until(pilot, lambda: "highest first" in text(app, "#best"))
        await pilot.press("b")
        await until(pilot, lambda: any("the best are listed" in n.message for n in app._notifications))
        await pilot.press("f")
        await until(pilot, (folder / f"{kind}-stats_mean-r.png").exists)
        table = folder / f"{kind}-stats_mean-r.csv"
        await pilot.press("s")
        await until(pilot, lambda: table.exists() and len(table.read_text().splitlines()) == 4)
        with table.open() as file:
            header, *rows = csv.reader(file)
        assert header == ["tau [ms]", "eta", "temporal mean of r [1/ms]", "missing"]
        for row, *expected in zip(rows, tau, eta, means, strict=True):
            if row[3]:
                assert row == ["0.001", "-4.0", "", "diverged"]
            else:
                assert [float(v) for v in row[:3]] == pytest.approx(expected, rel=1e-6)
        assert sum(row[3] == "diverged" for row in rows) == (kind == "table")

    drive(steps)
