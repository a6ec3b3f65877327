"""Frames of a session with the dashboard, from a model to its map, and whether it shows what ``rateml sweep`` tells.

    python benchmarks/dashboard_frames.py -o FOLDER [--engine cuda] [--grid 128x128] [--duration 20s] [--size 120x36]

It needs no terminal. FOLDER gets the frames as NN-NAME.svg, and session.json: the rate and the bandwidth that the
dashboard showed at the end of its sweep, those that this sweep itself told, and those that the same ``rateml sweep``
told, run alone right after it. The exit code is 1 when they differ by more than 5 %; engine cpu shares its cores with
the dashboard, so the machine must be quiet.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from rateml_tui.app import SCREENS, Dashboard
from rateml_tui.records import Records
from rateml_tui.views.runs import RunsView
from rateml_tui.views.view import View
from rateml_tui.widgets.heat_map import HeatMap
from textual.pilot import Pilot
from textual.widgets import Input, Label, Select, Static

from rateml import api

_DEFAULTS = {"cpu": ("16x16", "6s", "float64"), "cuda": ("128x128", "20s", "float32")}
"""Grid, duration and precision of an engine: about a quarter of a minute on two cores, and on a large GPU."""

_PATIENCE = 300.0
_RUNNING = 5
_TOLERANCE = 0.05
_PREFIXES = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


class Session:
    """A dashboard without a terminal, and the frames taken of it."""

    def __init__(self, pilot: Pilot[None], out: Path) -> None:
        self.pilot, self.app, self._out, self._taken = pilot, pilot.app, out, 0

    async def until(self, holds: Callable[[], object], every: float = 0.05) -> None:
        """Wait until something holds; TimeoutError with what is on the screen."""
        end = time.monotonic() + _PATIENCE
        while not holds():
            if time.monotonic() > end:
                (self._out / "stuck.svg").write_text(self.app.export_screenshot(), "utf-8")
                raise TimeoutError(f"waited {_PATIENCE:g} s in vain; see {self._out}/stuck.svg")
            await asyncio.sleep(every)

    def says(self, selector: str, words: str) -> Callable[[], bool]:
        return lambda: words in str(self.app.query_one(selector, Static).content)

    async def keep(self, name: str) -> None:
        """Take a frame."""
        await self.pilot.pause()
        self._taken += 1
        frame = self._out / f"{self._taken:02}-{name}.svg"
        frame.write_text(self.app.export_screenshot(title="rateml-tui"), "utf-8")
        print(frame, flush=True)


async def play(place: Path, data: Path, given: argparse.Namespace) -> dict[str, str]:
    """The whole session: the figures shown at the end of the sweep, its command line as JSON, and what it said."""
    model = place / "mymodel.xml"
    good = api.shipped_model(given.model).read_text("utf-8")
    model.write_text(good, "utf-8")
    app = Dashboard(model, records=Records(data), theme=given.theme)
    app.animation_level = "none"
    columns, lines = map(int, given.size.split("x"))
    async with app.run_test(size=(columns, lines)) as pilot:
        session = Session(pilot, given.out)
        await session.until(lambda: sum(v.is_mounted for v in app.query(View)) == len(SCREENS))
        await session.until(session.says("#verdict", "no errors"))
        await session.keep("model")
        model.write_text(re.sub(r"\beta\b(?= \+)", "etta", good), "utf-8")
        await session.until(session.says("#verdict", "1 error"))
        await session.keep("diagnostic")
        model.write_text(good, "utf-8")
        await session.until(session.says("#verdict", "no errors"))
        await _read_code(session, {"cpu": "numba", "cuda": "cuda"}[given.engine])
        await _fill_in(session, given)
        await session.keep("plan")
        await pilot.press("ctrl+l")
        shown = await _watch(session)
        await pilot.press("enter")
        shown_map = app.query_one("#map", HeatMap)
        await session.until(lambda: shown_map.cells is not None and session.says("#best", "first")())
        await pilot.press("b")
        await session.keep("map")
        await pilot.press("enter")
        await session.until(
            lambda: any("samples" in str(w.content) for w in app.query("#series Static").results(Static))
        )
        await session.keep("replay")
        (launched,) = app.records.runs()
        return shown | {"command": json.dumps(launched.command), "log": Path(launched.log).read_text("utf-8")}


async def _read_code(session: Session, target: str) -> None:
    await session.pilot.press("2")
    while session.app.query_one("#target", Select).value != target:
        await session.pilot.press("g")
    await session.until(session.says("#code-verdict", f"for {target}"))
    await session.keep("code")


async def _fill_in(session: Session, given: argparse.Namespace) -> None:
    await session.pilot.press("3")
    counts = given.grid.split("x")
    fields = {
        "axis0-name": "eta", "axis0-low": "-6", "axis0-high": "-4", "axis0-count": counts[0],
        "axis1-name": "G", "axis1-low": "0", "axis1-high": "1", "axis1-count": counts[1],
        "f-connectome": given.connectome, "f-duration": given.duration,
    }  # fmt: skip
    for name, value in fields.items():
        session.app.query_one(f"#{name}", Input).value = value
    for name, value in (("engine", given.engine), ("precision", given.precision)):
        session.app.query_one(f"#f-{name}", Select).value = value
    points = int(counts[0]) * int(counts[1])
    await session.until(
        lambda: session.says("#plan", f"{points:,} points")() and session.says("#plan", given.connectome)()
    )


async def _watch(session: Session) -> dict[str, str]:
    """Take frames while the sweep runs; the figures shown once it is over."""
    app, runs = session.app, session.app.query_one(RunsView)
    for due in (k / (_RUNNING + 1) for k in range(1, _RUNNING + 1)):
        await session.until(lambda due=due: runs.following.over or (runs.following.share or 0.0) >= due, 0.5)
        if not runs.following.over:
            await session.keep("running")

    def finished() -> bool:
        return runs.following.phase == "finished" and runs.current is not None and runs.current.state == "finished"

    await session.until(finished, 0.5)
    await session.keep("finished")
    labels = (str(app.query_one(f"#{id}-label", Label).content) for id in ("rate", "bandwidth"))
    return dict(label.split("  ", 1) for label in labels)


def amount(text: str) -> float:
    """A number as it is shown: ``585 M``, ``3.1 TB/s``, ``5.85e+08``."""
    found = re.fullmatch(r"([\d.e+-]+) ?([kMGT]?)(?:B/s)?", text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no amount")
    return float(found[1]) * _PREFIXES[found[2]]


def alone(command: list[str], place: Path) -> dict[str, str]:
    """The figures of the same sweep without a dashboard."""
    words = [sys.executable, "-P", "-m", "rateml", *command[1:-1], str(place / "again.zarr")]
    done = subprocess.run(words, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
    return figures(done.stdout)


def figures(said: str) -> dict[str, str]:
    """The rate and the bandwidth in the output of ``rateml sweep``, by their names in the dashboard."""
    found = re.search(r": (\S+) simulation steps/s, effective bandwidth (.+?/s)", " ".join(said.split()))
    if found is None:
        raise ValueError(f"no rate in:\n{said}")
    return {"simulation steps/s": found[1], "effective bandwidth": found[2]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--engine", choices=tuple(_DEFAULTS), default="cpu")
    parser.add_argument("--model", default="montbrio", help="a shipped one with parameters eta and G")
    parser.add_argument("--connectome", default="synthetic:68:0")
    parser.add_argument("--grid", metavar="NxM", help="points of eta and of G")
    parser.add_argument("--duration")
    parser.add_argument("--precision", choices=("float32", "float64"))
    parser.add_argument("--size", default="120x36", metavar="COLUMNSxLINES")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    given = parser.parse_args()
    for name, value in zip(("grid", "duration", "precision"), _DEFAULTS[given.engine], strict=True):
        setattr(given, name, getattr(given, name) or value)
    given.out.mkdir(parents=True, exist_ok=True)
    os.environ |= {"COLORTERM": "truecolor", "TERM": "xterm-256color"}
    os.environ.pop("NO_COLOR", None)
    with TemporaryDirectory() as name:
        place = Path(name) / "models"
        place.mkdir()
        shown = asyncio.run(play(place, Path(name) / "data", given))
        command = json.loads(shown.pop("command"))
        own, other = figures(shown.pop("log")), alone(command, place)
    compared = {name: {"dashboard": text, "its sweep": own[name], "alone": other[name]} for name, text in shown.items()}
    (given.out / "session.json").write_text(json.dumps({"command": command, "figures": compared}, indent=1) + "\n")
    worst = 0.0
    for name, one in compared.items():
        differ = [amount(one["dashboard"]) / amount(one[by]) - 1 for by in ("its sweep", "alone")]
        worst = max(worst, *map(abs, differ))
        print(
            f"{name}: {one['dashboard']} in the dashboard; {one['its sweep']} told by its sweep ({differ[0]:+.1%}); "
            f"{one['alone']} by rateml sweep alone ({differ[1]:+.1%})"
        )
    sys.exit(worst > _TOLERANCE)


if __name__ == "__main__":
    main()
