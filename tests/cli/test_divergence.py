"""What is told of simulations that ceased to be finite: how many, and where the first did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rateml.results import open_results

# x doubles and more at every step of 1 ms where rate is positive, so when it overflows is known
GROWTH = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
  <ComponentType name="Growth" rml:role="model" rml:dt="1 ms" rml:scheme="euler">
    <Parameter name="rate" dimension="none"/>
    <Constant name="MSEC" dimension="time" value="1 ms"/>
    <Exposure name="y" dimension="none"/>
    <Dynamics>
      <StateVariable name="y" dimension="none" exposure="y"/>
      <StateVariable name="x" dimension="none"/>
      <TimeDerivative variable="y" value="-y / MSEC"/>
      <TimeDerivative variable="x" value="rate * x / MSEC"/>
    </Dynamics>
  </ComponentType>
  <Component id="growth" type="Growth" rate="1"/>
</Lems>
"""
FIRST = "the first at point 2 (rate=15), trial 0: 'x' in region lh-002 at step 255 (t = 255 ms); try a smaller --dt"


@pytest.fixture
def growth(tmp_path: Path) -> Path:
    file = tmp_path / "growth.xml"
    file.write_text(GROWTH, encoding="utf-8")
    return file


def test_of_a_sweep(cli, growth: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.zarr"
    words = ("--connectome", "synthetic:4:0", "--init", "x=0", "--init", "x[lh-002]=1", "--init", "y=0")
    sweep = ("sweep", growth, *words, "--values", "rate=3,0,15", "--trials", "2", "--duration", "2s", "-o", out)
    told = cli(*sweep)
    assert told.code == 0
    assert f"4 of 6 simulations diverged (status 1); {FIRST}" in told.text
    # 2**1024 = 16**256 = 4**512 is the first that float64 cannot hold; steps count from 0
    np.testing.assert_array_equal(open_results(out).diverged_at, [[511, 511], [-1, -1], [255, 255]])
    told = cli(*sweep, "--resume")
    assert "every simulation was done before" in told.text
    assert FIRST in told.text
    told = cli(*sweep, "--overwrite", "--values", "rate=0", "-q")
    assert "diverged" not in told.text


def test_of_one_run(cli, growth: Path) -> None:
    words = ("--connectome", "synthetic:4:0", "--init", "x=0", "--init", "x[lh-002]=1", "--init", "y=0")
    told = cli("run", growth, *words, "--set", "rate=15", "--duration", "2s")
    assert told.code == 1
    assert "diverged: 'x' in region lh-002 at step 255 (t = 255 ms); try a smaller --dt" in told.text
