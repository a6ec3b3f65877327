"""Keys that are there before the screen they ask for is: none is lost, and none goes elsewhere."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from rateml_tui.app import Dashboard
from rateml_tui.records import Records
from rateml_tui.views.sweep import SweepView
from textual.events import Event, Key
from textual.pilot import Pilot
from textual.widgets import Input, Select


def _type(pilot: Pilot[None], *keys: str) -> None:
    """All at once, as a slow connection brings them."""
    for key in keys:
        pilot.app.post_message(Key(key, key if len(key) == 1 else None))


def _axis(pilot: Pilot[None]) -> list[str]:
    return [pilot.app.query_one(f"#axis0-{part}", Input).value for part in ("name", "low", "high", "count")]


def test_keys_typed_while_the_dashboard_starts(folder: Path, records: Records, until) -> None:
    async def session() -> None:
        app = Dashboard(folder / "mymodel.xml", records=records)
        async with app.run_test(size=(80, 24)) as pilot:
            _type(pilot, "3", *"eta", "tab", "1", "tab", "2", "tab", *"34", "backspace", "ctrl+y")
            await until(pilot, lambda: app.clipboard)
            assert _axis(pilot) == ["eta", "1", "2", "3"]
            assert "--grid eta=1:2:3 " in app.clipboard  # what was typed last, not what was planned before
            assert app.theme == "textual-dark"  # t is a letter of eta there

    asyncio.run(session())


def test_what_is_copied_waits_for_keys_that_rise_to_the_app(
    folder: Path, records: Records, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Backspace is a binding: the field hands it on, and every widget above it may take its time."""

    planned = asyncio.Event()
    plan = SweepView._plan_now

    async def plan_now(view: SweepView) -> None:
        await plan(view)
        planned.set()

    async def slowly(view: SweepView, event: Event) -> None:
        if isinstance(event, Key):
            with suppress(TimeoutError):
                await asyncio.wait_for(planned.wait(), 3.0)
        await super(SweepView, view).on_event(event)

    monkeypatch.setattr(SweepView, "_plan_now", plan_now)
    monkeypatch.setattr(SweepView, "on_event", slowly)

    async def session() -> None:
        app = Dashboard(folder / "mymodel.xml", records=records)
        async with app.run_test(size=(80, 24)) as pilot:
            _type(pilot, "3", *"eta", "tab", "1", "tab", "2", "tab", *"34", "backspace", "ctrl+y")
            await until(pilot, lambda: app.clipboard)
            assert "--grid eta=1:2:3 " in app.clipboard

    asyncio.run(session())


def test_keys_typed_while_screens_change(drive, until) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        target = app.query_one("#target", Select)
        _type(pilot, "2", "g", "3", *"tau", "escape", "2", "g")
        await until(pilot, lambda: target.value == "tvb")  # the second after numba
        assert (_axis(pilot)[0], app.front) == ("tau", "code")

        _type(pilot, "3", *"eta", "alt+4", "1", "f1", "3", "escape", "2", "5", "g")
        await until(pilot, lambda: app.front == "results")
        assert _axis(pilot)[0] == "eta"
        assert target.value == "tvb"  # g is not a key of the results
        assert app.theme == "textual-dark"

    drive(steps)
