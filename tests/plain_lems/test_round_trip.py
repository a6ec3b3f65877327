"""What target ``lems`` writes, imported again, is the model that it was written from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rateml import api
from rateml.checks import check_file
from rateml.codegen.targets.lems.names import Names
from rateml.codegen.targets.lems.portable import make_cell
from rateml.diagnostics import Code, Severity
from rateml.errors import ModelError
from rateml.ir.compare import compare
from rateml.ir.interp import evaluate, holds, parameters
from rateml.ir.lower import lower
from rateml.ir.program import Program
from rateml.passes import run_passes

_EXTENDED = ("epileptor_codim3", "epileptor_codim3_slow_mod", "zerlaut_first_order", "zerlaut_second_order")
"""These need atan2 and erfc."""
NAMES = sorted(p.stem for p in (Path(api.__file__).parents[1] / "models").glob("*.xml") if p.stem not in _EXTENDED)


def _written(path: Path, folder: Path) -> tuple[Path, Path]:
    """The model and the simulation that target ``lems`` writes for a file."""
    artifact = api.build(path, "lems")
    artifact.write(folder)
    (model,) = (name for name in artifact.files if name != artifact.entry)
    return folder / model, folder / artifact.entry


def _read(path: Path) -> Program:
    checked = check_file(path)
    assert checked.ok, [d.message for d in checked.diagnostics]
    assert checked.migrated
    told = {d.code for d in checked.diagnostics if d.severity <= Severity.WARNING}
    assert told <= {Code.UNDRIVEN_PORT, Code.LEMS_COMPONENT_LEFT_OUT}
    assert checked.model is not None
    return lower(checked.model)


def _rates(program: Program, values: dict[str, float]) -> dict[str, float]:
    """Derived variables, derivatives (``d…``), and whether each condition holds (``?…``), at a state with inputs."""
    program = run_passes(program, until="order")
    env = {key: float(value[0]) for key, value in parameters(program, 1, {}).items()} | {"t": 0.0} | values
    with np.errstate(all="ignore"):
        for assign in program.derived:
            env[assign.name] = float(evaluate(assign.value, env))
        found = {f"d{a.name}": float(evaluate(a.value, env)) for a in program.derivatives}
        for condition in program.conditions:
            if holds(condition.test, env):
                found |= {f"?{a.name}": float(evaluate(a.value, env)) for a in condition.assignments}
    return found | {e.name: env[e.name] for e in program.exposures}


@pytest.mark.parametrize("name", NAMES)
def test_written_again_it_is_the_same_text(shipped_models: dict[str, Path], tmp_path: Path, name: str) -> None:
    first, _ = _written(shipped_models[name], tmp_path / "first")
    second, _ = _written(first, tmp_path / "second")
    one, two = (path.read_text(encoding="utf-8").splitlines()[2:] for path in (first, second))
    assert one == two
    assert len(one) > 15


@pytest.mark.parametrize("name", NAMES)
def test_derivatives(shipped_models: dict[str, Path], tmp_path: Path, name: str) -> None:
    """At random states and inputs everything is what it was, within the last bits that parentheses move."""
    checked = check_file(shipped_models[name])
    assert checked.model is not None
    before = replace(lower(checked.model), couplings=())
    names = Names(make_cell(run_passes(lower(checked.model), until="order")).program)
    after = _read(_written(shipped_models[name], tmp_path)[0])
    assert {names.model(s.name) for s in before.states} <= {s.name for s in after.states}
    assert [names.model(e.name) for e in before.exposures] == [e.name for e in after.exposures]
    assert [names.model(i.name) for i in before.inputs] == [i.name for i in after.inputs]
    rng = np.random.Generator(np.random.PCG64(5))
    compared = []
    for _ in range(40):
        values = {i.name: float(rng.uniform(-0.1, 0.1)) for i in before.inputs}
        for s in before.states:
            values[s.name] = float(rng.uniform(-1.0 if s.low is None else s.low, 1.0 if s.high is None else s.high))
        found = _rates(before, values)
        clock = {s.name: 0.0 for s in after.states}
        again = _rates(after, clock | {names.model(n): v for n, v in values.items()})
        same = {f"{n[0]}{names.model(n[1:])}" if n[0] in "d?" and n[1:] in values else names.model(n): n for n in found}
        assert {n for n in same if n[0] != "?"} <= again.keys()
        compared.append([(found[old], again[new]) for new, old in same.items() if new[0] != "?"])
        for new, old in same.items():
            if new[0] == "?" and not any(s.period for s in before.states):
                assert again[new] == pytest.approx(found[old], rel=1e-12)
    pairs = np.array(compared)
    finite = np.isfinite(pairs[..., 0]) & np.isfinite(pairs[..., 1])
    assert (np.isfinite(pairs[..., 0]) == np.isfinite(pairs[..., 1])).all()
    assert finite.any(axis=0).all()
    off = np.where(finite, np.abs(pairs[..., 0] - pairs[..., 1]), 0.0).max(axis=0)
    largest = np.where(finite, np.abs(pairs[..., 0]), 0.0).max(axis=0)
    assert (off <= 1e-12 * largest).all()


@pytest.mark.parametrize("name", NAMES)
def test_differences_are_those_that_lems_cannot_say(shipped_models: dict[str, Path], tmp_path: Path, name: str) -> None:
    """Values and dimensions of what both have are equal; what is gone are noise, couplings, ranges and functions."""
    one, two = check_file(shipped_models[name]), check_file(_written(shipped_models[name], tmp_path)[0])
    assert one.model is not None
    assert two.model is not None
    found = [d for d in compare(one.model, two.model) if d.kind in ("parameter", "constant", "input", "exposure")]
    changed = {(d.kind, d.what) for d in found if d.change == "changed"}
    hints = {("parameter", what) for what in ("range", "step", "regional", "type")}
    assert changed <= hints | {("input", "optional")}, found


@pytest.mark.parametrize("name", ["montbrio", "epileptor", "jansen_rit"])
def test_the_simulation_has_the_time_step(shipped_models: dict[str, Path], tmp_path: Path, name: str) -> None:
    """The second file leads to the same model, and says the step; the region around the model is told of."""
    checked = check_file(shipped_models[name])
    assert checked.model is not None
    model, simulation = _written(shipped_models[name], tmp_path / "first")
    found = _read(simulation)
    assert found.dt == lower(checked.model).dt
    assert found.scheme == "euler"
    assert Code.LEMS_COMPONENT_LEFT_OUT in {d.code for d in check_file(simulation).diagnostics}
    again, _ = _written(simulation, tmp_path / "second")
    assert model.read_text(encoding="utf-8").splitlines()[2:] == again.read_text(encoding="utf-8").splitlines()[2:]


def test_a_planted_fault_is_seen(shipped_models: dict[str, Path], tmp_path: Path) -> None:
    model, _ = _written(shipped_models["montbrio"], tmp_path)
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace("(cr * c_r)", "(cv * c_r)"), encoding="utf-8")
    state = {"r": 0.3, "V": -1.0, "c_r": 0.2, "c_V": 0.1}
    checked = check_file(shipped_models["montbrio"])
    assert checked.model is not None
    before = _rates(replace(lower(checked.model), couplings=()), state)
    assert _rates(_read(model), state)["dV"] != pytest.approx(before["dV"], rel=1e-12)
    model.write_text(text.replace("(cr * c_r)", "(cr * nothing)"), encoding="utf-8")
    with pytest.raises(ModelError):
        api.build(model, "lems")
