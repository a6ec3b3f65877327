"""The progress bar of whatever simulates."""

from __future__ import annotations

from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from rateml.cli.console import notices
from rateml.engines.events import Metrics
from rateml.text.amounts import duration, size


def progress(quiet: bool) -> Progress:
    """A bar on standard error; nothing when that is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        console=notices,
        disable=quiet or not notices.is_terminal,
    )


def advance(bar: Progress, task: TaskID, event: Metrics) -> None:
    """Show how far the run is, how fast, and how long it will still take."""
    left = f", {duration(event.left)} left" if event.left is not None else ""
    rate = f"{event.rate:.3g} simulation steps/s, {size(event.bandwidth)}/s{left}"
    bar.update(task, total=event.total_steps, completed=event.done_steps, rate=rate)
