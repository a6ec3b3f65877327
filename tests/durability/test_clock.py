"""The clock on the wall jumps, and the machine sleeps: durations are those of a clock that does neither."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from rateml.results import read_events

_JUMPS = """
import random, time
real, chance = time.time, random.Random(1)
time.time = lambda: real() + chance.choice((-1e7, -3600.0, 0.0, 3600.0, 1e7))
"""

_SLEEP = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds)
"""
"""Python sleeps until a time of a clock that does not jump: libfaketime refuses that with EINVAL."""


def _assert_sane(bench, sweep, seconds: float) -> None:
    """Rates, times left and durations are those of the run."""
    events, _ = read_events(sweep.folder)
    for event in events:
        if event["event"] == "metrics":
            assert 0 <= float(str(event["rate"])) < 1e9
            assert event["left"] is None or 0 <= float(str(event["left"])) < 1e5
    finished = [float(str(e["seconds"])) for e in events if e["event"] == "finished"]
    assert all(0 < each <= seconds for each in finished)


def _assert_refused(sweep, running: subprocess.Popen[str], seconds: float = 0.0) -> None:
    """A run that sleeps for that long keeps its store."""
    running.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    code, told = sweep.finish("--resume")
    assert (code, f"is in use by process {running.pid} on " in told) == (1, True), told
    running.send_signal(signal.SIGCONT)


@pytest.mark.long
def test_a_clock_that_jumps_at_every_look(bench) -> None:
    began = time.monotonic()
    sweep = bench.sweep(150, before=_JUMPS)
    with sweep.running("--time-limit", "1h") as process:
        _assert_refused(sweep, process)
        code, told = bench.ended(process)
        assert code == 0, told
    _assert_sane(bench, sweep, time.monotonic() - began)
    bench.same(sweep)


@pytest.mark.long
def test_a_system_clock_that_jumps(bench, tmp_path: Path) -> None:
    library = next(Path("/usr").glob("lib*/**/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        pytest.skip("needs libfaketime (apt install faketime)")
    now = tmp_path / "now"
    fake = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(now), "FAKETIME_NO_CACHE": "1"}
    now.write_text("+0\n")
    began = time.monotonic()
    fake |= {"DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    sweep = bench.sweep(600, before=_SLEEP, env=fake)
    with sweep.running("--time-limit", "2h") as process:
        for shift in ("+1h", "-3d", "+400d", "+0"):
            now.write_text(f"{shift}\n")
            time.sleep(0.5)
            _assert_refused(sweep, process)
        process.kill()
    now.write_text("-10y\n")
    with sweep.running("--resume", "--time-limit", "2h") as process:
        now.write_text("+10y\n")
        code, told = bench.ended(process)
        assert code == 0, told
    stamps = {str(e["time"])[:4] for e in read_events(sweep.folder)[0]}
    assert len(stamps) >= 3, "the clock did not jump"
    _assert_sane(bench, sweep, time.monotonic() - began)
    bench.same(sweep)


@pytest.mark.long
def test_a_process_that_sleeps(bench) -> None:
    sweep = bench.sweep(300)
    chance = random.Random(5)
    with sweep.running() as process:
        for seconds in (0.5, 4.0, 33.0, 1.0):
            _assert_refused(sweep, process, seconds)
            time.sleep(chance.uniform(0.0, 0.3))
        code, told = bench.ended(process)
        assert code == 0, told
    bench.same(sweep)


@pytest.mark.long
def test_a_time_limit_that_passes_in_sleep(bench) -> None:
    sweep = bench.sweep(6000)
    with sweep.running("--time-limit", "40s") as process:
        process.send_signal(signal.SIGSTOP)
        time.sleep(41)
        process.send_signal(signal.SIGCONT)
        code, told = bench.ended(process, 60)
    assert code == 75, told
    assert f"stopped by --time-limit 40s; what is done is kept, go on with --resume -o {sweep.out}" in told
