"""The screens, driven by keys: what they show is what rateml says."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path

import numpy as np
import pytest
from rateml_tui.views.confirming import Confirming
from rateml_tui.views.help import HelpScreen
from rateml_tui.views.results import ResultsView
from rateml_tui.views.runs import RunsView
from rateml_tui.views.sweep import SweepView
from rateml_tui.widgets.heat_map import HeatMap
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Select

from rateml import api
from rateml.request.settings import Request
from rateml.results import open_results

AXES = {"axis0-name": "eta", "axis0-low": "-5", "axis0-high": "-4", "axis0-count": "3",
        "axis1-name": "tau", "axis1-low": "1", "axis1-high": "2", "axis1-count": "2",
        "f-connectome": "synthetic:4:0", "f-duration": "5 ms", "f-dt": "0.1 ms"}  # fmt: skip


def _notices(pilot: Pilot[None]) -> str:
    return "\n".join(n.message for n in pilot.app._notifications)


def _read(file: Path) -> str:
    """What a file holds by now."""
    return file.read_text() if file.exists() else ""


def _fill(pilot: Pilot[None], fields: dict[str, str]) -> None:
    for name, value in fields.items():
        pilot.app.query_one(f"#{name}", Input).value = value


def test_models_and_code(drive, until, turn_to, text, folder: Path) -> None:
    model = folder / "mymodel.xml"
    good = model.read_text()

    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        await until(pilot, lambda: "dV/dt" in text(app, "#equations"))
        assert text(app, "#verdict") == "no errors"

        # Broken in an editor elsewhere: the same diagnostic as the command line's, at its place.
        model.write_text(good.replace("eta +", "etta +"))
        await until(pilot, lambda: "1 error" in text(app, "#verdict"))
        fault = api.check(model).diagnostics[0]
        at = api.check(model).source.position(fault.span.start)
        listed = app.query_one("#diagnostics", OptionList)
        told = str(listed.get_option_at_index(0).prompt)
        assert told.startswith(f"{at.line}:{at.column} error[{fault.code.id}] {fault.message}")
        listed.focus()
        await pilot.press("down", "enter")
        await until(pilot, lambda: f"{model}:{at.line}:{at.column}" in _notices(pilot))  # no terminal to lend

        model.write_text(good)
        await until(pilot, lambda: text(app, "#verdict") == "no errors")

        await turn_to(pilot, "2")
        await until(pilot, lambda: "for numba" in text(app, "#code-verdict"))
        await pilot.press("g")
        await until(pilot, lambda: "for cuda" in text(app, "#code-verdict"))
        artifact = api.build(model, "cuda")
        assert artifact.digest[:12] in text(app, "#code-verdict")
        shown = [line.split(maxsplit=1)[1:] for line in text(app, "#code-text").splitlines()]
        assert [line.split() for line in artifact.files[artifact.entry].splitlines()] == [
            line[0].split() if line else [] for line in shown
        ]
        await pilot.press("w")
        await until(pilot, lambda: _read(folder / artifact.entry) == artifact.files[artifact.entry])

        model.write_text(good.replace("eta +", "etta +"))
        await until(pilot, lambda: "etta" in text(app, "#code-verdict"))
        assert text(app, "#code-text")  # the last good code stays

    drive(steps)


def test_a_library_model_is_copied_before_it_is_edited(drive, until, turn_to, text, folder: Path) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        library = pilot.app.query_one("#library", OptionList)
        await until(pilot, lambda: library.option_count > 10)
        library.highlighted = [o.id for o in library.options].index(str(api.shipped_model("kuramoto")))
        await until(pilot, lambda: "Kuramoto" in text(pilot.app, "#name"))
        await pilot.press("e")
        await until(pilot, lambda: "copy it here with c" in _notices(pilot))
        await pilot.press("c")
        await until(pilot, lambda: _read(folder / "kuramoto.xml") == api.shipped_model("kuramoto").read_text())
        await pilot.press("c")
        await until(pilot, lambda: "exists" in _notices(pilot))
        pilot.app.notify("stays until a key takes it away", timeout=1e6)
        await pilot.press("escape")
        await until(pilot, lambda: not _notices(pilot))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, HelpScreen))
        await pilot.press("t")
        await until(pilot, lambda: pilot.app.theme == "textual-light")

    drive(steps)


def test_the_form_and_its_plan(drive, until, turn_to, text, folder: Path) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        await until(pilot, lambda: app.model is not None)
        await turn_to(pilot, "3")
        await pilot.press(*"eta", "tab", "minus", "5", "tab", "minus", "4", "tab", "3")
        await until(pilot, lambda: "3 points" in text(app, "#plan"))
        assert "using synthetic:68:0, a made-up network" in text(app, "#plan")
        _fill(pilot, AXES)
        await until(pilot, lambda: "6 points" in text(app, "#plan"))
        request = Request(
            axes=(("grid", "eta=-5:-4:3"), ("grid", "tau=1:2:2")), duration="5 ms", transient="0 ms", dt="0.1 ms"
        )
        words = api.command_line(folder / "mymodel.xml", "synthetic:4:0", request, Path("mymodel.zarr"))
        assert "made-up" not in text(app, "#plan")
        assert "$ " + shlex.join(words) in text(app, "#plan")
        assert "50 of 0.1 ms" in text(app, "#plan")

        _fill(pilot, {"f-dt": "0.3 ms"})
        await until(pilot, lambda: "whole" in text(app, "#plan") or "multiple" in text(app, "#plan"))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: "the form is not complete" in _notices(pilot))
        assert not app.records.runs()
        app.notify("stays until a key takes it away", timeout=1e6)
        await pilot.press("escape")  # out of the field
        await until(pilot, lambda: not _notices(pilot))
        app.query_one("#f-engine", Select).value = "cuda"
        _fill(pilot, {"f-dt": "0.1 ms"})
        await until(pilot, lambda: "cuda" in text(app, "#plan"))  # the plan, or why there is none here

    drive(steps, (160, 48))


def test_what_would_fill_the_disk_is_asked_first(drive, until, turn_to, text, folder: Path, monkeypatch) -> None:
    launched: list[tuple[str, ...]] = []

    def launch(command, cwd, store, model, *, queued):  # it would fill the disk
        launched.append(tuple(command))
        raise OSError("not in a test")

    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        monkeypatch.setattr(app.records, "launch", launch)
        await turn_to(pilot, "3")
        _fill(pilot, AXES | {"axis0-count": "10000", "axis1-count": "10000", "f-monitors": "raw", "f-duration": "4 s"})
        for answer in ("escape", "n", "enter"):  # the button that has the focus is the careful one
            # The first time at once: what was filled in is planned before it is launched.
            await pilot.press("ctrl+l")
            await until(pilot, lambda: isinstance(app.screen, Confirming) and app.focused is not None)
            assert "of the free disk" in text(app.screen, "#question Static")
            await pilot.press(answer)
            await until(pilot, lambda: not isinstance(app.screen, Confirming))
        assert not launched
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, Confirming) and app.focused is not None)
        await pilot.press("y")
        await until(pilot, lambda: "cannot launch" in _notices(pilot))
        assert launched[0][-3:] == ("--yes", "-o", "mymodel.zarr")

    drive(steps, place=folder / "mymodel.xml")


@pytest.mark.long
def test_from_launch_to_map(drive, until, turn_to, text, folder: Path) -> None:
    store = folder / "mymodel.zarr"

    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        await until(pilot, lambda: app.model is not None)
        await turn_to(pilot, "3")
        _fill(pilot, AXES)
        await until(pilot, lambda: "6 points" in text(app, "#plan"))
        await pilot.press("ctrl+e")
        await until(pilot, lambda: "measured just now" in text(app, "#estimated"))
        await pilot.press("ctrl+l")
        runs = app.query_one(RunsView)
        await until(pilot, lambda: app.focused is app.query_one("#run-list"))
        await until(pilot, lambda: runs.following.phase == "finished")
        await until(pilot, lambda: runs.current is not None and runs.current.state == "finished")
        await until(pilot, lambda: "6 of 6 done" in text(app, "#figures"))
        assert "--yes" not in app.records.runs()[0].command  # the command asks when the disk is fuller by then
        figures = runs.following.figures()
        await until(pilot, lambda: figures["simulation steps/s"] in text(app, "#rate-label"))
        await until(pilot, lambda: figures["effective bandwidth"] in text(app, "#bandwidth-label"))

        await pilot.press("enter")
        shown = app.query_one("#map", HeatMap)
        await until(pilot, lambda: shown.cells is not None and app.focused is shown)
        await pilot.press("right", "up")
        with open_results(store) as data:
            mean = data["stats_mean"].isel(variable=0).sel(eta=-4.5, tau=2).mean("region")
        await until(pilot, lambda: shown.point == {"eta": -4.5, "tau": 2.0})
        assert float(shown.reading) == pytest.approx(float(mean), rel=1e-5)
        await until(pilot, lambda: shown.reading in text(app, "#reading"))
        await until(pilot, lambda: "highest first" in text(app, "#best"))
        await pilot.press("b")
        await until(pilot, lambda: float(shown.reading) == pytest.approx(np.nanmax(shown.cells["values"]), rel=1e-5))

        await pilot.press("s")
        table = folder / "mymodel-stats_mean-r.csv"
        await until(pilot, lambda: _read(table).count("\n") == 7)
        rows = list(csv.reader(_read(table).splitlines()))
        assert {float(r[2]) for r in rows[1:]} == {v for row in shown.cells["values"] for v in row}
        await pilot.press("f")
        await until(pilot, (folder / "mymodel-stats_mean-r.png").exists)
        await pilot.press("y")
        await until(pilot, lambda: "mymodel-again.zarr" in _notices(pilot))

        await pilot.press("enter")
        await until(pilot, lambda: "50 samples" in "".join(str(w.content) for w in app.query("#series Static")))
        app.query_one("#y", Select).value = "eta"
        app.query_one("#x", Select).value = "tau"
        await until(pilot, lambda: shown.cells["axes"] == ["eta", "tau"])
        assert app.query_one(ResultsView).store == store

    drive(steps, (160, 48))


@pytest.mark.long
def test_queued_paused_cancelled_resumed(drive, until, turn_to, text, folder: Path) -> None:
    long = AXES | {"axis0-count": "200", "axis1-count": "20", "f-duration": "4 s"}

    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        runs = app.query_one(RunsView)
        await until(pilot, lambda: app.model is not None)
        await turn_to(pilot, "3")
        _fill(pilot, long)
        await until(pilot, lambda: "4,000 points" in text(app, "#plan"))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: app.focused is app.query_one("#run-list"))
        await until(pilot, lambda: runs.following.phase == "simulating" and runs.following.done > 0)
        await pilot.press("p")
        await until(pilot, lambda: runs.following.phase == "paused")
        await turn_to(pilot, "3")
        _fill(pilot, AXES)
        await until(pilot, lambda: "6 points" in text(app, "#plan") and "mymodel-2.zarr" in text(app, "#plan"))
        app.query_one(SweepView).query_one("#f-seed").focus()
        await pilot.press("ctrl+u")
        await until(pilot, lambda: runs.current is not None and runs.current.key.endswith("-2.zarr"))
        await until(pilot, lambda: runs.current.state == "queued" and app.focused is app.query_one("#run-list"))
        await pilot.press("down")
        await until(pilot, lambda: runs.current.key.endswith("mymodel.zarr"))
        await until(pilot, lambda: runs.current.state == "paused")
        await pilot.press("k")
        await until(pilot, lambda: "stopped" in text(app, "#run-title"))
        done = runs.following.done
        await until(pilot, lambda: any(r.state == "finished" for r in runs._runs.values()))  # the queued one's turn
        await until(pilot, lambda: runs.current.key.endswith("mymodel.zarr") and not runs.current.alive)
        await pilot.press("r")
        await until(pilot, lambda: runs.following.phase == "simulating" and runs.following.done > done)
        assert runs.following.planned["done"] >= done
        await pilot.press("k")
        await until(pilot, lambda: runs.current.state == "stopped")
        await pilot.press("d")
        await until(pilot, lambda: len(app.records.runs()) == 1)

    drive(steps)
