"""What ``rateml build`` writes runs alone, and gives the engine's numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from loading import load_file

from rateml import api
from rateml.connectome import load_connectome
from rateml.results import open_results

_PROGRAM = """
import runpy, sys
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
loaded = [name for name in sys.modules if name.split(".")[0] in ("rateml", "zarr", "xarray", "typer", "jinja2", "lxml")]
assert not loaded, loaded
"""


@pytest.mark.parametrize(
    ("model", "variable"), [("montbrio", "r"), pytest.param("kuramoto", "theta", marks=pytest.mark.long)]
)
def test_the_program_gives_the_bits_of_the_engine(
    cli, tmp_path: Path, montbrio: Path, model: str, variable: str
) -> None:
    file = montbrio.with_name(f"{model}.xml")
    network = load_connectome("synthetic:4:0")
    np.savez(tmp_path / "c.npz", weights=network.weights, lengths=network.lengths)
    assert cli("build", file, "-o", tmp_path / "made").code == 0
    (module,) = (tmp_path / "made").iterdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = [sys.executable, "-I", "-c", _PROGRAM, str(module), "--connectome", str(tmp_path / "c.npz")]
    times = ["--duration", "20", "--transient", "5", "--seed", "3", "-o", "y.npz"]
    done = subprocess.run(
        [*command, *times], cwd=elsewhere, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "numba")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = cli(
        "run", file, "--connectome", "synthetic:4:0", "--duration", "20ms", "--transient", "5ms", "--seed", "3",
        "--monitor", "raw", "-o", tmp_path / "y.zarr",
    )  # fmt: skip
    assert told.code == 0
    raw = open_results(tmp_path / "y.zarr").raw
    with np.load(elsewhere / "y.npz") as alone:
        np.testing.assert_array_equal(alone["time"], raw.time)
        for name in raw["variable"].values:
            np.testing.assert_array_equal(alone[str(name)], raw.sel(variable=name))
        assert variable in alone.files


# x grows by rate + 1 at every step of 1 ms, so when it overflows is known; y is sent with the input of its own step
GROWTH = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
<ComponentType name="Growth" rml:role="model" rml:dt="1 ms" rml:scheme="euler">
<Parameter name="rate" dimension="none"/>
<Parameter name="D" dimension="per_time"/>
<Constant name="MSEC" dimension="time" value="1 ms"/>
<Requirement name="c" dimension="none"/>
<Exposure name="x" dimension="none"/>
<Exposure name="y" dimension="none"/>
<Dynamics>
<StateVariable name="x" dimension="none" exposure="x"/>
<DerivedVariable name="y" dimension="none" exposure="y" value="x + c"/>
<TimeDerivative variable="x" value="rate * x / MSEC" rml:diffusion="D"/>
<OnStart><StateAssignment variable="x" value="1"/></OnStart>
</Dynamics>
</ComponentType>
<ComponentType name="Link" rml:role="coupling">
<Exposure name="pre" dimension="none"/>
<Exposure name="post" dimension="none"/>
<Requirement name="y_j" dimension="none"/>
<Requirement name="gx" dimension="none"/>
<Dynamics>
<DerivedVariable name="pre" dimension="none" exposure="pre" value="y_j"/>
<DerivedVariable name="post" dimension="none" exposure="post" value="gx"/>
</Dynamics>
</ComponentType>
<Component id="growth" type="Growth" rate="0.1" D="0 per_ms"/>
<Component id="thick" type="Link" rml:input="c" rml:speed="3 m_per_s"/>
<Component id="thin" type="Link" rml:input="c" rml:speed="3 m_per_s" rml:weights="thin"/>
</Lems>
"""
RK4 = GROWTH.replace('"euler"', '"rk4"').replace('D="0 per_ms"', 'D="0.01 per_ms"')


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory):
    """Imports the program of a model file, or of the text of one."""
    made: dict[str, ModuleType] = {}

    def load(text: str) -> ModuleType:
        if text not in made:
            folder = tmp_path_factory.mktemp("program")
            file = folder / "model.xml"
            file.write_text(text, encoding="utf-8")
            artifact = api.build(file)
            artifact.write(folder)
            made[text] = load_file(f"alone_{folder.name}", folder / artifact.entry)
        return made[text]

    return load


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """Runs a program in ``tmp_path``; its exit code and what stands on stderr."""

    def call(module: ModuleType, *words: object) -> tuple[object, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["program", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            module.main()
        told = capsys.readouterr().err
        code = left.value.code
        return (1, f"{code}\n") if isinstance(code, str) else (int(code or 0), told)

    return call


@pytest.fixture
def network(tmp_path: Path) -> dict[str, np.ndarray]:
    """Three regions whose tracts of 6, 9 or 12 mm take whole steps."""
    rng = np.random.Generator(np.random.PCG64(4))
    arrays = {
        "weights": rng.uniform(0.01, 0.02, (3, 3)), "lengths": 3.0 * rng.integers(2, 5, (3, 3)),
        "weights.thin": rng.uniform(0.01, 0.02, (3, 3)), "lengths.thin": 3.0 * rng.integers(2, 5, (3, 3)),
        "labels": np.array(["lh", "rh", "höhle"]),
    }  # fmt: skip
    np.savez(tmp_path / "c.npz", **arrays)
    return arrays


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--set tau=a", "--set tau=a: 'a' is no number; write it as NAME=VALUE, in base units"),
        ("--set tau", "--set tau: '' is no number"),
        ("--set tau=nan", "--set tau=nan: 'nan' is no number"),
        ("--set foo=1", "unknown parameters ['foo']; there are ['D_V',"),
        ("--duration long", "--duration: 'long' is no time; write it as 4s, 500ms or 50us"),
        ("--duration inf", "--duration: 'inf' is no time"),
        ("--duration 0", "the duration is 0 ms; it must be at least 0.05 ms"),
        ("--duration 1.02ms", "the duration is 1.02 ms, no whole number of steps of 0.05 ms; the nearest is 1 ms"),
        ("--duration 1e300", "the duration is 1e+300 ms; it must be less than 17,179,869,184 steps of 0.05 ms"),
        ("--transient=-5", "the transient is -5 ms; it must be at least 0 ms"),
        ("--dt 0", "the time step is 0.0 ms; it must be above 0, such as 0.05"),
        ("--dt=-0.1", "the time step is -0.1 ms; it must be above 0"),
        ("--dt small", "--dt: 'small' is no time"),
        ("--seed=-1", "the seed must lie between 0 and 2**64 - 1"),
        ("--speed 0", "the conduction speed is 0 mm/ms; it must be above 0 (inf: no delay)"),
        ("-o there.npz", "there.npz exists: choose another -o, or add --overwrite"),
        ("-o c.npz --overwrite", "the output c.npz is the connectome: choose another -o"),
        ("-o no/o.npz", "cannot write no/o.npz: No such file or directory; choose another place with -o"),
        ("-o o.txt", "the output o.txt must end in .npz"),
    ],
)
def test_a_mistake_is_one_line(load, call, network, montbrio: Path, tmp_path: Path, words: str, told: str) -> None:
    module = load(montbrio.read_text(encoding="utf-8"))
    (tmp_path / "there.npz").write_bytes(b"kept")
    given = ("--connectome", "c.npz", "-o", "o.npz", "--duration", "5ms", *words.split())
    code, err = call(module, *given)
    assert code == 1
    assert err.startswith(f"error: {told}")
    assert err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.npz", "there.npz"]
    assert (tmp_path / "there.npz").read_bytes() == b"kept"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"weights": None}, "c.npz: there is no array 'weights'; there are lengths, "),
        ({"lengths": None}, "for a network without delays store zeros"),
        ({"weights": np.ones((2, 3))}, "'weights' must be a square matrix of numbers, and is (2, 3) of float64"),
        ({"weights": np.ones((3, 3), dtype=str)}, "'weights' must be a square matrix of numbers"),
        ({"weights": np.ones((2, 2))}, "the weights and lengths have different sizes: 2, 3 regions"),
        ({"weights": np.diag([1.0, np.nan, 1.0])}, "every number of 'weights' must be finite, and row 2, column 2 is"),
        ({"lengths": np.full((3, 3), -2.0)}, "'lengths' must not be negative, and -2 mm is"),
        ({"weights": np.array([[None]])}, "cannot read the connectome c.npz: Object arrays cannot be loaded"),
        ({"labels": np.arange(3)}, "c.npz: labels must be a list of texts: store np.array("),
        ({"labels": np.array(["lh", "rh"])}, "there are 2 labels for 3 regions; give one for each"),
        ("text", "cannot read the connectome c.npz: it is no .npz file, or not the whole of one"),
        ("half", "cannot read the connectome c.npz: it is no .npz file, or not the whole of one"),
        ("nothing", "cannot read the connectome c.npz: No such file or directory"),
    ],
)
def test_a_connectome_that_is_none(load, call, network, montbrio: Path, tmp_path: Path, change, told: str) -> None:
    file = tmp_path / "c.npz"
    if isinstance(change, dict):
        np.savez(file, **{name: array for name, array in {**network, **change}.items() if array is not None})
    elif change == "nothing":
        file.unlink()
    else:
        file.write_bytes(b"1 2 3" if change == "text" else file.read_bytes()[:200])
    module = load(montbrio.read_text(encoding="utf-8"))
    code, err = call(module, "--connectome", "c.npz", "-o", "o.npz")
    assert code == 1
    assert err.startswith("error: ")
    assert told in err
    assert err.count("\n") == 1
    assert not (tmp_path / "o.npz").exists()


@pytest.mark.long
def test_several_pairs_of_weights_and_lengths(load, call, cli, network, tmp_path: Path) -> None:
    """Each coupling has its own; where what it sends depends on an input, every connection needs a delay."""
    module = load(GROWTH)
    given = ("--connectome", "c.npz", "-o", "o.npz", "--duration", "20ms", "--set", "D=0.01")
    assert call(module, *given) == (0, "")
    file = tmp_path / "growth.xml"
    file.write_text(GROWTH, encoding="utf-8")
    out = tmp_path / "y.zarr"
    assert cli("run", file, *given[:2], *given[4:], "--monitor", "raw", "-o", out).code == 0
    raw = open_results(out).raw
    with np.load(tmp_path / "o.npz") as alone:
        assert np.ptp(alone["y"] - alone["x"]) > 0.1
        for name in ("x", "y"):
            np.testing.assert_array_equal(alone[name], raw.sel(variable=name))
    with pytest.raises(ValueError, match="the couplings sum over structural, thin: give weights and lengths as dicts"):
        module.simulate(network["weights"], network["lengths"])
    network["lengths.thin"][2, 0] = 0.0
    np.savez(tmp_path / "c.npz", **network)
    code, err = call(module, *given, "--overwrite")
    assert code == 1
    assert "'thin' sends a variable that depends on an input, so every connection needs a delay" in err
    assert "that from lh to höhle has none" in err


def test_divergence_is_told_as_by_run(load, call, cli, network, tmp_path: Path) -> None:
    module = load(GROWTH)
    given = ("--connectome", "c.npz", "-o", "o.npz", "--duration", "400ms", "--transient", "100ms", "--set")
    # 2**1024 = 16**256 is the first that float64 cannot hold; steps count from 0
    where = "diverged: 'x' in region lh at step 255 (t = 255 ms); try a smaller "
    code, err = call(module, *given, "rate=15")
    assert code == 1
    assert err.startswith(f"warning: {where}time step, or parameter values nearer to the file's")
    assert err.count("\n") == 1
    file = tmp_path / "growth.xml"
    file.write_text(GROWTH, encoding="utf-8")
    told = cli("run", file, *given[:2], *given[4:], "rate=15")
    assert told.code == 1
    assert where in told.text
    with np.load(tmp_path / "o.npz") as alone:
        assert np.isfinite(alone["x"][:155]).all()
        assert np.isnan(alone["x"][155:]).all()
    assert call(module, *given, "rate=0.1", "--overwrite") == (0, "")


def test_divergence_of_several_is_a_warning(load, network) -> None:
    module = load(GROWTH)
    arrays = [{"structural": network[of], "thin": network[f"{of}.thin"]} for of in ("weights", "lengths")]
    each = [{"rate": rate} for rate in (3.0, 0.0, 15.0)]
    told = "2 of 3 simulations, the first of them number 7: 'x' in region region-001 at step 255"
    with pytest.warns(module.Diverged, match=told):
        _, y = module.simulate(*arrays, duration=600.0, values=each, point=5)
    np.testing.assert_array_equal(np.isfinite(y[:, :, 0]).all(axis=2).sum(axis=1), [511, 600, 255])


def test_noise_with_rk4_is_refused_as_by_run(load, call, cli, network, tmp_path: Path) -> None:
    """The file asks for both, so nobody gave --scheme: the message says where rk4 comes from."""
    module = load(RK4)
    code, err = call(module, "--connectome", "c.npz", "-o", "o.npz", "--duration", "5ms")
    assert code == 1
    assert "the scheme of the file, rk4, is for deterministic runs" in err
    assert "--noise off" in err
    assert 'rml:scheme="heun"' in err
    file = tmp_path / "growth.xml"
    file.write_text(RK4, encoding="utf-8")
    told = cli("run", file, "--connectome", "c.npz", "--duration", "5ms")
    assert told.code == 1
    assert 'the scheme of the file, rml:scheme="rk4", is for deterministic runs' in told.text
    assert "add --noise off, or take --scheme heun" in told.text


def test_help_says_that_rk4_has_no_noise(load, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["program", "--help"])
    for text, told in ((RK4, True), (GROWTH, False)):
        with pytest.raises(SystemExit):
            load(text).main()
        assert ("must be off here" in " ".join(capsys.readouterr().out.split())) == told
