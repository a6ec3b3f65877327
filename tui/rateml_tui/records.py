"""What the dashboard keeps in the user's data folder: the runs it launched, and how it was left."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from platformdirs import user_data_path

Ticket = Literal["none", "waiting", "running"]


@dataclass(frozen=True)
class Launched:
    """A run as it was launched: ``command`` is what the user would type, in ``cwd``; ``log`` holds its output."""

    id: str
    command: tuple[str, ...]
    cwd: str
    store: str
    model: str
    log: str


class Records:
    """The folder ``rateml`` of the user's data; files are replaced whole, so that a crash leaves the old or the new."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or user_data_path("rateml")
        self.queue = self.folder / "queue"

    def runs(self) -> list[Launched]:
        """What was launched, oldest first; files that are not readable as a run are passed over."""
        found = []
        for file in sorted((self.folder / "runs").glob("*.json")):
            with suppress(OSError, ValueError, TypeError, KeyError):
                content = json.loads(file.read_bytes())
                found.append(Launched(**{**content, "command": tuple(content["command"])}))
        return found

    def launch(self, command: Sequence[str], cwd: Path, store: Path, model: str, *, queued: bool) -> Launched:
        """Start a command of rateml in a process of its own. Raises OSError when the data folder cannot be written."""
        for part in ("runs", "queue", "logs"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        id = f"{datetime.now():%Y%m%d-%H%M%S-%f}-{uuid4().hex[:4]}"
        run = Launched(id, tuple(command), str(cwd), str(store), model, str(self.folder / "logs" / f"{id}.log"))
        _replace(self.folder / "runs" / f"{id}.json", asdict(run))
        python = [sys.executable, "-P", "-m"]
        turn = [*python, "rateml_tui.turn", str(self._ticket(run)), "queued" if queued else "now", run.log]
        subprocess.run(
            [*turn, *python, "rateml", *command[1:]], cwd=cwd, check=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        return run

    def ticket(self, run: Launched) -> Ticket:
        """Whether the process of a run waits for its turn, runs, or is no more."""
        held = self._held(run)
        return "none" if held is None else "waiting" if held["waiting"] else "running"

    def stop(self, run: Launched) -> None:
        """End the process of a run as Ctrl-C would; nothing when it is no more."""
        held = self._held(run)
        if held is not None:
            with suppress(ProcessLookupError):
                os.kill(held["pid"], signal.SIGTERM)

    def forget(self, run: Launched) -> None:
        """Take a run that is over off the list; its store stays."""
        for file in (self.folder / "runs" / f"{run.id}.json", self._ticket(run), Path(run.log)):
            file.unlink(missing_ok=True)

    def settings(self) -> dict[str, Any]:
        """How the dashboard was left; empty at first."""
        with suppress(OSError, ValueError):
            found = json.loads((self.folder / "dashboard.json").read_bytes())
            if isinstance(found, dict):
                return found
        return {}

    def keep(self, **settings: Any) -> None:
        """Remember settings for the next time; a folder that cannot be written forgets them."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            _replace(self.folder / "dashboard.json", self.settings() | settings)

    def _ticket(self, run: Launched) -> Path:
        return self.queue / f"{run.id}.ticket"

    def _held(self, run: Launched) -> Mapping[str, Any] | None:
        """What a ticket says while its process lives."""
        try:
            handle = os.open(self._ticket(run), os.O_RDONLY)
        except OSError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            with suppress(OSError, ValueError):
                content: Mapping[str, Any] = json.loads(os.pread(handle, 1000, 0))
                return content
        finally:
            os.close(handle)
        return None


def _replace(path: Path, content: Mapping[str, Any]) -> None:
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(json.dumps(content), encoding="utf-8")
    new.replace(path)


def tail(path: str, most: int = 4000) -> str:
    """The end of a log; empty when there is none."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - most))
            return file.read().decode(errors="replace")
    except OSError:
        return ""
