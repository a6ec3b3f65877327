"""Progress where standard error is no terminal: a log is kept of what a batch system runs."""

from __future__ import annotations

import pytest

from rateml.cli import progress
from rateml.cli.progress import Bar, advance
from rateml.engines.events import Metrics

HALF = Metrics(done_steps=500, total_steps=1000, rate=2e6, bandwidth=3e9, left=90.0)


def test_a_log_has_a_line_a_minute(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    with Bar(quiet=False) as bar:
        task = bar.add_task("simulating", rate="")
        for seconds in (1.0, 58.0, 1.0, 59.0, 1.0):
            now[0] += seconds
            advance(bar, task, HALF)
    assert capsys.readouterr().err.splitlines() == 2 * ["50%: 2e+06 simulation steps/s, 3 GB/s, 1:30 min left"]


def test_a_quiet_run_says_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "LOG_SECONDS", 0.0)
    with Bar(quiet=True) as bar:
        advance(bar, bar.add_task("simulating", rate=""), HALF)
    assert capsys.readouterr().err == ""
