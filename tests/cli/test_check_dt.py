"""``sweep --check-dt K``: what it prints and records, before, after and without a sweep."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rateml.results import open_results

# dx/dt = -rate x: Heun at step h multiplies by 1 - rate h + (rate h)^2 / 2
DECAY = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
  <ComponentType name="Decay" rml:role="model" rml:dt="0.1 ms" rml:scheme="heun">
    <Parameter name="rate" dimension="none"/>
    <Parameter name="D" dimension="none"/>
    <Constant name="MSEC" dimension="time" value="1 ms"/>
    <Exposure name="x" dimension="none"/>
    <Dynamics>
      <StateVariable name="x" dimension="none" exposure="x"/>
      <TimeDerivative variable="x" value="-rate * x / MSEC" rml:diffusion="D / MSEC"/>
      <OnStart><StateAssignment variable="x" value="1 + random(1)"/></OnStart>
    </Dynamics>
  </ComponentType>
  <Component id="decay" type="Decay" rate="1" D="0"/>
</Lems>
"""


@pytest.fixture
def decay(tmp_path: Path) -> Path:
    file = tmp_path / "decay.xml"
    file.write_text(DECAY, encoding="utf-8")
    return file


def _sweep(cli, model: Path, out: Path, *words: object):
    swept = ("--connectome", "synthetic:4:0", "--values", "rate=0.5,1,2", "--duration", "4ms")
    return cli("sweep", model, *swept, "-o", out, *words)


def _record(out: Path):
    return json.loads((out.with_name(out.name + ".run") / "check-dt.json").read_text())


def test_the_numbers_are_those_of_the_scheme(cli, decay: Path, tmp_path: Path) -> None:
    """Without noise the change is that of the numerical solution, which is known."""
    out = tmp_path / "o.zarr"
    told = _sweep(cli, decay, out, "--check-dt", "3", "--dt", "0.2ms", "--monitor", "raw", "--noise", "off")
    assert told.code == 0

    def mean(rate: float, h: float) -> float:
        return float(np.mean((1 - rate * h + (rate * h) ** 2 / 2) ** np.arange(1, round(4 / h) + 1)))

    (row,) = (r for r in _record(out)["statistics"] if r["of"] == "mean")
    spread = open_results(out).raw.std("time").isel(variable=0).values
    means = open_results(out).raw.mean("time").isel(variable=0).values
    start = means / np.array([mean(rate, 0.2) for rate in (0.5, 1.0, 2.0)])[:, np.newaxis]
    for k, rate in enumerate((0.5, 1.0, 2.0)):
        apart = start[k] * abs(mean(rate, 0.1) - mean(rate, 0.2))
        expected = apart.sum() / np.maximum(means[k], spread[k]).sum()
        assert row["changes"][k] == pytest.approx(expected, rel=1e-9)
    assert row["worst"] == int(np.argmax(row["changes"]))
    assert row["noise_changes"] is None


@pytest.mark.parametrize(
    ("words", "result", "message"),
    [
        (("--dt", "0.001ms"), "small enough", "dt = 0.001ms looks small enough: halving it changes no recorded"),
        (
            ("--dt", "0.5ms"),
            "too large",
            "dt = 0.5ms looks too large: halving it changes 2 of 2 statistics; sweep again",
        ),
        (("--dt", "0.001ms", "--set", "D=1"), "hidden by noise", "no more than another noise does; to see smaller"),
    ],
)
def test_verdict(cli, decay: Path, tmp_path: Path, words, result: str, message: str) -> None:
    told = _sweep(cli, decay, tmp_path / "o.zarr", "--check-dt", "3", *words)
    assert (told.code, message in told.text) == (0, True), told.text
    record = _record(tmp_path / "o.zarr")
    assert (record["result"], record["verdict"] in told.text) == (result, True)
    assert all((row["noise_median"] > 0) == ("D=1" in words) for row in record["statistics"])


def test_divergence_at_one_step_only(cli, decay: Path, tmp_path: Path) -> None:
    words = ("--set", "D=0", "--duration", "3000ms", "--dt", "1.5ms", "--values", "rate=0.1,2", "--check-dt", "2")
    told = cli("sweep", decay, "--connectome", "synthetic:4:0", *words, "-o", tmp_path / "o.zarr")
    assert told.code == 0
    assert "point 1 (rate=2) diverges at 1.5 ms in step" in told.text
    assert "not at 0.75 ms" in told.text
    assert "and whether simulations diverge; sweep again with --dt 0.75ms" in told.text
    (diverged,) = _record(tmp_path / "o.zarr")["diverged"]
    assert (diverged["point"], diverged["step_at_half"]) == (1, None)


def test_after_a_sweep_and_before_one(cli, decay: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.zarr"
    told = _sweep(cli, decay, out, "--check-dt", "2", "--dry-run")
    assert (
        "checks dt after the sweep at 2 points of 3: runs them again at 0.05 ms, and at 0.1 ms with another noise"
        in told.text
    )
    assert not out.exists()
    assert _sweep(cli, decay, out).code == 0
    bits = open_results(out).stats_mean.values
    told = _sweep(cli, decay, out, "--check-dt", "2", "--resume")
    assert "every simulation was done before" in told.text
    points = [point["point"] for point in _record(out)["points"]]
    assert len(points) == 2
    assert f"points {', '.join(map(str, points))}" in told.text
    assert (open_results(out).stats_mean.values == bits).all()
    assert _sweep(cli, decay, out, "--overwrite").code == 0
    assert not (tmp_path / "o.zarr.run" / "check-dt.json").exists()


def test_what_half_the_step_cannot_do_is_told_before_the_sweep(cli, decay: Path, tmp_path: Path) -> None:
    told = _sweep(cli, decay, tmp_path / "o.zarr", "--check-dt", "1", "--duration", "1500000s")
    assert (told.code, "--check-dt 1: at half the time step, 0.05 ms: --duration" in told.text) == (1, True), told.text
    assert not (tmp_path / "o.zarr").exists()


def test_a_history_and_trials_and_tables(cli, decay: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "past.npz", x=np.linspace(0, 1, 7)[:, np.newaxis] * np.ones(4))
    out = tmp_path / "o.zarr"
    words = ("--sobol", "4", "--range", "rate=0.1:1", "--trials", "2", "--history", tmp_path / "past.npz")
    check = ("--check-dt", "9", "--dt", "0.01ms", "--duration", "4ms", "--monitor", "tavg:1ms", "-q")
    told = cli("sweep", decay, "--connectome", "synthetic:4:0", *words, *check, "-o", out)
    assert (told.code, told.out) == (0, "")
    record = _record(out)
    assert [point["point"] for point in record["points"]] == [0, 1, 2, 3]
    assert record["result"] == "small enough"
