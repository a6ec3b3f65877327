"""Plain LEMS files as PyLEMS runs them, and as our interpreter does what they become."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rateml.checks import Checked, check_file
from rateml.ir.interp import Float, Interpreter, Network
from rateml.ir.lower import lower
from rateml.ir.program import Program
from rateml.passes import run_passes

FILES = Path(__file__).parent / "files"
CORE = Path(__file__).parent / "core"
"""What the tests need of the core files of LEMS and NeuroML: PyLEMS reads them, rateml must not."""


@pytest.fixture
def files() -> Path:
    return FILES


@pytest.fixture
def read_plain() -> Callable[..., Program]:
    """The program of a plain LEMS file, migrated in memory."""

    def read(path: Path, component: str = "") -> Program:
        checked: Checked = check_file(path, component=component)
        assert checked.ok, [d.message for d in checked.diagnostics]
        assert checked.migrated
        assert checked.model is not None
        return lower(checked.model)

    return read


@pytest.fixture
def ours() -> Callable[[Program, int, float], Float]:
    """The states after 0, 1, … Euler steps of dt ms, in base units: (steps + 1, state)."""

    def steps(program: Program, count: int, dt: float) -> Float:
        alone = Network({"": np.zeros((1, 1))}, {"": np.zeros((1, 1), dtype=np.int64)})
        found = Interpreter(run_passes(program), alone, dt, "euler").run(count)
        assert np.isfinite(found.states).all()
        return found.states[:, :, 0]

    return steps


@pytest.fixture
def pylems() -> Callable[[Path, str, Program, int, float], Float]:
    """The same of the file itself, by PyLEMS."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model_ = pytest.importorskip("lems.model.model")
        build = pytest.importorskip("lems.sim.build")
        sim = pytest.importorskip("lems.sim.sim")

    def steps(path: Path, component: str, program: Program, count: int, dt: float) -> Float:
        model = model_.Model(fail_on_missing_includes=False)
        for folder in (CORE, FILES):
            model.add_include_directory(str(folder))
        model.import_from_file(str(path))
        resolved: Any = model.resolve()
        builder = build.SimulationBuilder(resolved)
        builder.sim = sim.Simulation()
        cell = builder.build_runnable(resolved.fat_components[component])
        builder.sim.add_runnable(cell)
        cell.configure_time(dt * 1e-3, 1e6)
        builder.sim.init_run()
        si = [(s.name, 10.0**s.dimension.base_power) for s in program.states]
        rows = [[getattr(cell, name) / unit for name, unit in si]]
        for _ in range(count):
            cell.single_step(dt * 1e-3)
            rows.append([getattr(cell, name) / unit for name, unit in si])
        return np.array(rows)

    return steps
