"""``events.jsonl``: what a run did, one JSON object per line, for any process to follow."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from rateml.errors import StoreError
from rateml.results.disk import disk_errors
from rateml.results.layout import JSON
from rateml.results.numbers import to_plain


class EventLog:
    """Append events to ``events.jsonl`` of a run folder; each is flushed as one line. Threads may share it."""

    def __init__(self, folder: Path | str) -> None:
        self.path = Path(folder) / "events.jsonl"
        self._guard = threading.Lock()
        with disk_errors(self.path, "choose another place with -o"):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            size = os.fstat(self._handle).st_size
            if size and os.pread(self._handle, 1, size - 1) != b"\n":  # a killed run's last line
                os.write(self._handle, b"\n")

    def append(self, event: str, **fields: JSON) -> None:
        """Write ``{"time": now, "event": event, **fields}``. Raises StoreError when the disk fails."""
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps(to_plain({"time": stamp, "event": event, **fields}), allow_nan=False)
        with self._guard, disk_errors(self.path, "{mend} and continue with --resume"):
            left = (line + "\n").encode()
            while left:
                left = left[os.write(self._handle, left) :]

    def close(self) -> None:
        os.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def read_events(folder: Path | str, offset: int = 0, most: int | None = None) -> tuple[list[Mapping[str, JSON]], int]:
    """The events from byte ``offset`` on, and the offset to ask with next time.

    At most ``most`` lines are read. A last line that is not finished is left for the next call; a line that a killed
    run left torn is skipped. No file yet means no events. Raises StoreError when the file cannot be read.
    """
    path = Path(folder) / "events.jsonl"
    events: list[Mapping[str, JSON]] = []
    try:
        with path.open("rb") as file:
            file.seek(offset)
            for number, line in enumerate(file):
                if not line.endswith(b"\n"):
                    break
                if number == most:
                    break
                offset += len(line)
                if (event := _parse(line)) is not None:
                    events.append(event)
    except FileNotFoundError:
        return [], offset
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from error
    return events, offset


def _parse(line: bytes) -> Mapping[str, JSON] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
