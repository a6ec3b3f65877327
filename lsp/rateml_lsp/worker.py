"""The worker process as the server sees it: started when needed, restarted when it dies, never waited for long."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

logger = logging.getLogger("rateml_lsp.worker")

_PATIENCE: Final = 30.0
"""Seconds after which an answer is not waited for and the worker is replaced."""
_LINE: Final = 64 * 2**20
_DEATHS: Final = 5
"""Deaths in a session after which it is not started again."""
_GIVEN_UP: Final = "the worker process ended too often in this session; restart the server to try again"


class WorkerFailed(Exception):
    """Why there is no answer; the message is for the user."""


class Worker:
    """Sends one request after the other to ``python -m rateml.worker`` and hands out its answers."""

    def __init__(self, status: Callable[..., None], tell: Callable[..., None]) -> None:
        self._status, self._tell = status, tell
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)
        self._starting = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None
        self._deaths = 0
        self._stopped = False
        self.command = (sys.executable, "-m", "rateml.worker")

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def ask(self, method: str, params: Mapping[str, object]) -> Any:
        """The worker's answer; WorkerFailed when there is none."""
        process = await self._started()
        number = next(self._numbers)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            assert process.stdin is not None
            line = json.dumps({"id": number, "method": method, "params": params}) + "\n"
            process.stdin.write(line.encode())
            await process.stdin.drain()
            return await asyncio.wait_for(answer, _PATIENCE)
        except TimeoutError:
            self._kill()
            raise WorkerFailed(f"no answer within {_PATIENCE:.0f} s: the worker was replaced") from None
        except (ConnectionError, BrokenPipeError):
            raise WorkerFailed("the worker process ended") from None
        except asyncio.CancelledError:
            if not self._stopped and process.stdin is not None and process.returncode is None:
                with contextlib.suppress(ConnectionError, RuntimeError):
                    process.stdin.write((json.dumps({"cancel": number}) + "\n").encode())
            raise
        finally:
            self._waiting.pop(number, None)

    async def _started(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if self._process is not None and self._process.returncode is None:
                return self._process
            if self._deaths >= _DEATHS or self._stopped:
                raise WorkerFailed(_GIVEN_UP)
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *self.command,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                    limit=_LINE,
                    env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
                )
            except OSError as error:
                self._deaths += 1
                self._status("warning", "no previews: the worker process cannot be started")
                raise WorkerFailed(f"the worker process cannot be started: {error.strerror}") from error
            logger.info("worker %s started", self._process.pid)
            self._reading = asyncio.ensure_future(self._read(self._process))
            return self._process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Hand out answers until the process ends."""
        assert process.stdout is not None
        with contextlib.suppress(ConnectionError, ValueError):
            while line := await process.stdout.readline():
                self._answered(line)
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if process is self._process:
            self._process = None
            self._ended()

    def _answered(self, line: bytes) -> None:
        try:
            data = json.loads(line)
        except ValueError:
            logger.warning("the worker wrote a line that is no JSON")
            return
        answer = self._waiting.get(data.get("id", 0))
        if answer is None or answer.done():
            return
        if "error" in data:
            answer.set_exception(WorkerFailed(str(data["error"])))
        else:
            answer.set_result(data.get("result"))

    def _ended(self) -> None:
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(WorkerFailed("the worker process ended"))
        if self._stopped:
            return
        self._deaths += 1
        logger.warning("the worker ended")
        if self._deaths < _DEATHS:
            self._tell("rateml: the process that makes previews ended; it is started again when it is needed next")
        elif self._deaths == _DEATHS:
            self._status("warning", f"no previews: {_GIVEN_UP}")
            self._tell(f"rateml: {_GIVEN_UP}")

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def stop(self) -> None:
        """End the worker with the server."""
        self._stopped = True
        self._kill()
