"""Amounts for people to read."""

from __future__ import annotations


def count(number: int, thing: str) -> str:
    """``1 point``, ``2 points``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def size(count: float) -> str:
    """A number of bytes."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.4g} TB"


def duration(seconds: float) -> str:
    """0.5 s, 42 s, 3:07 min, 2:15 h."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d} min"
    return f"{minutes // 60}:{minutes % 60:02d} h"


def rate(value: float) -> str:
    """Simulation steps/s."""
    for unit in ("", " k", " M", " G"):
        if value < 1000:
            return f"{value:.3g}{unit}"
        value /= 1000
    return f"{value:.3g} T"


def number(value: object) -> str:
    """A value of a store: a number, or infinity as its sign; a dash for what is missing."""
    if value is None:
        return "–"
    return f"{value:.6g}" if isinstance(value, float | int) else str(value).replace("inf", "∞")
