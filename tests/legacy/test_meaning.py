"""A migrated model computes what the old file says: derived here by hand from the text of the old file.

The files of ``tvb.contrib.rateML`` itself are tested too where ``RATEML_2022_MODELS`` names a folder that has them:
they are under another licence, so this repository has its own, with the same equations and quirks.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from math import exp, pi, sin
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rateml.ir.interp import Interpreter, Network
from rateml.ir.program import Program

Values = Mapping[str, float]
Read = Callable[[Path], Program]
Rates = Callable[[Program, Values], dict[str, float]]

MPR = {"tau": 1.0, "I": 0.0, "Delta": 0.7, "J": 14.5, "eta": -4.6, "cr": 1.0}
SEIZURE = {
    "a": 1.0, "b": 3.0, "c": 1.0, "d": 5.0, "r": 0.00035, "x0": -1.6, "Iext": 3.1, "slope": 0.0, "Iext2": 0.45,
    "tau": 10.0, "aa": 6.0, "bb": 2.0, "Kvf": 0.0, "Kf": 0.0, "Ks": 0.0, "tt": 1.0, "modification": 0.0,
}  # fmt: skip


def mpr(v: Values) -> dict[str, float]:
    p = {**MPR, **v}
    dr = 1 / p["tau"] * (p["Delta"] / (pi * p["tau"]) + 2 * p["V"] * p["r"])
    square = p["V"] ** 2 - pi**2 * p["tau"] ** 2 * p["r"] ** 2
    dv = 1 / p["tau"] * (square + p["eta"] + p["J"] * p["tau"] * p["r"] + p["I"] + p["cr"] * p["c_pop0"])
    return {"r": dr, "V": dv}


def phase(v: Values) -> dict[str, float]:
    return {"V": 60.0 * 2.0 * 3.1415927 / 1e3 + v["c_pop0"]}


def seizure(v: Values) -> dict[str, float]:
    """As the file has it: unlike the paper, without x1 times ydot0."""
    p = {**SEIZURE, **v}
    x1, y1, z, x2, y2, g, tt = (p[n] for n in ("x1", "y1", "z", "x2", "y2", "g", "tt"))
    ydot0 = -p["a"] * x1**2 + p["b"] * x1 if x1 < 0 else p["slope"] - x2 + 0.6 * (z - 4) ** 2
    ydot2 = -0.1 * z**7 if z < 0 else 0.0
    steep, linear = p["x0"] + 3.0 / (1.0 + exp(-(x1 + 0.5) / 0.1)), 4 * (x1 - p["x0"]) + ydot2
    h = steep if p["modification"] else linear
    ydot4 = 0.0 if x2 < -0.25 else p["aa"] * (x2 + 0.25)
    fast = -y2 + x2 - x2**3 + p["Iext2"] + p["bb"] * g - 0.3 * (z - 3.5) + p["Kf"] * p["c_pop1"]
    return {
        "x1": tt * (y1 - z + p["Iext"] + p["Kvf"] * p["c_pop0"] + ydot0),
        "y1": tt * (p["c"] - p["d"] * x1**2 - y1),
        "z": tt * (p["r"] * (h - z + p["Ks"] * p["c_pop0"])),
        "x2": tt * fast,
        "y2": tt * (-y2 + ydot4) / p["tau"],
        "g": tt * (-0.01 * (g - 0.1 * x1)),
    }


BY_HAND: dict[str, tuple[Callable[[Values], dict[str, float]], dict[str, tuple[float, float]]]] = {
    "mpr": (mpr, {"r": (0, 2), "V": (-2, 1.5), "c_pop0": (-1, 1), "tau": (0.5, 2), "J": (10, 20), "cr": (0, 1)}),
    "phase": (phase, {"V": (-2, 1), "c_pop0": (-1, 1)}),
    "seizure": (
        seizure,
        {
            "x1": (-2, 1), "y1": (-20, 2), "z": (-2, 5), "x2": (-2, 1), "y2": (0, 2), "g": (-1, 1), "tt": (0.5, 2),
            "c_pop0": (-1, 1), "c_pop1": (-1, 1), "Kvf": (0, 4), "Kf": (0, 4), "Ks": (-4, 4), "slope": (-1, 1),
        },
    ),
}  # fmt: skip
ORIGINALS = {"mpr": "montbrio", "phase": "kuramoto", "seizure": "epileptor"}


def _draw(ranges: Mapping[str, tuple[float, float]], seed: int) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    return {name: float(rng.uniform(*span)) for name, span in ranges.items()}


def _compare(rates: Rates, program: Program, hand: Callable[[Values], dict[str, float]], values: Values) -> None:
    found, wanted = rates(program, values), hand(values)
    assert found.keys() == wanted.keys()
    for name in wanted:
        assert found[name] == pytest.approx(wanted[name], rel=1e-13, abs=1e-13), name


@pytest.mark.parametrize("name", BY_HAND)
def test_derivatives(files: Path, read_old: Read, rates: Rates, name: str) -> None:
    program = read_old(files / f"{name}.xml")
    hand, ranges = BY_HAND[name]
    for seed in range(50):
        values = _draw(ranges, seed)
        _compare(rates, program, hand, values)
        if name == "seizure":
            _compare(rates, program, hand, {**values, "modification": 1.0})


@pytest.mark.parametrize("name", BY_HAND)
def test_derivatives_of_the_originals(read_old: Read, rates: Rates, name: str) -> None:
    folder = os.environ.get("RATEML_2022_MODELS")
    if not folder:
        pytest.skip("RATEML_2022_MODELS does not name a folder with the models of tvb.contrib.rateML")
    program = read_old(Path(folder) / f"{ORIGINALS[name]}.xml")
    hand, ranges = BY_HAND[name]
    known = {p.name for p in program.parameters} | {"c_pop0", "c_pop1"} | {s.name for s in program.states}
    for seed in range(50):
        _compare(rates, program, hand, {k: v for k, v in _draw(ranges, seed).items() if k in known})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2 * V * r)", "2 * V * V)"),
        ("{r^2}", "{r^3}"),
        ("eta + J", "eta - J"),
        ('value="0.7"', 'value="0.8"'),
        ('<StateVariable name="V"', '<StateVariable name="W"'),
    ],
)
def test_a_changed_file_is_seen(tmp_path: Path, files: Path, read_old: Read, rates: Rates, old: str, new: str) -> None:
    """The comparison above can fail: other equations, values or states have other derivatives."""
    text = (files / "mpr.xml").read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new)
    if "W" in new:
        text = text.replace("V * r", "W * r").replace("{V^2}", "{W^2}").replace('name="V" d', 'name="W" d')
    path = tmp_path / "mpr.xml"
    path.write_text(text, encoding="utf-8")
    hand, ranges = BY_HAND["mpr"]
    values = {**_draw(ranges, 0), "W": 0.0}
    with pytest.raises(AssertionError):
        _compare(rates, read_old(path), hand, values)


@pytest.mark.tvb
def test_derivatives_of_tvb(tmp_path: Path, files: Path, read_old: Read, rates: Rates) -> None:
    """Of the three models of 2022 Montbrio's is right, and the phases are; the seizures are with x1 put in."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tvb.simulator import models
    text = (files / "seizure.xml").read_text(encoding="utf-8")
    mended = tmp_path / "seizure.xml"
    mended.write_text(text.replace("+ ydot0 )", "+ ydot0 * x1)"), encoding="utf-8")
    mpr_values = {name: np.array([value]) for name, value in {**MPR, "cv": 0.0}.items()}
    phases = models.Kuramoto(omega=np.array([60.0 * 2.0 * 3.1415927 / 1e3]))
    seizures = models.Epileptor(Kf=np.array([1.5]), Kvf=np.array([0.5]), Ks=np.array([-0.7]))
    given = {"Kf": 1.5, "Kvf": 0.5, "Ks": -0.7}
    cases: list[tuple[Path, Any, dict[str, tuple[float, float]], Values, int]] = [
        (files / "mpr.xml", models.MontbrioPazoRoxin(**mpr_values), {"r": (0, 2), "V": (-2, 1.5)}, {}, 2),
        (files / "phase.xml", phases, {"V": (-2, 1)}, {}, 1),
        (mended, seizures, {n: BY_HAND["seizure"][1][n] for n in ("x1", "y1", "z", "x2", "y2", "g")}, given, 2),
    ]
    for path, theirs, ranges, more, inputs in cases:
        program = read_old(path)
        for seed in range(20):
            states, coupling = _draw(ranges, seed), np.random.default_rng(seed + 100).normal(size=2)
            found = rates(program, {**states, **more, "c_pop0": float(coupling[0]), "c_pop1": float(coupling[1])})
            x = np.array(list(states.values())).reshape(-1, 1, 1)
            dfun = getattr(theirs, "_numpy_dfun", theirs.dfun)
            wanted = dfun(x, coupling[:inputs].reshape(-1, 1, 1))
            np.testing.assert_allclose(list(found.values()), np.asarray(wanted).ravel(), rtol=1e-12, atol=1e-12)


def test_a_network_of_phases(files: Path, read_old: Read) -> None:
    """Forward Euler as the old kernel has it: delays, pre times post inside the sum, the factor behind, the clamp."""
    program = read_old(files / "phase.xml")
    rng = np.random.default_rng(3)
    n, steps, dt = 4, 30, 0.1
    weights, delays = rng.uniform(0, 1, (n, n)), rng.integers(0, 6, (n, n))
    past = rng.uniform(-1.5, 0.5, (7, 1, n))
    coupling = program.couplings[0].id
    network = Network({coupling: weights}, {coupling: delays})
    found = Interpreter(program, network, dt, "euler", past=past).run(steps).states[:, 0]
    history = [*past[:, 0]]
    for _ in range(steps):
        now = history[-1]
        new = np.empty(n)
        for i in range(n):
            c_pop0 = sum(weights[i, j] * 2 * sin(history[-1 - delays[i, j]][j] - now[i]) for j in range(n)) * 1.0
            new[i] = min(max(now[i] + dt * (60.0 * 2.0 * 3.1415927 / 1e3 + c_pop0), -2.0), 1.0)
        history.append(new)
    np.testing.assert_allclose(found, history[6:], rtol=1e-12, atol=1e-13)


def test_noise_and_speed(files: Path, read_old: Read) -> None:
    """What nsig and rec_speed_dt of the three files stand for."""
    seen = {}
    for name in BY_HAND:
        program = read_old(files / f"{name}.xml")
        diffusion = {p.name: p.default for p in program.parameters}.get("D")
        seen[name] = (diffusion, program.couplings[0].speed, len(program.diffusion))
    nsig = 0.01
    assert seen["mpr"] == (pytest.approx(nsig**2 / (2 * 0.1)), 1.0, 2)
    assert seen["phase"] == (pytest.approx((2.0 * 1e-5) / 2), 1.0, 1)
    assert seen["seizure"] == (None, pytest.approx(2 / 3), 0)
