"""Whether monitors fit a run: its duration, its transient, and each other."""

from __future__ import annotations

from collections.abc import Sequence

from rateml.errors import UserError
from rateml.request.monitors import FEWEST, Monitor

MAX_SAMPLES = 10**7
"""Samples of one monitor of one simulation: a coordinate holds the time of each."""

MAX_WINDOWS = 5000
"""Of functional connectivity dynamics: its matrix is made in memory, 200 MB at this size."""

_FEWEST_REGIONS = {"fc": 2, "fcd": 3}
"""One pair of regions has a correlation, but two windows of one pair have none."""

BOLD_SETTLES = 20_000.0
"""About how many ms of activity the balloon model needs to forget that it began at rest."""

_STORED = ("raw", "tavg", "bold")


def check_monitors(monitors: Sequence[Monitor], steps: int, transient_steps: int, dt: float, n_nodes: int) -> list[str]:
    """Notes for the user; UserError when a monitor cannot record what is asked in ``steps`` of ``n_nodes`` regions."""
    if not monitors:
        raise UserError("nothing would be recorded: give a --monitor, such as stats")
    kinds = [m.kind for m in monitors]
    twice = next((kind for kind in kinds if kinds.count(kind) > 1), None)
    if twice:
        way = "run once for each" if twice in ("fc", "fcd") else "name all its variables in one"
        raise UserError(f"--monitor {twice} stands twice; {way}")
    notes: list[str] = []
    for monitor in monitors:
        fewest = _FEWEST_REGIONS.get(monitor.kind, 1)
        if n_nodes < fewest:
            raise UserError(
                f"--monitor {monitor.text}: {fewest} regions or more are needed, the connectome has {n_nodes}; "
                "record bold or tavg, or give a larger --connectome"
            )
        _check_length(monitor, steps, dt)
        left = steps % monitor.every
        if left:
            notes.append(f"{monitor.text}: the last {left * dt:g} ms fill no period and are dropped")
    of_bold = [m.kind for m in monitors if m.of_bold]
    if of_bold and transient_steps * dt < BOLD_SETTLES:
        notes.append(
            f"{', '.join(of_bold)}: BOLD takes some {BOLD_SETTLES / 1000:g} s to settle from rest: "
            f"give --transient {BOLD_SETTLES / 1000:g}s or more"
        )
    settling = [m.kind for m in monitors if m.kind not in ("raw", "tavg") and not m.of_bold]
    if settling and not transient_steps:
        verb = "include" if settling == ["stats"] or len(settling) > 1 else "includes"
        notes.append(
            f"{', '.join(settling)} {verb} the transient: leave it out with --transient, e.g. --transient 500ms"
        )
    return notes


def _check_length(monitor: Monitor, steps: int, dt: float) -> None:
    duration, period = steps * dt, monitor.every * dt
    samples = steps // monitor.every
    if not samples:
        raise UserError(
            f"--monitor {monitor.text}: the duration, {duration:g} ms, is shorter than one period of "
            f"{period:g} ms; give a longer --duration"
        )
    if monitor.kind in _STORED and samples > MAX_SAMPLES:
        raise UserError(
            f"--monitor {monitor.text}: {samples:,} samples of one simulation, at most {MAX_SAMPLES:,} can be; "
            "record averages over longer periods (tavg:PERIOD) or stats"
        )
    if monitor.kind == "fc" and samples < FEWEST:
        raise UserError(
            f"--monitor {monitor.text}: a correlation needs {FEWEST} samples or more, {duration:g} ms give {samples}; "
            f"take a --duration of {FEWEST * period:g} ms or more"
        )
    if monitor.windows is not None:
        # the smallest run in which the first and last window share no sample
        width, stride = monitor.windows.width, monitor.windows.stride
        needed = width + -(-width // stride) * stride
        if samples < needed:
            raise UserError(
                f"--monitor {monitor.text}: {duration:g} ms hold no two windows that do not overlap; "
                f"take a --duration of {needed * period:g} ms or more, or a shorter window"
            )
        count = monitor.windows.count(samples)
        if count > MAX_WINDOWS:
            raise UserError(
                f"--monitor {monitor.text}: {count:,} windows, at most {MAX_WINDOWS:,} can be; take a longer step "
                "between windows"
            )
