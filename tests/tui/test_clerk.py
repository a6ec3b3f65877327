"""The clerk answers in JSON, survives what it cannot do, and its desk starts another one if it dies."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from rateml_tui.clerk.__main__ import plain
from rateml_tui.desk import Desk, Refused


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

    asyncio.run(steps())
    assert "KeyError" in (tmp_path / "log").read_text()


def test_what_json_cannot_say() -> None:
    assert plain({"a": (float("inf"), float("nan"), 1.5), 2: Path("x")}) == {"a": ["inf", None, 1.5], "2": "x"}
