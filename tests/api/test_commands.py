"""The command line of a request asks for that request."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rateml import api
from rateml.request.settings import Request
from rateml.results import read_manifest, run_folder

MODEL = api.shipped_model("montbrio")


def _identity(store: Path) -> object:
    return read_manifest(run_folder(store) / "manifest.json").identity


@pytest.mark.long
def test_a_request_and_its_command_line_make_the_same_run(tmp_path: Path) -> None:
    request = Request(
        axes=(("values", "tau=1,2"), ("log-grid", "Delta=0.5:2:2")), set=("J=14", "eta=-5"), duration="2 ms",
        transient="1 ms", dt="0.1ms", scheme="euler", monitors=("stats:V", "tavg:1ms"), noise="common", seed=7,
        trials=2, precision="float32", init=("r=0.1",),
    )  # fmt: skip
    one, two, three = (tmp_path / f"{n}.zarr" for n in (1, 2, 3))
    words = api.command_line(MODEL, "synthetic:4:0", request, one, threads=1)
    assert words[:3] == ("rateml", "sweep", str(MODEL))
    subprocess.run([sys.executable, "-m", *words, "-q"], check=True, timeout=120)
    job = api.prepare(MODEL, "synthetic:4:0", request)
    for _ in api.execute(job, two, api.make_engine("cpu", 1)):
        pass
    assert _identity(one) == _identity(two)
    subprocess.run([sys.executable, "-m", *api.reproducing(one, three), "-q"], check=True, timeout=120)
    assert _identity(one) == _identity(three)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((), marks=pytest.mark.long),
        ("--monitor", "stats", "--point", "3", "--trial", "1", "--set", "eta=-5", "--noise", "common"),
    ],
)
def test_a_single_run_is_made_again_as_one(options: tuple[str, ...], tmp_path: Path) -> None:
    one, two = tmp_path / "1.zarr", tmp_path / "2.zarr"
    words = ["rateml", "run", str(MODEL), "--connectome", "synthetic:4:0", "--duration", "2 ms", *options]
    subprocess.run([sys.executable, "-m", *words, "-o", str(one), "-q"], check=True, timeout=120)
    again = api.reproducing(one, two)
    assert again[:2] == ("rateml", "run")
    subprocess.run([sys.executable, "-m", *again, "-q"], check=True, timeout=120)
    assert _identity(one) == _identity(two)


def test_defaults_are_left_out(tmp_path: Path) -> None:
    words = api.command_line(MODEL, None, Request(axes=(("grid", "eta=-5:-4:3"),)), tmp_path / "o.zarr")
    assert words[3:] == ("--grid", "eta=-5:-4:3", "-o", str(tmp_path / "o.zarr"))


def test_other_engines_and_devices_are_named(tmp_path: Path) -> None:
    words = api.command_line(MODEL, None, Request(trials=2), tmp_path, engine="cuda", devices="all", rows="source")
    assert words[3:-2] == ("--connectome-rows", "source", "--devices", "all", "--engine", "cuda", "--trials", "2")
