"""The generated module as its reader and its user see it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rateml import api
from rateml.cli.app import run
from rateml.codegen.targets.tvb.names import COUPLING, MODEL, SCOPES, TRAITS

pytestmark = pytest.mark.tvb

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(path.stem for path in (Path(api.__file__).parents[1] / "models").glob("*.xml"))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_golden_one(shipped_models: dict[str, Path], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(shipped_models[name].parent)
    artifact = api.build(f"{name}.xml", "tvb")
    text = artifact.files[artifact.entry]
    assert text == (GOLDEN / f"{name}.py.txt").read_text(encoding="utf-8"), "make golden, and read the difference"
    assert "\x1f" not in text
    imported = {
        (n.module if isinstance(n, ast.ImportFrom) else n.names[0].name).partition(".")[0]
        for n in ast.walk(ast.parse(text))
        if isinstance(n, (ast.Import, ast.ImportFrom))
    }
    assert imported <= {"math", "numpy", "numba", "scipy", "tvb"}


def test_names_that_tvb_uses_are_known(tvb: SimpleNamespace) -> None:
    from tvb.simulator.coupling import SparseCoupling
    from tvb.simulator.models.base import ModelNumbaDfun

    def public(owner: object) -> set[str]:
        return {name for name in dir(owner) if not name.startswith("_")}

    model, coupling = tvb.models.MontbrioPazoRoxin(), tvb.coupling.Linear()
    parameters = {p for o in (model, coupling) for p in type(o).declarative_attrs}
    assert public(ModelNumbaDfun) | (public(model) - parameters) <= TRAITS | MODEL | SCOPES
    known = TRAITS | COUPLING | {"pre", "post"}
    assert public(SparseCoupling) | (public(coupling) - parameters) <= known


def test_what_a_scientist_looks_for(generated: Callable[[Path], ModuleType], shipped_models: dict[str, Path]) -> None:
    module = generated(shipped_models["montbrio"])
    cls = module.MontbrioPazoRoxin
    assert cls.tau.default.tolist() == [1.0]
    assert (cls.tau.domain.lo, cls.tau.domain.hi, cls.tau.domain.step) == (1.0, 30.0, 0.1)
    assert cls.tau.doc == "membrane time constant [ms]"
    assert 1.0 in cls.cr.domain, "the default is its upper end"
    model = cls()
    assert model.state_variables == ("r", "V")
    low, high = model.state_variable_boundaries["r"]
    assert low == 0.0
    assert high > 1e300, "infinite, for which TVB writes the largest number"
    assert model.state_variable_range["V"].tolist() == [-2.0, 1.5]
    assert (model.cvar.tolist(), model.stvar.tolist()) == ([0], [1])
    for text in ("Montbrio, Pazo and Roxin 2015", "dr/dt = (lorentz + 2.0 * V * r) / tau", "input c_r", "lorentz = "):
        assert text in cls.__doc__
    assert "Time is in ms" in module.__doc__
    rows = generated(shipped_models["jansen_rit"]).JansenRit.variables_of_interest.default
    assert rows == ("y0", "y1", "y2", "y3", "y1 - y2")
    kuramoto = generated(shipped_models["kuramoto"]).Kuramoto
    assert kuramoto.variables_of_interest.default == ("theta", "numpy.sin(theta)")
    assert "frequency cannot be monitored in TVB: it depends on the input c_theta" in kuramoto.__doc__


def test_derived_parameters_and_nsig_follow_regional_parameters(
    tvb: SimpleNamespace, generated: Callable[[Path], ModuleType], shipped_models: dict[str, Path]
) -> None:
    module = generated(shipped_models["montbrio"])
    model = module.MontbrioPazoRoxin()
    np.testing.assert_array_equal(model.nsig, [0.001, 0.004])
    model.Delta = np.array([0.5, 1.0, 2.0])
    model.D_V = np.array([0.1, 0.2, 0.3])
    model.configure()
    np.testing.assert_allclose(model.lorentz, np.array([0.5, 1.0, 2.0]) / np.pi, rtol=1e-15)
    np.testing.assert_array_equal(model.nsig, [[0.001] * 3, [0.1, 0.2, 0.3]])
    sim = _simulator(module, tvb, model=module.MontbrioPazoRoxin(D_V=np.linspace(0.1, 0.5, 5)))
    np.testing.assert_array_equal(sim.integrator.noise.nsig[1, :, 0], np.linspace(0.1, 0.5, 5))


def _simulator(module: ModuleType, tvb: SimpleNamespace, **options: object) -> Any:
    rng = np.random.Generator(np.random.PCG64(3))
    connectivity = tvb.Connectivity(
        weights=rng.uniform(0.0, 0.01, (5, 5)),
        tract_lengths=rng.uniform(1.0, 30.0, (5, 5)),
        region_labels=np.array(list("abcde")),
        centres=np.zeros((5, 3)),
    )
    return module.simulator(connectivity, **options)


def test_simulator_starts_as_the_file_says_and_repeats_with_its_seed(
    tvb: SimpleNamespace, generated: Callable[[Path], ModuleType], shipped_models: dict[str, Path]
) -> None:
    module = generated(shipped_models["montbrio"])
    runs = {}
    for noise in (False, True):
        for seed in (1, 1, 2):
            sim = _simulator(
                module, tvb, with_noise=noise, seed=seed, monitors=tvb.monitors.Raw(), conduction_speed=5.0
            )
            start = sim.current_state.copy()
            assert (start[0] >= 0.0).all()
            assert (start[1] >= -2.0).all()
            assert start.std(axis=1).min() > 0.0
            ((time, data),) = sim.run(simulation_length=5.0)
            assert time[0] == pytest.approx(0.05)
            assert data.shape == (100, 2, 5, 1)
            runs.setdefault((noise, seed), []).append((start, data))
        (start, data), (again, repeated) = runs[noise, 1]
        np.testing.assert_array_equal(start, again)
        np.testing.assert_array_equal(data, repeated)
        assert np.abs(data - runs[noise, 2][0][1]).max() > 0.01
    np.testing.assert_array_equal(runs[False, 1][0][0], runs[True, 1][0][0], "the start is that of the seed")
    assert sim.connectivity.speed.tolist() == [5.0]
    assert type(sim.integrator).__name__ == "HeunStochastic"


@pytest.mark.parametrize("name", ["montbrio", "hopfield_dynamic", "couplings", "reduced_set_fitz_hugh_nagumo"])
def test_history_is_the_start_held(
    tvb: SimpleNamespace, generated: Callable[[Path], ModuleType], shipped_models: dict[str, Path], name: str
) -> None:
    program = api.read_program(shipped_models[name])
    sim = _simulator(generated(shipped_models[name]), tvb)
    shape = sim.good_history_shape
    assert shape[0] > 2
    past = sim.model.initial(0.1, shape, np.random.RandomState(7))
    assert past.shape == shape
    assert (past == past[:1]).all()
    for k, state in enumerate(program.states):
        assert (past[:, k] >= (state.low if state.low is not None else -np.inf)).all(), state.name
        assert (past[:, k] <= (state.high if state.high is not None else np.inf)).all(), state.name


def test_what_the_simulator_refuses(
    tvb: SimpleNamespace, generated: Callable[[Path], ModuleType], shipped_models: dict[str, Path]
) -> None:
    module = generated(shipped_models["montbrio"])
    with pytest.raises(ValueError, match="rk4 is for deterministic runs: pass with_noise=False, or scheme='heun' or"):
        _simulator(module, tvb, scheme="rk4")
    with pytest.raises(ValueError, match="no scheme 'rk5' here; choose from euler, heun"):
        _simulator(module, tvb, scheme="rk5")
    sim = _simulator(module, tvb, scheme="rk4", with_noise=False)
    assert type(sim.integrator).__name__ == "RungeKutta4thOrderDeterministic"
    model = module.MontbrioPazoRoxin()
    state = np.zeros((2, 5, 1))
    with pytest.raises(ValueError, match="has 2 inputs: use MontbrioPazoRoxinCoupling"):
        model.dfun(state, np.zeros((1, 5, 1)))
    with pytest.raises(ValueError, match="no local coupling"):
        model.dfun(state, state, np.eye(5))


def test_a_file_with_noise_and_rk4_runs_without_noise_unless_asked(
    tvb: SimpleNamespace,
    generated: Callable[[Path], ModuleType],
    write_model: Callable[[str], Path],
    shipped_models: dict[str, Path],
) -> None:
    text = shipped_models["montbrio"].read_text(encoding="utf-8")
    file = write_model(text.replace('rml:scheme="heun"', 'rml:scheme="rk4"'))
    module = generated(file)
    assert type(_simulator(module, tvb).integrator).__name__ == "RungeKutta4thOrderDeterministic"
    noisy = _simulator(module, tvb, scheme="heun", with_noise=True)
    assert type(noisy.integrator).__name__ == "HeunStochastic"
    with pytest.raises(ValueError, match="pass with_noise=False, or scheme='heun' or 'euler'"):
        _simulator(module, tvb, with_noise=True)
    said = "The noise is off unless asked for, because the file's scheme, rk4, is for deterministic runs"
    assert said in module.simulator.__doc__
    assert said not in generated(shipped_models["montbrio"]).simulator.__doc__
    (note,) = api.build(file, "tvb").notes
    assert "the noise is off unless you ask for it, because the file's rml:scheme, rk4," in note
    quiet = write_model(re.sub(' rml:diffusion="[^"]*"', "", file.read_text(encoding="utf-8")))
    assert api.build(quiet, "tvb").notes == ()


def test_division_by_zero_is_infinite_and_no_error(
    generated: Callable[[Path], ModuleType], shipped_models: dict[str, Path]
) -> None:
    with np.errstate(all="ignore"):
        model = generated(shipped_models["montbrio"]).MontbrioPazoRoxin(tau=np.array([1.0, 0.0]))
        rates = model.dfun(np.ones((2, 2, 1)), np.zeros((2, 2, 1)))
    assert np.isfinite(rates[0, 0, 0])
    assert not np.isfinite(rates[0, 1, 0])


def test_a_coupling_follows_its_simulator(
    tvb: SimpleNamespace, generated: Callable[[Path], ModuleType], shipped_models: dict[str, Path]
) -> None:
    """One coupling object in a second network forgets the first."""
    module = generated(shipped_models["montbrio"])
    coupling = module.MontbrioPazoRoxinCoupling()
    for order in (1, -1):
        sim = _simulator(module, tvb, coupling=coupling)
        weights = sim.connectivity.weights[::order].copy()
        weights[0] = 0.0
        sim.connectivity.weights = weights
        sim.configure()
        first = coupling(1, sim.history)[0, :, 0]
        np.testing.assert_allclose(first, 0.4 * weights @ sim.current_state[0, :, 0], rtol=1e-6)
        assert first[0] == 0.0


def test_build_from_the_command_line(
    tmp_path: Path, shipped_models: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    for target in ("tvb", "python"):
        assert run(["build", str(shipped_models["kuramoto"]), "--target", target, "-o", str(tmp_path / target)]) == 0
    first, second = ((tmp_path / t / "kuramoto_tvb.py").read_bytes() for t in ("tvb", "python"))
    assert first == second
    assert "frequency cannot be monitored in TVB" in capsys.readouterr().err
    assert run(["build", "--help"]) == 0
    assert "tvb" in capsys.readouterr().out


@pytest.mark.long
def test_importing_it_brings_no_rateml_along(tmp_path: Path, shipped_models: dict[str, Path]) -> None:
    artifact = api.build(shipped_models["reduced_wong_wang"], "tvb")
    artifact.write(tmp_path)
    code = f"import sys, {artifact.entry[:-3]}; sys.exit('rateml' in sys.modules)"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=tmp_path, check=True, timeout=300)
