"""The clerk answers in JSON, survives what it cannot do, and its desk starts another one if it dies."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rateml_tui.clerk.__main__ import plain
from rateml_tui.clerk.maps import describe
from rateml_tui.desk import Desk, Refused

from rateml.results import Array, Axis, Layout, create


def test_a_desk(tmp_path: Path, folder: Path) -> None:
    async def steps() -> None:
        desk = Desk(tmp_path / "log")
        try:
            found = await desk.ask("library", folder=str(folder))
            assert list(found["files"]) == ["mymodel.xml"]
            assert "montbrio" in found["shipped"]
            (folder / "montbrio.xml").touch()
            with pytest.raises(Refused, match="exists: it is in the list"):
                await desk.ask("copy", name="montbrio", folder=str(folder))
            with pytest.raises(Refused, match="rateml has a fault: KeyError"):
                await desk.ask("nonsense")
            os.kill(desk._process.pid, signal.SIGSTOP)
            asked = asyncio.create_task(desk.ask("library", folder=str(folder)))
            while not desk._waiting:
                await asyncio.sleep(0)
            os.kill(desk._process.pid, signal.SIGKILL)
            with pytest.raises(Refused, match="ask again"):
                await asked
            assert (await desk.ask("library", folder=str(folder)))["shipped"]
        finally:
            await desk.close()
        with pytest.raises(Refused, match="closing"):
            await desk.ask("library", folder=str(folder))

    asyncio.run(steps())
    assert "KeyError" in (tmp_path / "log").read_text()


def test_a_clerk_at_work_ends_with_its_dashboard(tmp_path: Path) -> None:
    run = tmp_path / "out.zarr.run"
    run.mkdir()
    os.mkfifo(run / "events.jsonl")  # to read it takes for ever
    question = {"id": 0, "ask": "follow", "given": {"store": str(tmp_path / "out.zarr"), "offset": 0}}
    clerk = subprocess.Popen([sys.executable, "-m", "rateml_tui.clerk"], stdin=subprocess.PIPE, text=True)
    try:
        clerk.communicate(json.dumps(question) + "\n", timeout=120)
    finally:
        clerk.kill()
    assert clerk.returncode == 0


def test_a_histogram_makes_no_map(tmp_path: Path) -> None:
    dims = ("variable", "fcd_bin")
    arrays = (Array("fcd_hist", dims, (1, 4)), Array("fcd_var", ("variable",), (1,)))
    layout = Layout((Axis("G", (0.0, 1.0)),), None, arrays, {"variable": ("variable", ("r",), {})}, 1)
    store = create(tmp_path / "dynamics.zarr", layout, {})
    assert describe(str(store.path))["arrays"] == {"fcd_var": ["r"]}


def test_what_json_cannot_say() -> None:
    assert plain({"a": (float("inf"), float("nan"), 1.5), 2: Path("x")}) == {"a": ["inf", None, 1.5], "2": "x"}
