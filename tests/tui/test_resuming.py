"""Runs that stopped go on from the dashboard, also those that it never launched; those that cannot say why."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rateml_tui.views.runs import RunsView
from textual.pilot import Pilot

from rateml import api
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import Finished
from rateml.request.settings import Request
from rateml.results import NOT_RUN, open_results, run_folder

POINTS, CHUNK = 30, 10


class Interrupted(CpuEngine):
    """Is interrupted after the first unit of a sweep."""

    def run(self, job, units, done, command):
        for event in super().run(job, units[:1], done, command):
            if isinstance(event, Finished):
                raise KeyboardInterrupt
            yield event


@pytest.fixture
def stopped(folder: Path) -> Path:
    """The store of a sweep over a table of points that was interrupted, and whose table is not there any more."""
    points = folder / "points.csv"
    points.write_text("eta\n" + "\n".join(f"{-4 - k / 1000:g}" for k in range(POINTS)) + "\n")
    store = folder / "elsewhere.zarr"
    job = api.prepare(folder / "mymodel.xml", "synthetic:4:0", Request(points=points, duration="20 ms"), chunk=CHUNK)
    with pytest.raises(KeyboardInterrupt):
        list(api.execute(job, store, Interrupted(1)))
    points.unlink()
    return store


def _not_run(store: Path) -> int:
    with open_results(store) as data:
        return int((data["status"] == NOT_RUN).sum())


def test_a_run_that_was_not_launched_here(stopped: Path, drive, until, turn_to, text) -> None:
    assert _not_run(stopped) == POINTS - CHUNK

    async def steps(pilot: Pilot[None]) -> None:
        runs = pilot.app.query_one(RunsView)
        await turn_to(pilot, "4")
        await until(pilot, lambda: runs.current is not None and runs.following.phase == "stopped")
        assert runs.current.state == "stopped"
        await pilot.press("r")
        await until(pilot, lambda: runs.current.state == "finished" and runs.following.phase == "finished")
        assert runs.following.planned["done"] == CHUNK
        await until(pilot, lambda: f"{POINTS} of {POINTS} done" in text(pilot.app, "#figures"))
        await until(pilot, lambda: runs.current.launched is not None)
        assert runs.current.launched.command[-1] == "--resume"

    drive(steps)
    assert _not_run(stopped) == 0


@pytest.mark.parametrize("read", [True, False])
def test_a_run_that_cannot_go_on(
    stopped: Path, drive, until, turn_to, monkeypatch: pytest.MonkeyPatch, read: bool
) -> None:
    """Also where it is resumed before what it logged has been ``read``: that is not what the new start says."""

    async def _follow(_: RunsView) -> None:
        await asyncio.sleep(0)

    if not read:
        monkeypatch.setattr(RunsView, "_follow", _follow)
    manifest = run_folder(stopped) / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"dt": 0.05', '"dt": 0.25'))

    async def steps(pilot: Pilot[None]) -> None:
        runs = pilot.app.query_one(RunsView)
        await turn_to(pilot, "4")
        await until(pilot, lambda: runs.current is not None and runs.current.state == "stopped")
        await pilot.press("r")
        await until(pilot, lambda: any("was made by a different run" in n.message for n in pilot.app._notifications))

    drive(steps)
    assert _not_run(stopped)
