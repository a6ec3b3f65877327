"""Printing for people: what a command answers goes to standard output, everything else to standard error."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from rateml.text.amounts import count, duration, size

__all__ = ["console", "count", "duration", "fail", "note", "notices", "say", "size", "warn"]

console = Console(highlight=False, soft_wrap=True, emoji=False)
notices = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def fail(message: str) -> None:
    _tell("error", "bold red", message)


def warn(message: str) -> None:
    _tell("warning", "yellow", message)


def note(message: str) -> None:
    _tell("note", "cyan", message)


def _tell(kind: str, style: str, message: str) -> None:
    """At once: a process that is ended meanwhile leaves no half of it."""
    notices.print(Text.assemble((f"{kind}:", style), " ", message))


def say(message: str) -> None:
    notices.print(message, markup=False)
