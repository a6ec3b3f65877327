"""Ctrl-C, SIGTERM, SIGUSR1 and ``--time-limit``, at any moment of any command."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from rateml.results import read_events

CODES = {"SIGINT": 130, "SIGTERM": 75, "SIGUSR1": 75}
SOON = 30.0
"""Seconds that no stop may take on a busy machine; `benchmarks/stopping.py` measures what it takes."""

_STUCK = """
import hashlib
from rateml.engines.group import Kernels
Kernels.compile = lambda self: hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)
"""
"""Compiled code that runs for minutes and does not look at signals."""

_HALF_MADE = """
import signal
from rateml.engines import cpu
class Half:
    def __init__(self):
        signal.raise_signal(signal.SIGTERM)
        self.pointer = 1
    def __del__(self):
        self.pointer
def half(_):
    try:
        Half()
    except KeyboardInterrupt as stop:
        raise stop.with_traceback(None)
cpu.undisturbed = half
"""
"""The signal finds an object half made, as one of llvmlite's, which then complains as it goes."""

_PATIENT = "from rateml.cli import stopping; stopping.PATIENCE = 100.0\n"
"""However busy the machine is, the run may finish what it writes."""


def _words(name: str) -> str:
    return "interrupted" if name == "SIGINT" else f"stopped by {name}"


@pytest.mark.parametrize("name", ["SIGINT", *(pytest.param(n, marks=pytest.mark.long) for n in ("SIGTERM", "SIGUSR1"))])
def test_a_signal_keeps_what_is_done(bench, name: str) -> None:
    sweep = bench.sweep(150, before=_PATIENT)
    with sweep.running() as process:
        process.send_signal(getattr(signal, name))
        code, told = bench.ended(process, SOON)
    assert code == CODES[name], told
    assert told.endswith(f"error: {_words(name)}; what is done is kept, go on with --resume -o {sweep.out}"), told
    assert sweep.done()
    assert not (sweep.folder / "lock").exists()
    assert read_events(sweep.folder)[0][-1]["event"] == "interrupted"
    bench.same_after_resume(sweep)


@pytest.mark.long
def test_code_that_does_not_let_itself_be_interrupted(bench) -> None:
    sweep = bench.sweep(150, before=_STUCK)
    process = sweep.start()
    bench.wait_until(lambda: any(e["event"] == "planned" for e in read_events(sweep.folder)[0]))
    process.send_signal(signal.SIGTERM)
    code, told = bench.ended(process, SOON)
    assert code == 75
    assert told.endswith(f"error: stopped by SIGTERM; what is done is kept, go on with --resume -o {sweep.out}"), told
    bench.same_after_resume(bench.sweep(150))


def test_an_object_that_is_half_made_goes_without_a_word(bench) -> None:
    sweep = bench.sweep(150, before=_HALF_MADE)
    code, told = sweep.finish()
    assert code == 75
    assert told.endswith(f"error: stopped by SIGTERM; what is done is kept, go on with --resume -o {sweep.out}"), told


def test_a_scratch_folder_goes_as_well(bench, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    start = _STUCK + "from rateml.__main__ import main; main()"
    command = [sys.executable, "-c", start, "run", bench.model, "--connectome", str(bench.network)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(scratch)}
    )
    bench.wait_until(lambda: list(scratch.glob("rateml-run-*/run.zarr")) or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    code, told = bench.ended(process, SOON)
    assert (code, told.endswith("error: interrupted")) == (130, True), told
    assert not list(scratch.glob("rateml-run-*"))


@pytest.mark.long
def test_a_signal_that_the_parent_ignores_stays_ignored(bench) -> None:
    sweep = bench.sweep(150, prefix=("sh", "-c", 'trap "" INT; exec "$@"', "sh"))
    with sweep.running() as process:
        process.send_signal(signal.SIGINT)
        code, told = bench.ended(process, 120)
    assert code == 0, told
    bench.same(sweep)


def test_a_time_limit(bench) -> None:
    sweep = bench.sweep(6000)
    code, told = sweep.finish("--time-limit", "3s")
    assert code == 75
    assert told.endswith(
        f"error: stopped by --time-limit 3s; what is done is kept, go on with --resume -o {sweep.out}"
    ), told
    code, told = sweep.finish("--resume", "--time-limit", "0.01s")
    assert (code, "stopped by --time-limit 0.01s" in told) == (75, True), told


@pytest.mark.long
@pytest.mark.parametrize(("times", "name"), [(50, "SIGINT"), (5, "SIGTERM")])
def test_random_moments_of_everything(bench, tmp_path: Path, times: int, name: str) -> None:
    """Start-up, planning, compiling, simulating, a dry run and drawing; each start resumes the last one's store."""
    chance = random.Random(times)
    sweep = bench.sweep(1500)
    code, told = bench.sweep(2, "drawn").finish()
    assert code == 0, told
    picture = tmp_path / "map.png"
    drawing = [sys.executable, "-m", "rateml", "plot", str(tmp_path / "drawn.zarr"), "-o", str(picture)]
    stopped = 0
    for turn in range(times):
        kind = turn % 5
        command = drawing if kind == 3 else sweep.command("--resume", *(("--dry-run",) if kind == 4 else ()))
        cold = {"RATEML_CACHE_DIR": str(tmp_path / f"cold-{turn}")} if kind == 1 else {}
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **cold}
        )
        bench.wait_until(partial(bench.listens, process))
        time.sleep(chance.uniform(0.0, (6.0, 10.0, 2.0, 1.2, 3.0)[kind]))
        process.send_signal(getattr(signal, name))
        code, told = bench.ended(process, SOON)
        if code != 0:  # it was faster than the signal
            assert code == CODES[name], told
            assert f"error: {_words(name)}" in told
            stopped += 1
        if kind == 3 and picture.exists():
            assert picture.read_bytes().endswith(b"IEND\xaeB`\x82")
            picture.unlink()
        assert not list(tmp_path.glob("*.png"))
    assert stopped >= times // 2
    bench.same_after_resume(sweep)
