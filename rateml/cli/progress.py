"""The progress of whatever simulates: a bar in a terminal, a line a minute in a log."""

from __future__ import annotations

from time import monotonic

from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from rateml.cli.console import notices, say
from rateml.engines.events import GpuMetrics, Metrics
from rateml.text.amounts import duration, size

LOG_SECONDS = 60.0
"""Between two lines in a log."""


class Bar(Progress):
    """On standard error; where that is no terminal, a line every minute."""

    def __init__(self, quiet: bool) -> None:
        self.logs = not quiet and not notices.is_terminal
        self.told_at = monotonic()
        super().__init__(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
            console=notices,
            disable=quiet or self.logs,
        )


def advance(bar: Bar, task: TaskID, event: Metrics, gpus: GpuMetrics | None = None) -> None:
    """Show how far the run is, how fast, how long it will still take, and what the GPUs do."""
    left = f", {duration(event.left)} left" if event.left is not None else ""
    rate = f"{event.rate:.3g} simulation steps/s, {size(event.bandwidth)}/s{left}"
    rate += "" if gpus is None else f"; {'; '.join(told_gpus(gpus))}"
    bar.update(task, total=event.total_steps, completed=event.done_steps, rate=rate)
    if bar.logs and monotonic() - bar.told_at >= LOG_SECONDS:
        bar.told_at = monotonic()
        say(f"{event.done_steps / event.total_steps:.0%}: {rate}")


def told_gpus(event: GpuMetrics) -> list[str]:
    """The share of the peak bandwidth, and the state of each GPU as far as it is told."""
    told = []
    if event.peak is not None and event.of_peak is not None:
        told.append(f"{event.of_peak:.0%} of the peak bandwidth {size(event.peak)}/s")
    for gpu in event.gpus:
        parts = [
            None if gpu.power is None else f"{gpu.power:.0f} W",
            None if gpu.clock is None else f"{gpu.clock} MHz",
            None if gpu.memory_used is None else f"{size(gpu.memory_used)} of {size(gpu.memory_total or 0)}",
            None if gpu.busy is None else f"{gpu.busy:.0%} busy",
            None if gpu.temperature is None else f"{gpu.temperature} °C",
        ]
        told.append(f"GPU {gpu.number}: " + ", ".join(part for part in parts if part is not None))
    return told
