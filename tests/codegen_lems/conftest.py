"""Generated LEMS files as PyLEMS builds them: one region, its inputs around it."""

from __future__ import annotations

import itertools
import random
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loading import load_file

from rateml import api
from rateml.ir.interp import Float
from rateml.ir.program import Program
from rateml.passes import run_passes

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    lems_model = pytest.importorskip("lems.model.model")
    lems_build = pytest.importorskip("lems.sim.build")


_PARITY = Path(__file__).parents[1] / "parity_lems"
_parity = load_file("rateml_parity_lems", _PARITY / "conftest.py")
_defects = load_file("rateml_parity_lems_defects", _PARITY / "test_defects.py")
_generated = load_file("rateml_parity_lems_generated", _PARITY / "test_generated.py")
ours = _parity.ours


class Region:
    """The region of a generated simulation."""

    def __init__(self, path: Path) -> None:
        model = lems_model.Model()
        model.import_from_file(str(path))
        self.sim = lems_build.SimulationBuilder(model.resolve()).build()
        self.sim.init_run()
        self.around = next(r for name, r in self.sim.runnables.items() if name.startswith("region"))
        (self.cell,) = self.around.uchildren.values()

    def slopes(self, states: Mapping[str, float], inputs: Mapping[str, float]) -> dict[str, float]:
        """The derivatives of the states, in SI units, and every derived variable, where the inputs are these."""
        for owner, values in ((self.around, inputs), (self.cell, states)):
            for name, value in values.items():
                setattr(owner, name, value)
        self.around.update_shadow_variables()
        self.cell.update_shadow_variables()
        if self.cell.derived_variables and hasattr(self.cell, "update_derived_variables"):
            self.cell.update_derived_variables(self.cell)
        found = {name: getattr(self.cell, name) for name in self.cell.derived_variables}
        self.cell.update_shadow_variables()
        for name in states:
            setattr(self.cell, name, 0.0)  # it reads their shadows: what a step of 1 s adds is the derivative
        self.cell.update_state_variables(self.cell, 1.0)
        return found | {f"d{name}": getattr(self.cell, name) for name in states}

    def run(self, states: Mapping[str, int], count: int, dt: float) -> Float:
        """The states, by name with the power of ten of their base unit, after 0, 1, … steps of dt ms."""
        rows = [[getattr(self.cell, name) / 10.0**power for name, power in states.items()]]
        for _ in range(count):
            self.around.single_step(dt * 1e-3)
            rows.append([getattr(self.cell, name) / 10.0**power for name, power in states.items()])
        return np.array(rows)


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Path], Region]:
    """Builds a model file and makes PyLEMS build what came out; every ``random(a)`` is as that of ``ours``."""
    draw = _parity._DRAW
    monkeypatch.setattr(random, "uniform", lambda low, high: low + draw * (high - low))
    number = itertools.count()

    def make(path: Path) -> Region:
        folder = tmp_path / f"lems_{next(number)}"
        artifact = api.build(path, "lems")
        artifact.write(folder)
        return Region(folder / artifact.entry)

    return make


@pytest.fixture
def ordered() -> Callable[[Path], Program]:
    return lambda path: run_passes(api.read_program(path), until="order")


@pytest.fixture(scope="session")
def defects() -> Any:
    """The models of ``tests/parity_lems/test_defects.py``."""
    return _defects


@pytest.fixture(scope="session")
def random_models() -> Any:
    """The strategy of ``tests/parity_lems/test_generated.py``."""
    return _generated.models
