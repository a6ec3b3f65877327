"""Models of the 2022 dialect, and the derivatives of what they become."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rateml.checks import check_file
from rateml.ir.interp import evaluate
from rateml.ir.lower import lower
from rateml.ir.program import Program
from rateml.passes import run_passes

Values = Mapping[str, float]
FILES = Path(__file__).parent / "files"


@pytest.fixture
def files() -> Path:
    return FILES


@pytest.fixture
def read_old() -> Callable[[Path], Program]:
    """The program of a file of the 2022 dialect, migrated in memory."""

    def read(path: Path) -> Program:
        checked = check_file(path)
        assert checked.ok, [d.message for d in checked.diagnostics]
        assert checked.migrated
        assert checked.model is not None
        return lower(checked.model)

    return read


@pytest.fixture
def rates() -> Callable[[Program, Values], dict[str, float]]:
    """The derivative of every state, given states, inputs and those parameters that are not at their defaults."""

    def at(program: Program, given: Values) -> dict[str, float]:
        program = run_passes(program, until="order")
        env = {c.name: c.value for c in program.constants}
        env |= {p.name: p.default for p in program.parameters if not p.key.startswith("network_")}
        env |= given
        for assign in (*program.derived_parameters, *program.derived):
            env[assign.name] = evaluate(assign.value, env)
        return {a.name: float(evaluate(a.value, env)) for a in program.derivatives}

    return at
