"""``rateml sweep`` as a user starts it, in processes that the tests hurt, and what an unhurt one gives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import xarray

import rateml
from rateml.results import open_results, read_events, read_manifest, run_folder

MODEL = str(Path(rateml.__file__).parent / "models" / "montbrio.xml")
_MAIN = "from rateml.__main__ import main; main()"


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five regions, asymmetric, with delays from 0 to 60 steps of 0.1 ms at 3 mm/ms."""
    rng = np.random.default_rng(1)
    weights = rng.uniform(0.1, 1.0, (5, 5)) * (rng.random((5, 5)) < 0.7)
    file = tmp_path_factory.mktemp("network") / "five.npz"
    np.savez(file, labels=np.array(list("abcde")), weights=weights, lengths=np.round(rng.uniform(0.0, 18.0, (5, 5)), 2))
    return file


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """A shell ignores SIGINT for what it starts with &, and processes inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@dataclass
class Sweep:
    """A sweep of ``units`` units of about 0.1 MB and, on two cores, a thirtieth of a second each.

    ``prefix`` are words before the command, ``before`` is Python that runs in its process first.
    """

    network: Path
    out: Path
    units: int
    prefix: Sequence[str] = ()
    before: str = ""
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return run_folder(self.out)

    def command(self, *more: str) -> list[str]:
        return [
            *self.prefix, sys.executable, *(("-c", self.before + _MAIN) if self.before else ("-m", "rateml")),
            "sweep", MODEL, "--connectome", str(self.network), "--grid",
            f"eta=-5.2:-4.2:{self.units}", "--trials", "3", "--duration", "4s", "--dt", "0.1ms", "--monitor",
            "tavg:10ms", "--monitor", "stats", "--seed", "11", "--chunk", "3", "--threads", "2", "--yes",
            "-o", str(self.out), *more,
        ]  # fmt: skip

    def start(self, *more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.env},
        )

    def finish(self, *more: str) -> tuple[int, str]:
        """Exit code and everything it said, on one line."""
        return ended(self.start(*more))

    @contextmanager
    def running(self, *more: str) -> Iterator[subprocess.Popen[str]]:
        """The sweep once its first unit of this start is on the disk."""
        before = len(self.recorded())
        process = self.start(*more)
        try:
            wait_until(lambda: process.poll() is not None or len(self.recorded()) > before)
            assert process.poll() is None, process.communicate()
            yield process
        finally:
            process.kill()
            process.communicate()

    def recorded(self, offset: int = 0) -> list[int]:
        """The units that the log says were written, in that order."""
        return [int(str(e["index"])) for e in read_events(self.folder, offset)[0] if e["event"] == "unit"]

    def done(self) -> frozenset[int]:
        return read_manifest(self.folder / "manifest.json").done if self.out.exists() else frozenset()

    def results(self) -> xarray.Dataset:
        with open_results(self.out) as results:
            return results.load()


def ended(process: subprocess.Popen[str], timeout: float = 600) -> tuple[int, str]:
    """Exit code and everything a process said, on one line; fails on a traceback."""
    try:
        told = " ".join(" ".join(process.communicate(timeout=timeout)).split())
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    assert "Traceback" not in told
    assert "Exception" not in told, told
    return process.returncode, told


def wait_until(reached: Callable[[], object], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def listens(process: subprocess.Popen[str]) -> bool:
    """Whether the process has handlers for its signals; before, it is Python's own start that they meet."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (signal.SIGUSR1 - 1) & 1)


@dataclass(frozen=True)
class Bench:
    """Where the tests make sweeps and look at what became of them."""

    network: Path
    folder: Path
    whole: Callable[[int], xarray.Dataset]

    model = MODEL
    ended = staticmethod(ended)
    listens = staticmethod(listens)
    wait_until = staticmethod(wait_until)

    def sweep(self, units: int, name: str = "out", folder: Path | None = None, **given: object) -> Sweep:
        """A sweep into ``name`` in ``folder``, with other fields of Sweep."""
        made = Sweep(self.network, (folder or self.folder) / f"{name}.zarr", units)
        return replace(made, **given)  # type: ignore[arg-type]  # as given

    def same_after_resume(self, sweep: Sweep) -> None:
        """Resume, and assert that nothing recorded is computed again and that the bits are an unhurt run's."""
        offset = read_events(sweep.folder)[1]
        before = sweep.done()
        code, told = sweep.finish("--resume")
        assert code == 0, told
        assert sweep.recorded(offset) == sorted(set(range(sweep.units)) - before, key=sweep.recorded(offset).index)
        self.same(sweep)

    def same(self, sweep: Sweep) -> None:
        """The bits are an unhurt run's, and nothing but the store is left."""
        assert sweep.done() == frozenset(range(sweep.units))
        got, expected = sweep.results(), self.whole(sweep.units)
        assert list(got.variables) == list(expected.variables)
        for name in expected.variables:
            assert got[name].values.tobytes() == expected[name].values.tobytes(), name
        assert sorted(p.name for p in sweep.folder.iterdir() if p.name != "lock.guard") == [
            "control", "events.jsonl", "inputs", "layout.json", "manifest.json",
        ]  # fmt: skip
        assert not list(sweep.out.rglob("*.partial"))


@pytest.fixture(scope="session")
def whole(network: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], xarray.Dataset]:
    """The results of an unhurt run of so many units."""
    made: dict[int, xarray.Dataset] = {}

    def run(units: int) -> xarray.Dataset:
        if units not in made:
            sweep = Sweep(network, tmp_path_factory.mktemp("whole") / "whole.zarr", units)
            code, told = sweep.finish()
            assert code == 0, told
            made[units] = sweep.results()
        return made[units]

    return run


@pytest.fixture
def bench(network: Path, tmp_path: Path, whole: Callable[[int], xarray.Dataset]) -> Bench:
    return Bench(network, tmp_path, whole)
