"""The driver beside the kernels, run as a program without rateml: its results are those of engine cuda."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from comparing import MODELS
from emulation import Emulated, needs_compiler

from rateml import api
from rateml.codegen.targets.cuda.driver import MODULES
from rateml.connectome import load_connectome, write_npz
from rateml.engines.cuda.engine import CudaEngine
from rateml.request.settings import Request
from rateml.results import open_results

STUB = Path(__file__).parent / "stub"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "network.npz"
    write_npz(load_connectome("synthetic:9:1,diag=0,scale=max"), path)
    return path


@pytest.fixture
def built(tmp_path: Path) -> Callable[[str], Path]:
    """The driver of a model, beside its kernels."""

    def build(model: str) -> Path:
        paths = api.build(MODELS / f"{model}.xml", "cuda").write(tmp_path / "generated")
        return next(path for path in paths if path.name.endswith("_driver.py"))

    return build


@pytest.fixture
def run() -> Run:
    """A driver as a program of its own, which finds numpy and the stub of pycuda but not rateml."""

    def call(driver: Path, *words: object, stub: bool = True) -> subprocess.CompletedProcess[str]:
        hide = "import sys; sys.modules['rateml'] = None; sys.argv = sys.argv[1:]; import runpy; "
        hide += "runpy.run_path(sys.argv[0], run_name='__main__')"
        paths = {"PYTHONPATH": str(STUB), "PATH": f"{STUB / 'bin'}:{os.environ['PATH']}"} if stub else {}
        command = [sys.executable, "-W", "error", "-c", hide, str(driver), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **paths})

    return call


SWEEPS = {
    "montbrio": (
        ("--grid", "G=0.2:0.6:2", "--values", "speed=3,10", "--trials", "2", "--set", "eta=-4.5", "--seed", "5",
         "--duration", "3ms", "--transient", "1ms", "--monitor", "stats:V", "--monitor", "tavg:1ms"),
        Request(axes=(("grid", "G=0.2:0.6:2"), ("values", "speed=3,10")), trials=2, set=("eta=-4.5",), seed=5,
                duration="3 ms", transient="1 ms", monitors=("stats:V", "tavg:1ms")),
    ),
    "kuramoto": (
        ("--values", "a=0.1,0.4", "--duration", "20ms", "--dt", "0.5ms", "--precision", "float32", "--noise", "common"),
        Request(axes=(("values", "a=0.1,0.4"),), duration="20 ms", dt="0.5 ms", precision="float32", noise="common"),
    ),
}  # fmt: skip


@needs_compiler
@pytest.mark.parametrize("model", SWEEPS)
def test_its_results_are_those_of_the_engine(
    model: str, network: Path, built: Callable[[str], Path], run: Run, device: Callable[..., Emulated], tmp_path: Path
) -> None:
    """Bit for bit."""
    words, request = SWEEPS[model]
    out = tmp_path / "out.npz"
    done = run(built(model), "--connectome", network, *words, "-o", out)
    assert done.returncode == 0, done.stderr
    for told in ("simulation steps/s", "effective bandwidth", "% of the measured peak", "path: "):
        assert told in done.stdout
    job = api.prepare(MODELS / f"{model}.xml", str(network), request, target="cuda")
    for _ in api.execute(job, tmp_path / "out.zarr", CudaEngine([device()])):
        pass
    with open_results(tmp_path / "out.zarr") as expected, np.load(out) as found:
        compared = {name for name in expected.data_vars if name in found}
        assert {"stats_mean", "stats_var", "status", "diverged_at"} <= compared
        assert ("tavg" in compared) == (model == "montbrio")
        for name in (*compared, "region", *(axis for _, text in request.axes for axis in [text.split("=")[0]])):
            np.testing.assert_array_equal(found[name], expected[name].values, strict=name in compared, err_msg=name)
        assert np.isfinite(found["stats_mean"]).all()
        assert found["stats_mean"].std() > 0
        if model == "montbrio":
            np.testing.assert_array_equal(found["time"], expected.time.values)


@needs_compiler
def test_a_log_is_told_how_far_it_is(network: Path, built: Callable[[str], Path], run: Run, tmp_path: Path) -> None:
    driver = built("montbrio")
    words = ("--connectome", network, "--values", "G=1,2", "--duration", "5ms", "-o", tmp_path / "out.npz")
    assert run(driver, *words).stderr == "", "a minute is not over"
    text = driver.read_text()
    assert text.count("LOG_SECONDS = 60.0\n") == 1
    driver.write_text(text.replace("LOG_SECONDS = 60.0\n", "LOG_SECONDS = 0.0\n"))
    told = run(driver, *words, "--overwrite").stderr.splitlines()
    assert re.fullmatch(r"simulations 0 to 1: step (\d+) of \1", told[-1]), told


@needs_compiler
def test_what_nvcc_refuses_names_the_line_of_the_model(network: Path, built, run: Run, tmp_path: Path) -> None:
    driver = built("montbrio")
    kernel = driver.parent / "montbrio_pazo_roxin.cu"
    lines = kernel.read_text().splitlines()
    at = next(k for k, line in enumerate(lines) if "pitr =" in line)
    lines[at] = lines[at].replace("pitr =", "pitr = nonsense +")
    kernel.write_text("\n".join(lines))
    done = run(driver, "--connectome", network, "--values", "G=1", "-o", tmp_path / "out.npz")
    assert done.returncode == 1
    assert f"line {at + 1}: " in done.stderr
    assert 'montbrio.xml, line 34: <DerivedVariable name="pitr"' in done.stderr


def test_help_and_what_is_refused(network: Path, built, run: Run, tmp_path: Path) -> None:
    driver = built("montbrio")
    done = run(driver, "--help")
    assert done.returncode == 0
    assert "Parameters: tau, I, Delta, J, eta, cr, cv, D_r, D_V, long_range.G, speed." in " ".join(done.stdout.split())
    given = ("--connectome", network, "-o", tmp_path / "out.npz")
    for words, told in (
        (("--grid", "eat=0:1:2"), "there is no parameter 'eat'; did you mean 'eta'?"),
        (("--grid", "eta=0:1"), "write it as --grid NAME=LO:HI:N"),
        (("--values", "eta=1,1"), "a value stands twice"),
        (("--values", "eta=1", "--set", "eta=2"), "eta is swept"),
        (("--set", "speed=0"), "must be above 0"),
        (("--trials", "0"), "--trials between 1 and 65536"),
        (("--grid", "eta=0:1:²"), "write it as --grid NAME=LO:HI:N"),
        (("--monitor", "tavg:r:1ms"), "write stats[:VAR,...] or tavg"),
        (("--duration", "1.03ms"), "no whole number of steps of 0.05 ms; the nearest is 1.05"),
        (("--duration", "long"), "'long' is no time"),
        (("--monitor", "bold"), "write stats[:VAR,...] or tavg"),
        (("--monitor", "stats:x"), "the model exposes r, V"),
        (("--connectome", tmp_path / "none.npz"), "there is no such file"),
    ):
        done = run(driver, *given, *words)
        assert (done.returncode, told in done.stderr) == (1, True), (words, done.stderr)
    (driver.parent / "montbrio_pazo_roxin.cu").unlink()
    done = run(driver, *given)
    assert (done.returncode, "keep it beside the driver" in done.stderr) == (1, True)
    done = run(driver, *given, "--precision", "float32", stub=False)
    assert (done.returncode, "pycuda" in done.stderr) == (3, True)


@needs_compiler
def test_one_simulation_needs_no_axis_and_what_is_written_is_kept(network: Path, built, run: Run, tmp_path) -> None:
    driver, out = built("montbrio"), tmp_path / "out.npz"
    words = ("--connectome", network, "--duration", "1ms", "--monitor", "stats:r", "--monitor", "tavg:0.5ms")
    done = run(driver, *words, "-o", out)
    assert done.returncode == 0, done.stderr
    with np.load(out) as found:
        assert (found["status"].shape, found["stats_mean"].shape, found["tavg"].shape) == ((), (1, 9), (2, 2, 9))
    held, matrices = out.read_bytes(), network.read_bytes()
    for given, told in (
        (("-o", out), "out.npz exists: choose another -o, or add --overwrite"),
        (("-o", network, "--overwrite"), "is the connectome"),
        (("-o", tmp_path / "none" / "out.npz"), "No such file or directory; choose another place with -o"),
        (("-o", tmp_path / "out"), "must end in .npz"),
    ):
        done = run(driver, *words, *given)
        assert (done.returncode, told in done.stderr) == (1, True), (given, done.stderr)
    assert (out.read_bytes(), network.read_bytes()) == (held, matrices)
    assert run(driver, *words, "--seed", "1", "-o", out, "--overwrite").returncode == 0
    assert out.read_bytes() != held
    assert {path.name for path in tmp_path.iterdir()} == {"out.npz", "network.npz", "generated"}


def test_connectomes_that_are_none(built, run: Run, tmp_path: Path) -> None:
    driver, path = built("montbrio"), tmp_path / "wrong.npz"
    fine = np.ones((3, 3))
    hole = np.where(np.eye(3) > 0, np.nan, 1.0)
    for arrays, told in (
        ({"weights": fine, "tract_lengths": fine}, "no array 'lengths' (did you mean 'tract_lengths'?)"),
        ({"weights": fine}, "for a network without delays store zeros"),
        ({"weights": hole, "lengths": fine}, "every number of 'weights' must be finite, and row 1, column 1 is not"),
        ({"weights": fine, "lengths": -fine}, "must not be negative, and -1 mm is"),
        ({"weights": fine[:2], "lengths": fine}, "'weights' must be a square matrix of numbers, and is (2, 3)"),
        ({"weights": fine, "lengths": fine[:2, :2]}, "different sizes: 2, 3 regions"),
        ({"weights": fine, "lengths": fine, "labels": [["a"], ["b"], ["c"]]}, "labels must be a list of texts"),
        ({"weights": fine, "lengths": fine, "labels": ["a"]}, "there are 1 labels for 3 regions"),
    ):
        np.savez(path, **arrays)
        done = run(driver, "--connectome", path, "-o", tmp_path / "out.npz")
        assert (done.returncode, told in done.stderr) == (1, True), (told, done.stderr)
    whole = path.read_bytes()
    np.save(tmp_path / "one.npy", fine)
    for content in (whole[: len(whole) // 2], b"hello", b"", (tmp_path / "one.npy").read_bytes()):
        path.write_bytes(content)
        done = run(driver, "--connectome", path, "-o", tmp_path / "out.npz")
        assert (done.returncode, "it is no .npz file, or not the whole of one" in done.stderr) == (1, True), done.stderr


def test_the_modules_share_no_names() -> None:
    """They stand in one file."""
    folder = resources.files("rateml.standalone")
    assert {*MODULES} == {f.name.removesuffix(".py") for f in folder.iterdir() if f.name.endswith(".py")} - {"__init__"}
    names: Counter[str] = Counter()
    for module in MODULES:
        for node in ast.parse(folder.joinpath(f"{module}.py").read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names[node.name] += 1
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names.update(n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name))
    assert [name for name, count in names.items() if count > 1] == []
