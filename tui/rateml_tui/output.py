"""Commands of rateml whose end a screen waits for; what outlives the screen is launched by ``records``."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


async def output_of(command: Sequence[str], cwd: Path) -> tuple[int, str]:
    """The exit code of ``rateml COMMAND…`` and all it said, or why it did not start.

    It ends, with what it started, when nobody waits for it any more.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "rateml", *command,
            cwd=cwd, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        return 1, f"cannot start rateml in {cwd}: {error.strerror}"
    try:
        said, _ = await process.communicate()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()
        raise
    return await process.wait(), said.decode(errors="replace").strip()
