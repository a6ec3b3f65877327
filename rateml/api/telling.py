"""How a Python call tells what the command line prints: warnings, notes in the log, progress."""

from __future__ import annotations

import logging
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from rateml.api.planning import summary
from rateml.engines.events import Metrics
from rateml.engines.job import Job

Progress: TypeAlias = bool | Callable[[Metrics], None]
"""True draws a line on standard error; a function is called about ten times a second."""

_log = logging.getLogger("rateml")


def cautions(job: Job) -> tuple[str, ...]:
    """What is likely a mistake in a job: of its network, its inputs, its values."""
    told = [message for of_tracts in summary(job) for message in of_tracts.warnings]
    driven = job.settings.drives.driven if job.settings.drives else ()
    for port in job.program.ports:
        if port.name not in driven and not port.optional:
            told.append(
                f"input '{port.name}' has no coupling and no --drive, so it is 0; mark it rml:optional if that is meant"
            )
    return (*told, *job.settings.warnings)


def tell(job: Job, stacklevel: int) -> None:
    """Warn of what is likely a mistake, and log the notes for information; ``stacklevel`` as of warnings.warn."""
    for text in cautions(job):
        warnings.warn(text, stacklevel=stacklevel + 1)
    for text in job.settings.notes:
        _log.info(text)


def reporter(progress: Progress) -> Callable[[Metrics], None]:
    """What to call with every measurement."""
    if progress is True:
        return _Line()
    return progress or (lambda _: None)


class _Line:
    """One line on standard error, written again at most five times a second."""

    def __init__(self) -> None:
        self.written = 0.0

    def __call__(self, metrics: Metrics) -> None:
        ended = metrics.done_steps >= metrics.total_steps
        now = time.monotonic()
        if now - self.written < 0.2 and not ended:
            return
        self.written = now
        left = "" if metrics.left is None else f", {metrics.left:.0f} s left"
        share = metrics.done_steps / max(metrics.total_steps, 1)
        with suppress(OSError):  # nobody reads it any more
            sys.stderr.write(f"\r{share:4.0%}, {metrics.rate:.3g} simulation steps/s{left}\x1b[K")
            sys.stderr.write("\n" if ended else "")
            sys.stderr.flush()
