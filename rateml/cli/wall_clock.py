"""``--time-limit``: wall-clock time as it stands on a command line, and keeping to it."""

from __future__ import annotations

import re
import signal
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from rateml.cli.stopping import alarm
from rateml.errors import UserError

_PART: Final = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(d|h|min|s)\b")
_CLOCK: Final = re.compile(r"(?:([0-9]+)-)?([0-9]+):([0-9]{2}):([0-9]{2})")
_SECONDS: Final = {"d": 86400.0, "h": 3600.0, "min": 60.0, "s": 1.0}


def read_wall_clock(text: str) -> float:
    """Seconds of ``90min``, ``1h 30min``, ``45 s``, ``1:30:00``, ``2-00:00:00``; UserError for anything else.

    A bare number is refused: elsewhere it would be milliseconds.
    """
    clock = _CLOCK.fullmatch(text.strip())
    if clock is not None:
        days, hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        total = float(days * 86400 + hours * 3600 + minutes * 60 + seconds)
    else:
        parts = _PART.findall(text)
        if not parts or _PART.sub("", text).strip():
            raise UserError(f"--time-limit {text}: write hours, minutes and seconds, such as 2h, '1h 30min', 1:30:00")
        total = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    if not 0 < total < 1e9:
        raise UserError(f"--time-limit {text}: it must be above 0, such as 55min")
    return total


def time_limit(text: str | None) -> AbstractContextManager[None]:
    """Raise Stopped when the time is over; None is no limit. UserError when the text or the system cannot do that."""
    if text is None:
        return nullcontext()
    seconds = read_wall_clock(text)
    if not hasattr(signal, "SIGALRM"):
        raise UserError(f"--time-limit {text}: this system has no alarm clock; stop with Ctrl-C instead")
    return alarm(seconds, text)
