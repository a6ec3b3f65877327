"""Runs that stopped go on from the dashboard, also those that it never launched; those that cannot say why."""

from __future__ import annotations

from pathlib import Path

import pytest
from rateml_tui.views.runs import RunsView
from textual.pilot import Pilot

from rateml import api
from rateml.engines.events import UnitDone
from rateml.request.settings import Request
from rateml.results import NOT_RUN, open_results, request, run_folder

POINTS = 3000


@pytest.fixture
def stopped(folder: Path) -> Path:
    """The store of a sweep over a table of points that was interrupted, and whose table is not there any more."""
    points = folder / "points.csv"
    points.write_text("eta\n" + "\n".join(f"{-4 - k / 1000:g}" for k in range(POINTS)) + "\n")
    store = folder / "elsewhere.zarr"
    job = api.prepare(folder / "mymodel.xml", "synthetic:4:0", Request(points=points, duration="300 ms"), chunk=100)
    for event in api.execute(job, store, api.make_engine("cpu", 1)):
        if isinstance(event, UnitDone):
            request(store, "cancel")
    points.unlink()
    return store


def _not_run(store: Path) -> int:
    with open_results(store) as data:
        return int((data["status"] == NOT_RUN).sum())


def test_a_run_that_was_not_launched_here(stopped: Path, drive, until, text) -> None:
    left = _not_run(stopped)
    assert 0 < left < POINTS

    async def steps(pilot: Pilot[None]) -> None:
        runs = pilot.app.query_one(RunsView)
        await pilot.press("4")
        await until(pilot, lambda: runs.current is not None and runs.following.phase == "stopped")
        assert runs.current.state == "stopped"
        await pilot.press("r")
        await until(pilot, lambda: runs.current.state == "finished" and runs.following.phase == "finished")
        assert runs.following.planned["done"] == POINTS - left
        assert f"{POINTS} of {POINTS} done" in text(pilot.app, "#figures")
        await until(pilot, lambda: runs.current.launched is not None)
        assert runs.current.launched.command[-1] == "--resume"

    drive(steps)
    assert _not_run(stopped) == 0


def test_a_run_that_cannot_go_on(stopped: Path, drive, until) -> None:
    manifest = run_folder(stopped) / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"dt": 0.05', '"dt": 0.25'))

    async def steps(pilot: Pilot[None]) -> None:
        runs = pilot.app.query_one(RunsView)
        await pilot.press("4")
        await until(pilot, lambda: runs.current is not None and runs.current.state == "stopped")
        await pilot.press("r")
        await until(pilot, lambda: any("was made by a different run" in n.message for n in pilot.app._notifications))

    drive(steps)
    assert _not_run(stopped)
