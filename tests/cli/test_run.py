"""What ``run`` and ``sweep`` say before and after, and how they stop and go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from rateml import api
from rateml.results import open_results

SMALL = ("--connectome", "synthetic:4:0", "--duration", "5ms", "--dt", "0.1ms")


def test_messages_hold_no_pictures(cli, montbrio: Path) -> None:
    told = cli("run", montbrio, *SMALL, "--monitor", "raw:v:")
    assert "--monitor raw:v:" in told.text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--plot", "p.txt"), "--plot p.txt: its name must end in one of .pdf, .png, .svg"),
        (("--plot", "nowhere/p.png"), "--plot nowhere/p.png: there is no folder nowhere"),
        (("--plot", "p.png", "--monitor", "stats"), "--plot draws time series and matrices, and none is recorded"),
        (("--resume",), "--resume: say which store to go on with"),
    ],
)
def test_refused_before_the_simulation(cli, montbrio: Path, tmp_path: Path, monkeypatch, words, message) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(api, "execute", lambda *_, **__: pytest.fail("it ran"))
    told = cli("run", montbrio, *SMALL, *words)
    assert (told.code, message in told.text) == (1, True), told.text


def test_quiet_still_warns(cli, montbrio: Path) -> None:
    told = cli("run", montbrio, "--duration", "1ms", "--dt", "0.1ms", "--set", "eta=-11", "-q")
    assert told.code == 0
    assert "warning: no --connectome given: using synthetic:68:0, a made-up network" in told.text
    assert "warning: --set eta=-11: -11 is outside the range" in told.text


def test_a_sweep_out_of_range_gets_no_advice_about_dt(cli, montbrio: Path, tmp_path: Path) -> None:
    told = cli("sweep", montbrio, *SMALL, "--values", "J=-1e9,14.5", "-o", tmp_path / "o.zarr")
    assert told.code == 0
    assert "1 of 2 simulations diverged (status 1); at point 0 (J=-1e+09)" in told.text
    assert "see the warnings above" in told.text
    assert "smaller --dt" not in told.text


def test_one_is_no_plural(cli, montbrio: Path, tmp_path: Path) -> None:
    told = cli("sweep", montbrio, *SMALL, "--values", "G=0.1", "--threads", "1", "-o", tmp_path / "o.zarr")
    assert "1 point, 50 steps" in told.text
    assert "(1 value)" in told.text
    assert "1 thread" in told.text
    assert not any(f"1 {thing}s" in told.text.replace("71 ", "") for thing in ("point", "thread", "value"))
    assert "1 simulation in " in told.text


def test_a_trial_of_a_sweep_again(cli, montbrio: Path, tmp_path: Path) -> None:
    sweep = ("sweep", montbrio, *SMALL, "--values", "eta=-5,-4", "--trials", "3", "--monitor", "raw")
    assert cli(*sweep, "-o", tmp_path / "s.zarr").code == 0
    run = ("run", montbrio, *SMALL, "--set", "eta=-4", "--point", "1", "--trial", "2", "--monitor", "raw")
    assert cli(*run, "-o", tmp_path / "r.zarr").code == 0
    one, all_ = open_results(tmp_path / "r.zarr"), open_results(tmp_path / "s.zarr")
    np.testing.assert_array_equal(one.raw, all_.raw.isel(eta=1, trial=2))
    told = cli(*run, "--trial", "1", "-o", tmp_path / "r.zarr", "--resume")
    assert (told.code, "first_trial: store has 2, this run has 1" in told.text) == (1, True)


def test_the_identity_is_what_options_come_to(cli, montbrio: Path, tmp_path: Path) -> None:
    sweep = ("sweep", montbrio, *SMALL, "--values", "G=0.1", "-o", tmp_path / "o.zarr")
    assert cli(*sweep).code == 0
    same = ("--set", "J=14.5", "--set", "eta[lh-001]=-4.6", "--connectome", "synthetic:4:0,scale=none")
    told = cli(*sweep, *same, "--monitor", "stats:r,V", "--resume")
    assert (told.code, "every simulation was done before" in told.text) == (0, True), told.text
    told = cli(*sweep, "--set", "J=14", "--resume")
    assert (told.code, "parameters.J: store has 14.5, this run has 14" in told.text) == (1, True)


def test_a_store_says_what_was_run(cli, montbrio: Path, tmp_path: Path) -> None:
    words = ("--values", "G=0.1,0.2", "--set", "speed=inf", "--transient", "1ms", "-o", tmp_path / "o.zarr")
    assert cli("sweep", montbrio, *SMALL, *words).code == 0
    attrs = open_results(tmp_path / "o.zarr").attrs
    assert (attrs["duration"], attrs["transient"], attrs["monitors"]) == (5.0, 1.0, ["stats:r,V"])
    assert (attrs["swept"], attrs["speeds"]) == (["G"], {"long_range": "inf"})
    assert attrs["parameters"]["tau"] == 1.0
    assert "long_range.G" not in attrs["parameters"]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGUSR1"])
def test_the_system_asks_for_the_end(montbrio: Path, tmp_path: Path, name: str, process) -> None:
    out = tmp_path / "r.zarr"
    command = ("run", montbrio, "--connectome", "synthetic:8:0", "--duration", "300s", "--monitor", "stats", "-o", out)
    running = subprocess.Popen(
        [sys.executable, "-m", "rateml", *map(str, command)], stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    try:
        until = time.monotonic() + 100
        while not any(b'"compiled"' in f.read_bytes() for f in tmp_path.glob("*/events*")) and running.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.05)
        running.send_signal(getattr(signal, name))
        _, told = running.communicate(timeout=300)
    finally:
        running.kill()
    assert running.returncode == 75, told
    assert f"stopped by {name}; what is done is kept, go on with --resume -o {out}" in told
    assert "Traceback" not in told


def test_run_goes_on(cli, montbrio: Path, tmp_path: Path) -> None:
    run = ("run", montbrio, *SMALL, "-o", tmp_path / "r.zarr")
    before = signal.getsignal(signal.SIGTERM)
    assert cli(*run).code == 0
    assert signal.getsignal(signal.SIGTERM) == before
    told = cli(*run, "--resume")
    assert (told.code, "tavg r: " in told.out) == (0, True)
