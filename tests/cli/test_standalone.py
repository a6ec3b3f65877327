"""What ``rateml build`` writes runs alone, and gives the engine's numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rateml.connectome import load_connectome
from rateml.results import open_results

_PROGRAM = """
import runpy, sys
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
loaded = [name for name in sys.modules if name.split(".")[0] in ("rateml", "zarr", "xarray", "typer", "jinja2", "lxml")]
assert not loaded, loaded
"""


@pytest.mark.parametrize(
    ("model", "variable"), [("montbrio", "r"), pytest.param("kuramoto", "theta", marks=pytest.mark.long)]
)
def test_the_program_gives_the_bits_of_the_engine(
    cli, tmp_path: Path, montbrio: Path, model: str, variable: str
) -> None:
    file = montbrio.with_name(f"{model}.xml")
    network = load_connectome("synthetic:4:0")
    np.savez(tmp_path / "c.npz", weights=network.weights, lengths=network.lengths)
    assert cli("build", file, "-o", tmp_path / "made").code == 0
    (module,) = (tmp_path / "made").iterdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = [sys.executable, "-I", "-c", _PROGRAM, str(module), "--connectome", str(tmp_path / "c.npz")]
    times = ["--duration", "20", "--transient", "5", "--seed", "3", "-o", "y.npz"]
    done = subprocess.run(
        [*command, *times], cwd=elsewhere, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "numba")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = cli(
        "run", file, "--connectome", "synthetic:4:0", "--duration", "20ms", "--transient", "5ms", "--seed", "3",
        "--monitor", "raw", "-o", tmp_path / "y.zarr",
    )  # fmt: skip
    assert told.code == 0
    raw = open_results(tmp_path / "y.zarr").raw
    with np.load(elsewhere / "y.npz") as alone:
        np.testing.assert_array_equal(alone["time"], raw.time)
        for name in raw["variable"].values:
            np.testing.assert_array_equal(alone[str(name)], raw.sel(variable=name))
        assert variable in alone.files
