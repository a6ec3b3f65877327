"""What a plain LEMS file becomes moves as PyLEMS moves the file itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rateml.ir.program import Program
from rateml.syntax.expr import Binary, Num

pytestmark = pytest.mark.filterwarnings("ignore")

Read = Callable[..., Program]
CASES = {
    "fitzhugh_nagumo": ("fhn", 5000, 10.0, "V", 3.5),
    "hindmarsh_rose": ("hr", 6000, 0.05, "x", 3.0),
    "morris_lecar": ("ml", 6000, 0.05, "v", 60.0),
    "wilson_cowan": ("pair", 3000, 0.1, "E", 0.25),
    "van_der_pol": ("soft", 4000, 5.0, "x", 3.9),
    "theta_neuron": ("thetaNeuron", 4000, 0.1, "theta", 6.0),
}
"""The Component, how many steps of how many ms, and a state with the least it must range over."""

FOR_PYLEMS = {
    "morris_lecar": ("../../NeuroML2CoreTypes/", ""),
    "theta_neuron": ("</Lems>", '<Component id="thetaNeuron" type="thetaNeuron"/></Lems>'),
    "wilson_cowan": ('<Requirement name="t" dimension="time"/>', ""),
}
"""What stands for what: it must find the core files, have a Component, and has the time without requiring it."""


@pytest.mark.parametrize("name", CASES)
def test_trajectory(files: Path, read_plain: Read, ours: Any, pylems: Any, tmp_path: Path, name: str) -> None:
    component, count, dt, moving, least = CASES[name]
    program = read_plain(files / f"{name}.xml", component if name == "van_der_pol" else "")
    text = (files / f"{name}.xml").read_text(encoding="utf-8")
    path = tmp_path / f"{name}.xml"
    path.write_text(text.replace(*FOR_PYLEMS.get(name, ("", ""))), encoding="utf-8")
    expected = pylems(path, component, program, count, dt)
    found = ours(program, count, dt)
    state = [s.name for s in program.states].index(moving)
    assert np.ptp(expected[:, state]) > least, "it should go far"
    assert (np.abs(found - expected).max(axis=0) <= 1e-9 * np.abs(expected).max(axis=0)).all()


def test_what_a_type_inherits(files: Path, read_plain: Read, ours: Any) -> None:
    """PyLEMS does not inherit OnStart, jNeuroML does; here the type is the one it extends, with one value fixed."""
    soft, stiff = (read_plain(files / "van_der_pol.xml", component) for component in ("soft", "stiff"))
    (mu,) = (p for p in soft.parameters if p.name == "mu")
    assert [c.value for c in stiff.constants if c.name == "mu"] == [3.0]
    fixed = tuple(replace(p, default=3.0) if p is mu else p for p in soft.parameters)
    found = ours(stiff, 2000, 5.0)
    np.testing.assert_array_equal(found, ours(replace(soft, parameters=fixed), 2000, 5.0))
    assert np.ptp(found[:, 0]) > 3.9


def test_a_planted_fault_is_seen(files: Path, read_plain: Read, ours: Any, pylems: Any) -> None:
    program = read_plain(files / "hindmarsh_rose.xml")
    first, *rest = program.derivatives
    at = first.value.span
    off = replace(first, value=Binary("*", first.value, Num(1.0 + 1e-6, at), at))
    expected = pylems(files / "hindmarsh_rose.xml", "hr", program, 500, 0.05)
    found = ours(replace(program, derivatives=(off, *rest)), 500, 0.05)
    assert (np.abs(found - expected).max(axis=0) > 1e-9 * np.abs(expected).max(axis=0)).any()


def test_a_child_that_computes(files: Path, read_plain: Read, ours: Any) -> None:
    """PyLEMS does not find the function of a Child that reads a state of its parent; the sum is done here by hand."""
    program = read_plain(files / "mean_field.xml")
    r, rows = 0.0, [0.0]
    for _ in range(200):
        r += 0.5 * (1 / (1 + np.exp(-(8 * (r - 0.5)))) - 0.9 * r) / 10
        rows.append(r)
    np.testing.assert_allclose(ours(program, 200, 0.5)[:, 0], rows, rtol=1e-12)
