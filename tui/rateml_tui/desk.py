"""Where the screens ask: a clerk process that answers without ever holding the screen up."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Any

_LONGEST_ANSWER = 1 << 28


class Refused(Exception):
    """What was asked cannot be done; the text says why, and the way out."""


class Desk:
    """One clerk, started at its first question and again if it died; ``log`` takes what it says of its faults."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count()
        self._starting = asyncio.Lock()
        self._closed = False

    async def ask(self, question: str, **given: Any) -> Any:
        """The answer of the clerk. Raises Refused with the error that the user is to read."""
        process = await self._started()
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        assert process.stdin is not None
        process.stdin.write(json.dumps({"id": number, "ask": question, "given": given}).encode() + b"\n")
        try:
            return await answer
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """End the clerk for good; who still waits for an answer, or asks, is refused."""
        async with self._starting:  # one that is about to start would be left behind
            self._closed = True
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
        if self._reader is not None:
            await self._reader

    async def _started(self) -> Process:
        async with self._starting:
            if self._closed:
                raise Refused("the dashboard is closing")
            if self._process is None:
                self._log.parent.mkdir(parents=True, exist_ok=True)
                with self._log.open("ab") as log:
                    self._process = await asyncio.create_subprocess_exec(
                        sys.executable, "-P", "-m", "rateml_tui.clerk",
                        stdin=PIPE, stdout=PIPE, stderr=log, limit=_LONGEST_ANSWER, start_new_session=True,
                    )  # fmt: skip
                self._reader = asyncio.create_task(self._read(self._process))
            return self._process

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            answer = json.loads(line)
            waiting = self._waiting.get(answer["id"])
            if waiting is None or waiting.done():
                continue
            if "error" in answer:
                waiting.set_exception(Refused(answer["error"]))
            else:
                waiting.set_result(answer["answer"])
        await process.wait()
        if self._process is process:
            self._process = None  # the next question starts another
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(
                    Refused(f"the process that answers ended; ask again. What it said is in {self._log}")
                )
