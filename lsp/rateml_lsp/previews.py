"""The previews that a client looks at: the last good one of each, and what waits to be made again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Watched: TypeAlias = tuple[str, str]
"""A file and a target."""


@dataclass
class Previews:
    """``good`` holds the last answer with a text, ``latest`` the last of a version; both by file and target."""

    good: dict[Watched, dict[str, Any]] = field(default_factory=dict)
    latest: dict[Watched, tuple[int | None, dict[str, Any]]] = field(default_factory=dict)
    waiting: dict[Watched, asyncio.Task[None]] = field(default_factory=dict)

    def forget(self, file: str) -> None:
        """No one looks at previews of the file any more."""
        for watched in [w for w in self.latest if w[0] == file]:
            self.latest.pop(watched, None)
            self.good.pop(watched, None)
            task = self.waiting.pop(watched, None)
            if task is not None:
                task.cancel()
