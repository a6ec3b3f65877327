"""The same sweep on one GPU and on several of one host: how much faster, and are the bits the same?

    python benchmarks/gpu_devices.py -o FILE [--devices 2,4] [--tvb FOLDER]
    python benchmarks/gpu_devices.py -o FILE --engine cpu        anywhere, to try it: threads in place of GPUs

Montbrió over 68 regions at 3 mm/ms, Euler, noise, float32, statistics, 40,000 steps of 0.1 ms. Sweeps on one and on
more take turns; the medians are compared, of seconds without compiling and storing. ``--tvb FOLDER`` has tvb68.npz
where tvb-data is missing.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import deque
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml import api
from rateml.api.pipeline import prepare
from rateml.api.shipped import shipped_model
from rateml.engines.choose import make_engine, target_of
from rateml.engines.events import Finished
from rateml.engines.job import Job
from rateml.request.settings import Request
from rateml.results import open_results


def _job(points: tuple[int, int], duration: str, args: argparse.Namespace) -> Job:
    network = "tvb:68" if args.tvb is None else str(args.tvb / "tvb68.npz")
    request = Request(
        axes=(("grid", f"G=0.1:0.9:{points[0]}"), ("grid", f"eta=-5:-4.4:{points[1]}")), duration=duration, dt="0.1 ms",
        scheme="euler", precision="float32", monitors=("stats",), set=("speed=3",),
    )  # fmt: skip
    return prepare(shipped_model("montbrio_10ms"), f"{network},scale=max", request, target=target_of(args.engine))


def _engine(count: int, args: argparse.Namespace) -> Any:
    if args.engine == "cpu":
        return make_engine("cpu", count)
    return make_engine("cuda", devices=",".join(map(str, range(count))))


def _seconds(job: Job, engine: Any) -> float:
    return next(e.seconds for e in engine.run(job, job.layout().units, 0, lambda: "run") if isinstance(e, Finished))


def _results(job: Job, engine: Any, folder: Path) -> dict[str, NDArray[Any]]:
    deque(api.execute(job, folder, engine), maxlen=0)
    with open_results(folder) as data:
        return {str(name): np.array(values.values) for name, values in data.variables.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    parser.add_argument("--devices", default="2", help="how many beside one (default %(default)s)")
    parser.add_argument("--engine", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--tvb", type=Path, metavar="FOLDER")
    args = parser.parse_args()
    counts = [1, *map(int, args.devices.split(","))]
    engines = {count: _engine(count, args) for count in counts}
    sweeps = ((20, 4),) if args.engine == "cpu" else ((200, 200), (400, 200))
    bits, long = ("2 ms", "2 ms") if args.engine == "cpu" else ("100 ms", "4 s")
    rows: list[dict[str, Any]] = []
    for points in sweeps:
        job = _job(points, bits, args)
        with tempfile.TemporaryDirectory() as folder:
            found = [_results(job, engine, Path(folder) / f"{k}.zarr") for k, engine in engines.items()]
        assert all(np.isfinite(found[0][name]).all() for name in ("stats_mean", "stats_var")), "nothing to compare"
        same = all(a[name].tobytes() == found[0][name].tobytes() for a in found for name in found[0])
        job = _job(points, long, args)
        took: dict[int, list[float]] = {count: [] for count in counts}
        for again in range(1 + args.repeats):
            for count, engine in engines.items():
                seconds = _seconds(job, engine)
                if again:  # the first one compiles and warms up
                    took[count].append(seconds)
        for count in counts[1:]:
            faster = median(took[1]) / median(took[count])
            rows.append(
                {"simulations": job.settings.simulations, "steps": job.settings.total_steps, "devices": count,
                 "seconds": took[count], "seconds_on_one": took[1], "faster": faster, "same_bits": same}
            )  # fmt: skip
            sizes = f"{job.settings.simulations:,} simulations of {job.settings.total_steps:,} steps"
            times = f"{median(took[1]):.3f} s on 1, {median(took[count]):.3f} s on {count}"
            print(f"{sizes}: {times}: {faster:.3f} times as fast, same bits: {same}", flush=True)
    device = engines[counts[-1]].told(engines[counts[-1]].threads)
    args.output.write_text(json.dumps({"device": device, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
