"""The coefficients of the reduced sets: those in the shipped files, TVB's, and the tables for sweeps."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rateml import api
from rateml.models import reduced_set

FILES: dict[reduced_set.Kind, str] = {
    "FitzHughNagumo": "reduced_set_fitz_hugh_nagumo",
    "HindmarshRose": "reduced_set_hindmarsh_rose",
}


@pytest.fixture(scope="module")
def models() -> Any:
    return pytest.importorskip("tvb.simulator.models")


@pytest.mark.parametrize("kind", FILES)
def test_shipped_files_have_those_of_the_defaults(kind: reduced_set.Kind, shipped_models: dict[str, Path]) -> None:
    program = api.read_program(shipped_models[FILES[kind]])
    found = {p.name: p.default for p in program.parameters}
    for name, value in reduced_set.coefficients(kind, *reduced_set.DEFAULTS[kind]).items():
        assert found[name] == pytest.approx(value, rel=1e-14, abs=1e-14), name


@pytest.mark.tvb
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("sigma", "mu"), [(0.35, 0.0), (0.3, 3.3), (0.8, -1.2)])
@pytest.mark.parametrize("kind", FILES)
def test_equal_to_tvb(models: Any, kind: reduced_set.Kind, sigma: float, mu: float) -> None:
    theirs = getattr(models, f"ReducedSet{kind}")(sigma=np.array([sigma]), mu=np.array([mu]))
    theirs.configure()
    found = reduced_set.coefficients(kind, sigma, mu)
    vectors = {n: np.array([found[f"{n}_{k}"] for k in (1, 2, 3)]) for n in {name[0] for name in found}}
    p, g, q, i = (vectors[n] for n in "pgqI")
    matrices = [
        getattr(theirs, name)
        for name in (("A_ik", "B_ik", "C_ik") if hasattr(theirs, "A_ik") else ("Aik", "Bik", "Cik"))
    ]
    pairs = list(zip(matrices, (np.outer(g, p), np.outer(p, g), np.outer(g, p)), strict=True))
    pairs += [(theirs.IE_i[0], i), (theirs.II_i[0], i)]
    if kind == "FitzHughNagumo":
        pairs += [(theirs.e_i[0], q), (theirs.f_i[0], q), (theirs.m_i[0], theirs.a * p), (theirs.n_i[0], theirs.a * p)]
    else:
        u = vectors["u"]
        pairs += [(theirs.a_i[0], theirs.a * q), (theirs.e_i[0], theirs.a * q), (theirs.b_i[0], theirs.b * u)]
        pairs += [(theirs.f_i[0], theirs.b * u), (theirs.d_i[0], theirs.d * u), (theirs.p_i[0], theirs.d * u)]
        pairs += [(theirs.c_i[0], theirs.c * p), (theirs.h_i[0], theirs.c * p)]
        rs = theirs.r * theirs.s * theirs.xo
        pairs += [(theirs.m_i[0], rs * p), (theirs.n_i[0], rs * p)]
    for expected, ours in pairs:
        np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())


def test_prints_what_a_component_takes(capsys: pytest.CaptureFixture[str], shipped_models: dict[str, Path]) -> None:
    assert reduced_set.main(["FitzHughNagumo", "--sigma", "0.4", "--mu", "0.1"]) == 0
    told = capsys.readouterr().out.strip()
    expected = reduced_set.coefficients("FitzHughNagumo", 0.4, 0.1)
    assert told == " ".join(f'{name}="{value!r}"' for name, value in expected.items())
    text = shipped_models["reduced_set_fitz_hugh_nagumo"].read_text(encoding="utf-8")
    assert all(f' {name}="' in text for name in expected)


def test_writes_points_that_a_sweep_takes(
    tmp_path: Path, shipped_models: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    from rateml.request.settings import Request

    table = tmp_path / "sets.csv"
    argv = ["HindmarshRose", "--sigma", "0.2", "0.3", "--mu", "3.0", "3.3", "--points", str(table)]
    assert reduced_set.main(argv) == 0
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    assert {k: float(v) for k, v in rows[3].items()} == reduced_set.coefficients("HindmarshRose", 0.3, 3.3)
    asked = Request(points=table, duration="1 ms", monitors=("stats",))
    job = api.prepare(shipped_models["reduced_set_hindmarsh_rose"], "synthetic:4:0", asked, sweep=True)
    values = {p.key: job.parameters(2)[k, 0] for k, p in enumerate(job.program.parameters)}
    expected = reduced_set.coefficients("HindmarshRose", 0.3, 3.0)
    assert {name: values[name] for name in expected} == expected
    with pytest.raises(SystemExit):
        reduced_set.main(argv)
    assert "choose another file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["FitzHughNagumo", "--sigma", "0"], "sigma must be above 0"),
        (["FitzHughNagumo", "--sigma", "nan"], "sigma must be above 0"),
        (["FitzHughNagumo", "--mu", "inf"], "mu finite"),
        (["FitzHughNagumo", "--sigma", "1", "2"], "several sigma or mu need --points"),
    ],
)
def test_refuses(argv: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        reduced_set.main(argv)
    assert stopped.value.code == 2
    assert told in capsys.readouterr().err
