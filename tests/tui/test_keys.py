"""Keys that are there before the screen they ask for is: none is lost, and none goes elsewhere."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rateml_tui.app import Dashboard
from rateml_tui.records import Records
from textual.events import Key
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
