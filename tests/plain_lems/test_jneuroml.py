"""jNeuroML, with the core files of NeuroML itself, moves plain LEMS files as what they become moves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jneuroml import run_jneuroml

from rateml.ir.program import Program

pytestmark = pytest.mark.long

CASES = {
    "fitzhugh_nagumo": ("fhn", 2000, 10.0),
    "hindmarsh_rose": ("hr", 2000, 0.05),
    "morris_lecar": ("ml", 2000, 0.05),
    "van_der_pol": ("stiff", 2000, 5.0),
}


@pytest.mark.parametrize("name", CASES)
def test_trajectory(files: Path, read_plain: Callable[..., Program], ours: Any, tmp_path: Path, name: str) -> None:
    component, count, dt = CASES[name]
    program = read_plain(files / f"{name}.xml", component if name == "van_der_pol" else "")
    for file in (f"{name}.xml", "oscillator_types.xml"):
        text = (files / file).read_text(encoding="utf-8")
        text = text.replace("../../NeuroML2CoreTypes/", "").replace('<Target component="sim1"/>', "")
        text = text.replace('"potential"', '"x"').replace('"spiking"', '"y"')  # it records those of the state's name
        (tmp_path / file).write_text(text, encoding="utf-8")
    columns = "".join(f'<OutputColumn id="{s.name}" quantity="{s.name}"/>' for s in program.states)
    (tmp_path / "run.xml").write_text(
        f'<Lems><Target component="run"/><Include file="Simulation.xml"/><Include file="{name}.xml"/>'
        f'<Simulation id="run" length="{count * dt}ms" step="{dt}ms" target="{component}">'
        f'<OutputFile id="out" fileName="out.dat">{columns}</OutputFile></Simulation></Lems>',
        encoding="utf-8",
    )
    run_jneuroml(tmp_path / "run.xml")
    rows = np.loadtxt(tmp_path / "out.dat")
    assert len(rows) >= count
    units = [10.0**s.dimension.base_power for s in program.states]
    expected = ours(program, count, dt)[: len(rows)]
    found = rows[: len(expected), 1:] / units
    assert (np.abs(found - expected).max(axis=0) <= 1e-6 * np.abs(expected).max(axis=0)).all()
    assert np.ptp(expected[:, 0]) > 0.5
