"""Going on with a run that stopped, wherever it was launched."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rateml_tui.desk import Desk
from rateml_tui.records import Launched, Records, tail


async def resume(records: Records, desk: Desk, store: Path, model: str, cwd: Path, old: Launched | None) -> Launched:
    """Launch the rest of a run: with the command line of ``old``, or with the one that the store itself tells.

    Raises Refused when the store does not tell, OSError when nothing can be launched.
    """
    if old is None:
        words = await desk.ask("command", store=str(store), out=str(store))
    else:
        words, cwd, model = old.command, Path(old.cwd), old.model
    resuming = ["--resume"] if store.exists() else []  # it may have ended before it made one
    command = [*(word for word in words if word != "--resume"), *resuming]
    new = await asyncio.to_thread(records.launch, command, cwd, store, model, queued=False)
    if old is not None:
        await asyncio.to_thread(records.forget, old)
    return new


async def end_of_events(desk: Desk, store: Path, offset: int) -> int:
    """The byte behind the last event of a run; ``offset`` bytes are read already. Raises Refused."""
    while (found := await desk.ask("follow", store=str(store), offset=offset))["events"]:
        offset = int(found["offset"])
    return offset


async def refusal(records: Records, desk: Desk, run: Launched, offset: int) -> str:
    """Why a run that was just launched ended without an event after byte ``offset``; empty once there is one.

    Raises Refused when its events cannot be read.
    """
    while True:
        over = await asyncio.to_thread(records.ticket, run) == "none"
        if (await desk.ask("follow", store=run.store, offset=offset, most=1))["events"]:
            return ""
        if over:
            return tail(run.log).rpartition("error: ")[2].strip()
        await asyncio.sleep(0.5)
