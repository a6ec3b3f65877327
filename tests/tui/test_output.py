"""Commands whose end a screen waits for."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from rateml_tui.output import output_of


def test_what_a_command_says(tmp_path: Path) -> None:
    code, said = asyncio.run(output_of(["explain", "RML201"], tmp_path))
    assert code == 0
    assert said.startswith("RML201")


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    code, said = asyncio.run(output_of(["explain", "RML201"], tmp_path / "gone"))
    assert code
    assert f"cannot start rateml in {tmp_path}/gone: No such file" in said


def test_a_command_ends_with_who_waits(tmp_path: Path) -> None:
    """A model that is a pipe nobody writes to is read for ever."""
    pipe = tmp_path / "model.xml"

    async def steps() -> None:
        waiting = asyncio.create_task(output_of(["check", str(pipe)], tmp_path))
        handle = await asyncio.to_thread(open, pipe, "w")  # until the command reads
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        with handle, pytest.raises(BrokenPipeError):
            os.write(handle.fileno(), b"nobody reads")

    os.mkfifo(pipe)
    asyncio.run(steps())
