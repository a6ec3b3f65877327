"""Pictures of every screen of the dashboard, on files that are the same everywhere."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from rateml_tui.app import SCREENS, Dashboard
from rateml_tui.records import Records
from rateml_tui.views.help import HelpScreen
from rateml_tui.views.runs import RunsView
from rateml_tui.views.view import View
from rateml_tui.widgets.heat_map import HeatMap
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, ProgressBar
from textual.widgets._progress_bar import Bar

from rateml import api
from rateml.request.settings import Request

SIZES = ((80, 24), (160, 48))

_PATIENCE = 120.0

_EVENTS = (
    {"event": "planned", "engine": "cuda", "simulations": 4096, "done": 0, "steps": 40000, "threads": 1,
     "reason": "time-blocked path"},
    {"event": "compiled", "seconds": 3.2, "digest": "0"},
    *({"event": "metrics", "done_steps": k * 4_000_000, "total_steps": 163_840_000, "rate": 5.5e8 + 1e7 * (k % 7),
       "bandwidth": 3.0e12 + 1e11 * (k % 5), "left": 75.0 - k,
       "devices": [{"device": d, "memory": 4.1e10, "power": 400.0 + d, "temperature": 60.0} for d in (0, 1)]}
      for k in range(1, 21)),
    {"event": "unit", "index": 0, "simulations": 512, "diverged": 3},
)  # fmt: skip


def prepare(place: Path) -> None:
    """A model with a fault, one without, a store, and a run as another machine left it."""
    good = api.shipped_model("montbrio").read_text("utf-8")
    (place / "broken.xml").write_text(good.replace("eta +", "etta +"), "utf-8")
    (place / "good.xml").write_text(good, "utf-8")
    request = Request(axes=(("grid", "eta=-6:-4:9"), ("grid", "G=0:1:6")), duration="20 ms", set=("D_r=0", "D_V=0"),
                      init=("r=0.1", "V=-2"))  # fmt: skip
    job = api.prepare(place / "good.xml", "synthetic:4:0", request)
    for _ in api.execute(job, place / "map.zarr", api.make_engine("cpu", 1)):
        pass
    run = place / "gpu.zarr.run"
    run.mkdir()
    manifest = json.loads((place / "map.zarr.run" / "manifest.json").read_text())
    manifest |= {"units": 8, "done": [[0, 0]], "identity": {**manifest["identity"], "engine": "cuda"}}
    (run / "manifest.json").write_text(json.dumps(manifest))
    lines = (json.dumps({"time": "2026-11-28T12:00:00.000+00:00", **event}) for event in _EVENTS)
    (run / "events.jsonl").write_text("".join(f"{line}\n" for line in lines))


async def draw(place: Path, data: Path, size: tuple[int, int], theme: str = "dark") -> dict[str, str]:
    """SVG by the name of the screen."""
    app = Dashboard(place / "broken.xml", records=Records(data), theme=theme)
    app.animation_level = "none"
    # Memory and disk are this machine's.
    with patch("rateml_tui.views.sweep.size", lambda _: "SIZE"):
        async with app.run_test(size=size) as pilot:
            walk = _Walk(app, pilot)
            await walk.until(lambda: sum(v.is_mounted for v in app.query(View)) == len(SCREENS))
            for field in app.query(Input):
                field.cursor_blink = False
            await walk.through()
    return walk.found


class _Walk:
    """Through every screen; a picture is taken when nothing is under way and the screen stays as it is."""

    def __init__(self, app: Dashboard, pilot: Pilot[None]) -> None:
        self.app, self.pilot, self.found = app, pilot, dict[str, str]()

    async def until(self, holds: Callable[[], object]) -> None:
        end = time.monotonic() + _PATIENCE
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {_PATIENCE:g} s in vain")
            await self.pilot.pause(0.05)

    async def until_says(self, selector: str, words: str) -> None:
        await self.until(lambda: words in str(self.app.query_one(selector).content))

    async def keep(self, name: str) -> None:
        seen: list[str] = []

        def stays() -> bool:
            busy = any(worker.is_running for worker in self.app.workers)
            seen.append("" if busy else same(self.app.export_screenshot(title="rateml-tui")))
            return len(seen) > 3 and seen[-1] != "" and len(set(seen[-3:])) == 1

        await self.until(stays)
        self.found[name] = seen[-1]

    async def through(self) -> None:
        app, press = self.app, self.pilot.press
        await self.until_says("#verdict", "1 error")
        await self.keep("models")
        app.query_one("#library").highlighted = 2
        await self.until_says("#equations", "dV/dt")
        await press("2", "g")
        await self.until_says("#code-verdict", "for cuda")
        await self.keep("code")
        await press("f1")
        await self.until(lambda: isinstance(app.screen, HelpScreen))
        await self.keep("help")
        await press("escape", "4")
        await self._at_run("gpu.zarr")
        await self.until_says("#figures", "512 of 4096")
        progress, bar = app.query_one("#progress", ProgressBar), app.query_one("#progress Bar", Bar)
        bar.set_reactive(Bar.percentage, progress.percentage)  # Textual rounds it to the width that the bar had before
        bar.refresh()
        await self.keep("runs")
        await self._at_run("map.zarr")
        await press("enter")
        await self.until(lambda: app.query_one("#map", HeatMap).cells is not None)
        await self.until_says("#best", "first")
        await press("right", "right", "up")
        await self.keep("results")
        await press("3")
        for name, value in (("axis0-name", "eta"), ("axis0-low", "-6"), ("axis0-high", "-4"), ("axis0-count", "9")):
            app.query_one(f"#{name}", Input).value = value
        app.query_one("#f-connectome", Input).value = "synthetic:8:0"
        app.query_one("#axis1-name").focus()
        await self.until_says("#plan", "9 points")
        await self.until_says("#plan", "synthetic:8:0")
        await self.keep("sweep")

    async def _at_run(self, name: str) -> None:
        """Put the cursor of the runs on one of the two."""
        runs = self.app.query_one(RunsView)
        await self.until(lambda: len(runs._runs) == 2 and runs.current is not None)
        row = [Path(key).name for key in runs._runs].index(name)
        self.app.query_one("#run-list", DataTable).move_cursor(row=row)
        await self.until(lambda: Path(runs.current.key).name == name)


def same(svg: str) -> str:
    """Without what differs from machine to machine or from call to call, and the digest of code below the fold."""
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    svg = re.sub(r"(?<=digest&#160;)[0-9a-f]{12}", "0123456789ab", svg)
    return re.sub(r"/[^ <&]*/(?=(good|broken)\.xml)", "", svg)


def pictures(place: Path, data: Path, size: tuple[int, int], theme: str = "dark") -> dict[str, str]:
    """``draw`` without an event loop, in all colours wherever it runs."""
    with patch.dict(os.environ, {"COLORTERM": "truecolor", "TERM": "xterm-256color"}):
        os.environ.pop("NO_COLOR", None)
        return asyncio.run(draw(place, data, size, theme))
