"""Printing for people: what a command answers goes to standard output, everything else to standard error."""

from __future__ import annotations

from rich.console import Console

from rateml.text.amounts import count, duration, size

__all__ = ["console", "count", "duration", "fail", "note", "notices", "say", "size", "warn"]

console = Console(highlight=False, soft_wrap=True, emoji=False)
notices = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def fail(message: str) -> None:
    notices.print("[bold red]error:[/] ", end="")
    notices.print(message, markup=False)


def warn(message: str) -> None:
    notices.print("[yellow]warning:[/] ", end="")
    notices.print(message, markup=False)


def note(message: str) -> None:
    notices.print("[cyan]note:[/] ", end="")
    notices.print(message, markup=False)


def say(message: str) -> None:
    notices.print(message, markup=False)
