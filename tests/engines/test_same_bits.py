"""The same bits whatever threads and chunks, and what resuming asks for. Faults are in tests/durability."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import xarray

from rateml.results import open_results, read_events, read_manifest, request, run_folder
from rateml.results.manifest import Manifest

AXES = [("values", "eta=-5,-4.6,1e9,-4.2"), ("grid", "G=0.1:0.5:5")]


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("chunk", [1, 3, 7, None])
def test_threads_and_chunks(simulate: Callable[..., xarray.Dataset], threads: int, chunk: int | None) -> None:
    asked = {"axes": AXES, "trials": 2, "monitors": ["raw", "stats"], "duration": "5", "transient": "1"}
    _assert_same(simulate(threads=threads, chunk=chunk, **asked), simulate(threads=1, **asked))


def _assert_same(got: xarray.Dataset, expected: xarray.Dataset) -> None:
    assert list(got.data_vars) == list(expected.data_vars)
    for name in expected.variables:
        assert got[name].values.tobytes() == expected[name].values.tobytes(), name


class Sweep:
    """``rateml sweep`` as a user starts it, of about ``seconds`` on two cores."""

    def __init__(self, network: Path, folder: Path, seconds: float) -> None:
        model = Path(sys.modules["rateml"].__file__ or "").parent / "models" / "montbrio.xml"
        self.out = folder / "out.zarr"
        self.folder = run_folder(self.out)
        points = max(2, round(seconds * 30))
        self.command = [
            sys.executable, "-m", "rateml", "sweep", str(model), "--connectome", str(network), "--grid",
            f"eta=-5.2:-4.2:{points}", "--trials", "3", "--duration", "4s", "--dt", "0.1ms", "--monitor", "tavg:2ms",
            "--monitor", "stats", "--seed", "11", "--chunk", "3",
        ]  # fmt: skip
        self.units = points

    def start(self, *more: str, out: Path | None = None) -> subprocess.Popen[str]:
        command = [*self.command, "--threads", "2", "-o", str(out or self.out), *more]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self, *more: str, out: Path | None = None) -> tuple[int, str]:
        process = self.start(*more, out=out)
        told = process.communicate(timeout=240)
        return process.returncode, "".join(told)

    @contextmanager
    def running(self, *more: str) -> Iterator[subprocess.Popen[str]]:
        """The sweep once its first unit of this start is on the disk."""
        before = len(self.recorded())
        process = self.start(*more)
        try:
            until = time.monotonic() + 120
            while len(self.recorded()) == before:
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < until
                time.sleep(0.02)
            yield process
        finally:
            process.kill()
            process.communicate()

    def recorded(self) -> list[int]:
        return [int(str(e["index"])) for e in read_events(self.folder)[0] if e["event"] == "unit"]

    def manifest(self) -> Manifest:
        return read_manifest(self.folder / "manifest.json")

    def done(self) -> frozenset[int]:
        return self.manifest().done if self.out.exists() else frozenset()

    def results(self, out: Path | None = None) -> xarray.Dataset:
        with open_results(out or self.out) as results:
            return results.load()


@pytest.fixture
def sweep(network: Path, tmp_path: Path) -> Callable[[float], Sweep]:
    return lambda seconds: Sweep(network, tmp_path, seconds)


def test_another_process_pauses_goes_on_and_cancels(sweep: Callable[[float], Sweep]) -> None:
    one = sweep(40.0)
    with one.running() as process:
        request(one.out, "pause")
        _wait_for(one, {"event": "paused", "paused": True})
        held = _settled(one)
        assert len(held) < one.units, "it went on"
        request(one.out, "run")
        _wait_for(one, {"event": "paused", "paused": False})
        until = time.monotonic() + 120
        while one.done() == held:
            assert time.monotonic() < until
            time.sleep(0.02)
        request(one.out, "cancel")
        _, told = process.communicate(timeout=300)
        assert process.returncode == 75, told
        assert f"stopped as asked; what is done is kept, go on with --resume -o {one.out}" in told
    finished = read_events(one.folder)[0][-1]
    assert (finished["event"], finished["stopped"]) == ("finished", True)
    assert 0 < len(one.done()) < one.units


def _settled(sweep: Sweep) -> frozenset[int]:
    """What is done once nothing more is for two seconds: what was finished before a pause is still being written."""
    until = time.monotonic() + 120
    held, since = sweep.done(), time.monotonic()
    while time.monotonic() - since < 2.0:
        assert time.monotonic() < until
        time.sleep(0.05)
        if (now := sweep.done()) != held:
            held, since = now, time.monotonic()
    return held


def _wait_for(sweep: Sweep, wanted: dict[str, object]) -> None:
    until = time.monotonic() + 60
    while not any(wanted.items() <= e.items() for e in read_events(sweep.folder)[0]):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_resuming_another_run_and_a_finished_one(sweep: Callable[[float], Sweep]) -> None:
    one = sweep(0.2)
    assert one.finish()[0] == 0
    before = {p: p.stat().st_mtime_ns for p in one.out.rglob("*") if p.is_file()}
    code, told = one.finish("--resume", "--seed", "12", "--set", "tau=2", "--chunk", "1")
    assert code == 1
    assert "was made by a different run; choose another -o:" in told
    assert "seed: store has 11, this run has 12" in told
    assert "parameters.tau: store has 1.0, this run has 2.0" in told
    assert "chunk" not in told.split("different run")[1]
    code, told = one.finish("--resume")
    assert (code, "every simulation was done before" in told) == (0, True)
    assert {p: p.stat().st_mtime_ns for p in one.out.rglob("*") if p.is_file()} == before
    code, told = one.finish()
    assert (code, "exists: continue it with --resume, or choose another -o" in told) == (1, True)


@pytest.mark.long
def test_chunk_is_no_part_of_a_runs_identity(sweep: Callable[[float], Sweep], tmp_path: Path) -> None:
    one = sweep(3.0)
    process = one.start()
    until = time.monotonic() + 60
    while not one.done():
        assert time.monotonic() < until
        time.sleep(0.02)
    process.kill()
    process.communicate()
    code, told = one.finish("--resume", "--chunk", "2", "--threads", "1")
    assert code == 0, told
    assert len(one.recorded()) <= one.units
    assert one.finish(out=tmp_path / "whole.zarr")[0] == 0
    _assert_same(one.results(), one.results(tmp_path / "whole.zarr"))


@pytest.mark.long
def test_force_resumes_over_other_versions_only(sweep: Callable[[float], Sweep]) -> None:
    one = sweep(0.2)
    assert one.finish()[0] == 0
    path = one.folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    manifest["identity"]["versions"]["numba"] = "0.1"
    manifest["done"] = []
    path.write_text(json.dumps(manifest), encoding="utf-8")
    code, told = one.finish("--resume")
    assert (code, "versions.numba: store has 0.1" in told, "add --force" in told) == (1, True, True)
    assert one.finish("--resume", "--force", "--seed", "12")[0] == 1
    assert one.finish("--resume", "--force")[0] == 0
    assert np.isfinite(one.results().stats_mean).all()
