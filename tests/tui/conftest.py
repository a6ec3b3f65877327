"""Dashboards on a folder and a data folder of their own, driven as a user would."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from rateml_tui.app import SCREENS, Dashboard
from rateml_tui.records import Records
from rateml_tui.views.view import View
from textual.pilot import Pilot

from rateml import api

Steps = Callable[[Pilot[None]], Awaitable[None]]
_PATIENCE = 120.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one model file."""
    place = tmp_path / "models"
    place.mkdir()
    (place / "mymodel.xml").write_text(api.shipped_model("montbrio").read_text("utf-8"), "utf-8")
    return place


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """A data folder; what a test that failed left running ends with it."""
    kept = Records(tmp_path / "data")
    yield kept
    for run in kept.runs():
        kept.stop(run)


@pytest.fixture
def drive(folder: Path, records: Records, until):
    """Run a dashboard without a terminal, as soon as all screens are there, through ``steps``."""

    def run(steps: Steps, size: tuple[int, int] = (80, 24), place: Path | None = None, theme: str = "dark") -> None:
        async def session() -> None:
            app = Dashboard(place or folder, records=records, theme=theme)
            async with app.run_test(size=size) as pilot:
                await until(pilot, lambda: sum(v.is_mounted for v in app.query(View)) == len(SCREENS))
                await steps(pilot)

        asyncio.run(session())

    return run


@pytest.fixture(scope="session")
def until():
    """Wait until something holds, however slow the machine; fail with what is on the screen."""

    async def wait(pilot: Pilot[None], holds: Callable[[], object]) -> None:
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            if holds():
                return
            await pilot.pause(0.05)
        screen = "\n".join("".join(s.text for s in strip) for strip in pilot.app.screen._compositor.render_strips())
        pytest.fail(f"waited {_PATIENCE:g} s in vain; on the screen:\n{screen}")

    return wait


@pytest.fixture(scope="session")
def turn_to(until):
    """Press the key of a screen, and wait until other keys go there."""

    async def turn(pilot: Pilot[None], key: str) -> None:
        await pilot.press(key)
        pane = pilot.app.query_one(f"#{SCREENS[int(key) - 1]}")
        await until(pilot, lambda: pilot.app.focused is not None and pane in pilot.app.focused.ancestors)

    return turn


@pytest.fixture(scope="session")
def text():
    """What a widget shows, as text."""
    return lambda app, selector: str(app.query_one(selector).content)
