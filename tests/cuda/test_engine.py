"""Engine cuda from a request to a store, on the emulated device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray
from comparing import MODELS
from emulation import Emulated, HostCode, needs_compiler
from numpy.typing import NDArray

import rateml
from rateml import api
from rateml.cli.app import run
from rateml.engines import choose
from rateml.engines.cpu import CpuEngine
from rateml.engines.cuda.engine import CudaEngine
from rateml.engines.events import Finished, Metrics
from rateml.engines.job import Job
from rateml.errors import EngineUnavailable
from rateml.request.settings import Request
from rateml.results import open_results, request, run_folder
from rateml.results.manifest import read_manifest
from rateml.standalone import gpu, nvcc
from rateml.standalone.plan import Plan

pytestmark = needs_compiler

MODEL = MODELS / "montbrio.xml"
CONNECTOME = "synthetic:9:1,diag=0,scale=max"
REQUEST = Request(
    axes=(("grid", "G=0.2:0.6:3"), ("values", "speed=3,10")), trials=2, duration="6 ms", transient="1 ms",
    monitors=("stats", "tavg:1ms", "fc:tavg:0.5ms:r"), seed=5,
)  # fmt: skip


REQUEST_SIMULATIONS = 12


def _job(engine: CpuEngine) -> Job:
    return api.prepare(MODEL, CONNECTOME, REQUEST, chunk=1, target=api.target_of(engine.name))


def _stored(engine: CpuEngine, out: Path, *, resume: bool = False) -> xarray.Dataset:
    for _ in api.execute(_job(engine), out, engine, resume=resume):
        pass
    with open_results(out) as results:
        return results.load().drop_attrs()


@pytest.fixture
def engine(device: Callable[..., Emulated]) -> CudaEngine:
    return CudaEngine([device()])


def test_a_store_equals_that_of_engine_cpu(engine: CudaEngine, tmp_path: Path) -> None:
    expected, found = _stored(CpuEngine(2), tmp_path / "cpu.zarr"), _stored(engine, tmp_path / "cuda.zarr")
    assert (found.status == 0).all()
    xarray.testing.assert_allclose(found, expected, rtol=1e-9)
    identity = read_manifest(run_folder(tmp_path / "cuda.zarr") / "manifest.json").identity
    assert identity["engine"] == "cuda"
    assert {"gpu": "emulated", "capability": "0.0", "compiler": "g++"}.items() <= identity["features"].items()


class OneByOne(CudaEngine):
    """A group ends before the next begins."""

    abreast = 1


class Failing(Emulated):
    """A device that is gone when the second group of simulations begins."""

    begun = 0

    def load(self, source: str, plan: Plan, origins: Mapping[int, str]) -> HostCode:
        code, prepare = super().load(source, plan, origins), super().load(source, plan, origins).prepare

        def begin(record: NDArray[np.uint64], workers: int) -> None:
            self.begun += 1
            if self.begun > 1:
                raise EngineUnavailable("the GPU is gone")
            prepare(record, workers)

        code.prepare = begin  # type: ignore[method-assign]  # fails as a driver does
        return code


def test_resuming_gives_the_same_bits(engine: CudaEngine, libraries: Path, tmp_path: Path) -> None:
    expected = _stored(engine, tmp_path / "whole.zarr")
    failing = OneByOne([Failing(libraries)])
    with pytest.raises(EngineUnavailable, match="the GPU is gone"):
        _stored(failing, tmp_path / "cut.zarr")
    with open_results(tmp_path / "cut.zarr") as cut:
        assert {*cut.status.values.ravel()} == {0, 255}
    xarray.testing.assert_identical(_stored(engine, tmp_path / "cut.zarr", resume=True), expected)


def test_cancelling_stops_and_keeps_what_is_done(engine: CudaEngine, tmp_path: Path) -> None:
    """Whenever the command comes, a resumed run ends with the same bits."""
    expected = _stored(engine, tmp_path / "whole.zarr")
    out = tmp_path / "cut.zarr"
    with closing(api.execute(_job(engine), out, engine)) as events:
        for event in events:
            if isinstance(event, Metrics):
                request(out, "cancel")
            if isinstance(event, Finished):
                assert event.stopped or event.simulations == REQUEST_SIMULATIONS
    xarray.testing.assert_identical(_stored(engine, out, resume=True), expected)


def test_two_devices_give_the_bits_of_one(device: Callable[..., Emulated], engine: CudaEngine, tmp_path: Path) -> None:
    two = CudaEngine([device(), device(backwards=True)])
    assert two.threads == 2
    xarray.testing.assert_identical(_stored(two, tmp_path / "two.zarr"), _stored(engine, tmp_path / "one.zarr"))


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch, device: Callable[..., Emulated]) -> list[Emulated]:
    """What the command line finds: two devices."""
    found = [device(), device()]
    monkeypatch.setattr(choose, "find_gpus", lambda numbers: [found[k] for k in (numbers or range(2))])
    return found


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def call(*words: object) -> tuple[int, str]:
        capsys.readouterr()
        code = run([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, " ".join((out + err).split())

    return call


SWEEP = (
    "sweep", MODEL, "--connectome", CONNECTOME, "--values", "G=0.2,0.6", "--trials", "2", "--duration", "3 ms",
    "--monitor", "raw", "--engine", "cuda",
)  # fmt: skip


def test_the_command_line(cli: Callable[..., tuple[int, str]], gpus: list[Emulated], tmp_path: Path) -> None:
    out = tmp_path / "o.zarr"
    code, text = cli(*SWEEP, "-o", out, "--devices", "all", "--verbose")
    assert (code, "engine cuda, 2 GPUs (emulated)" in text, "time-blocked path" in text) == (0, True, True), text
    assert "on each GPU" in text
    assert cli(*SWEEP, "-o", out, "--resume")[0] == 0
    code, text = cli(*[w if w != "cuda" else "cpu" for w in SWEEP], "-o", out, "--resume")
    assert (code, "engine: store has cuda, this run has cpu" in text) == (1, True)
    gpus[0].compiler = "another"
    code, text = cli(*SWEEP, "-o", out, "--resume")
    assert (code, "features.compiler: store has g++, this run has another" in text) == (1, True)
    code, text = cli(*SWEEP, "-o", out, "--resume", "--force")
    assert (code, "every simulation was done before" in text) == (0, True)


def test_a_dry_run_measures(cli: Callable[..., tuple[int, str]], gpus: list[Emulated], tmp_path: Path) -> None:
    code, text = cli(*SWEEP, "-o", tmp_path / "o.zarr", "--dry-run")
    assert code == 0
    assert "of 268 MB free" in text
    assert "measured just now" in text
    assert not (tmp_path / "o.zarr").exists()


def test_replaying_takes_the_engine_of_the_store(
    cli: Callable[..., tuple[int, str]], gpus: list[Emulated], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, one = tmp_path / "o.zarr", tmp_path / "one.zarr"
    assert cli(*SWEEP, "-o", out)[0] == 0
    more = ("--monitor", "raw", "--monitor", "stats", "--monitor", "tavg:1ms")
    code, text = cli("replay", out, "--sel", "G=0.6,trial=1", *more, "-o", one)
    assert (code, "engine cuda" in text) == (0, True), text
    with open_results(out) as whole, open_results(one) as single:
        np.testing.assert_array_equal(single.raw.values, whole.raw.sel(G=0.6, trial=1).values)
    monkeypatch.undo()
    monkeypatch.setattr(gpu, "lacking", lambda: "engine cuda finds no GPU")
    code, text = cli("replay", out, "--sel", "G=0.6,trial=1")
    assert (code, "was made by engine cuda, and only that replays it: engine cuda finds no GPU" in text) == (3, True)


def test_doctor_lists_the_gpus(
    cli: Callable[..., tuple[int, str]], gpus: list[Emulated], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu, "lacking", lambda: None)
    monkeypatch.setattr(gpu, "find_gpus", lambda: gpus)
    monkeypatch.setattr(nvcc, "toolkit", lambda: "nvcc 13.0")
    code, text = cli("doctor")
    told = "1: emulated, compute capability 0.0, 1 multiprocessor, 268 MB free"
    assert (code, "engine cuda: works, 2 GPUs, nvcc 13.0" in text, told in text) == (0, True, True), text


def test_from_python(gpus: list[Emulated]) -> None:
    given = {"monitors": "stats", "duration": "3 ms", "seed": 3}
    on_cpu = rateml.Simulator(MODEL, CONNECTOME, sweep="G", **given)([0.2, 0.6])
    simulator = rateml.Simulator(MODEL, CONNECTOME, sweep="G", engine="cuda", devices=[0, 1], **given)
    on_gpu = simulator([0.2, 0.6])
    xarray.testing.assert_allclose(on_gpu, on_cpu, rtol=1e-9)
    swept = rateml.sweep(MODEL, CONNECTOME, points={"G": [0.2, 0.6]}, engine="cuda", **given)
    xarray.testing.assert_identical(swept.drop_attrs(), on_gpu.drop_attrs())
    with pytest.raises(rateml.UsageError, match="did you mean 'cuda'"):
        rateml.sweep(MODEL, CONNECTOME, engine="cuda ")


def test_what_does_not_fit_is_refused_with_a_way_out(
    cli: Callable[..., tuple[int, str]], gpus: list[Emulated], tmp_path: Path
) -> None:
    for found in gpus:
        found.limits = replace(found.limits, memory=10**6)
    code, text = cli(*SWEEP, "-o", tmp_path / "o.zarr")
    assert (code, "are free there: end what else runs there" in text) == (1, True)


def test_gpus_that_differ_are_refused(
    cli: Callable[..., tuple[int, str]], gpus: list[Emulated], tmp_path: Path
) -> None:
    gpus[1].limits = replace(gpus[1].limits, name="another")
    code, text = cli(*SWEEP, "--devices", "0,1", "-o", tmp_path / "o.zarr")
    assert (
        code,
        "these GPUs differ, and with them the last bits of results: another (0.0), emulated (0.0)" in text,
    ) == (3, True)
    assert cli(*SWEEP, "--devices", "1", "-o", tmp_path / "o.zarr")[0] == 0
