"""The noise that an engine draws, against its definition (docs/random-numbers.md), in units of the last place.

    python benchmarks/normals.py [--engine cpu|cuda] [-o FILE]

The model ``linear`` with gamma dt = -1, 2 D dt = 1 and no coupling is its own noise: every state that it takes is the
normal of the step before, to the bit. Words that differ by a bit make float64 normals that differ by far more than
4 units, so these show that the words are equal. 40 trials, 34 regions, 1,000 steps on each path.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml import api
from rateml.engines.choose import make_engine, target_of
from rateml.engines.cpu import CpuEngine
from rateml.ir import philox
from rateml.request.settings import Request
from rateml.results import open_results

TRIALS, REGIONS, STEPS, SEED, ALLOWED = 40, 34, 1000, 0x5DEECE66D1234567, 4.0
PATHS = {"delays": "0.1", "no delays": "inf"}
"""Conduction speeds; a step is 8 ms, so that sigma and gamma are powers of two."""


def drawn(engine: CpuEngine, precision: str, speed: str) -> tuple[NDArray[Any], str]:
    """Every normal that an engine draws, shape (trial, step, region), and the path that it takes."""
    request = Request(
        set=("gamma=-0.125", "D=0.0625", "a=0", "b=0", f"speed={speed}"), dt="8 ms", scheme="euler",
        duration=f"{8 * STEPS} ms", precision=precision, trials=TRIALS, seed=SEED, monitors=("raw",),
    )  # fmt: skip
    job = api.prepare(
        api.shipped_model("linear"), f"synthetic:{REGIONS}:1", request, sweep=False, target=target_of(engine.name)
    )
    with tempfile.TemporaryDirectory() as folder:
        deque(api.execute(job, Path(folder) / "z.zarr", engine), maxlen=0)
        with open_results(Path(folder) / "z.zarr") as data:
            z = np.array(data.raw.sel(variable="x").transpose("trial", "time", "region").values)
    return z, engine._kernels_of(job).path()


def defined(precision: str) -> NDArray[Any]:
    steps, regions = np.arange(STEPS)[:, np.newaxis], np.arange(REGIONS)
    real = np.dtype(precision).type
    return np.stack([philox.normals(SEED, steps, regions, 0, 0, k, real) for k in range(TRIALS)])


def compare(engine: CpuEngine) -> list[dict[str, Any]]:
    """A row for each precision and path: how many normals, and how far the worst is off; AssertionError if too far."""
    found = []
    for precision in ("float64", "float32"):
        expected = defined(precision)
        for path, speed in PATHS.items():
            ours, told = drawn(engine, precision, speed)
            assert ours.dtype == expected.dtype
            assert ours.shape == expected.shape
            units = np.abs(ours - expected) / np.spacing(np.maximum(np.abs(ours), np.abs(expected)))
            row = {
                "precision": precision, "path": told, "normals": ours.size, "units": float(units.max()),
                "equal": float((ours == expected).mean()),
            }  # fmt: skip
            print(f"{precision} {path:10} {ours.size:,} normals, worst {row['units']:.2f} units of the last place, "
                  f"{row['equal']:.1%} equal  {told}", flush=True)  # fmt: skip
            found.append(row)
    assert all(row["units"] <= ALLOWED for row in found), f"normals are off by more than {ALLOWED:g} units"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("cpu", "cuda"), default="cuda")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE")
    args = parser.parse_args()
    engine = make_engine(args.engine)
    rows = compare(engine)
    if args.output:
        told = {"device": engine.told(engine.threads), "rows": rows}
        args.output.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
