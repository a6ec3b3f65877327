"""Engine ``cuda`` on this machine: does it agree with engine ``cpu``, and how fast is it?

    python benchmarks/gpu.py agree [MODEL ...]     largest difference from engine cpu, each shipped model
    python benchmarks/gpu.py rates [ROW ...]       kernel rates, of the rows whose name begins so

``gpu_session.py`` does both and more in one call.

Every row of ``rates`` prints edges, range of delays in steps, block, kernel and where history lies; it fails where the
integer delays are not rint((length / speed) / dt). ``--tvb FOLDER`` has tvb68.npz and so on, where tvb-data is missing.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from rateml.api.pipeline import prepare, read_program
from rateml.api.shipped import shipped_model
from rateml.connectome import Connectome, Tracts, load_connectome, write_npz
from rateml.engines.cache import load_module
from rateml.engines.cuda.group import CudaKernels
from rateml.engines.group import Group, Kernels
from rateml.engines.job import Job
from rateml.request.settings import Request
from rateml.standalone.gpu import find_gpus


@dataclass(frozen=True)
class Row:
    name: str
    model: str
    network: str = "tvb:68,scale=max"
    speed: str = "3"
    scheme: str = "euler"
    precision: str = "float32"
    monitor: str = "tavg:1ms"
    dt: str = "0.1 ms"
    noise: str = "on"


def _rows() -> Iterator[Row]:
    for model in ("montbrio_10ms", "reduced_wong_wang", "kuramoto", "epileptor"):
        yield Row(f"{model}", model)
        yield Row(f"{model}/stats", model, monitor="stats")
    for speed in ("2", "6", "10"):
        yield Row(f"montbrio/{speed}mm_per_ms", "montbrio_10ms", speed=speed)
    yield Row("montbrio/heun", "montbrio_10ms", scheme="heun")
    yield Row("montbrio/float64", "montbrio_10ms", precision="float64")
    yield Row("montbrio/quiet", "montbrio_10ms", noise="off")
    yield Row("montbrio/tvb76", "montbrio_10ms", network="tvb:76,scale=max")
    yield Row("montbrio/tvb192", "montbrio_10ms", network="tvb:192,scale=max")
    for model, network in product(("montbrio_10ms", "kuramoto", "epileptor"), ("synthetic:200:0", "dense:200")):
        yield Row(f"{model.removesuffix('_10ms')}/{network.partition(':0')[0]}", model, network=network)
    yield Row("montbrio/synthetic:400", "montbrio_10ms", network="synthetic:400:0")
    yield Row("montbrio/dense:400", "montbrio_10ms", network="dense:400")
    yield Row("reduced_wong_wang/no_delay", "reduced_wong_wang", speed="inf")
    yield Row("reduced_wong_wang/no_delay/stats", "reduced_wong_wang", speed="inf", monitor="stats")
    yield Row("montbrio/no_delay", "montbrio_10ms", speed="inf")


def _dense(regions: int) -> str:
    """The file of a synthetic connectome in which every region is connected to every other one."""
    sparse = load_connectome(f"synthetic:{regions}:0")
    random = np.random.default_rng(regions)
    weights = random.lognormal(0.0, 1.0, (regions, regions))
    lengths = np.linalg.norm(sparse.centres[:, None] - sparse.centres, axis=2) + 10.0
    np.fill_diagonal(weights, 0.0)
    tracts = {name: Tracts(weights / weights.max(), lengths) for name in sparse.tracts}
    path = Path(tempfile.gettempdir()) / f"rateml-dense-{regions}-{os.getpid()}.npz"
    write_npz(Connectome(sparse.labels, sparse.centres, tracts, sparse.source), path)
    atexit.register(path.unlink, missing_ok=True)
    return str(path)


def _job(row: Row, tvb: Path | None, trials: int, history: Path | None = None) -> Job:
    network = row.network
    if network.startswith("dense:"):
        network = _dense(int(network.removeprefix("dense:")))
    if tvb is not None and network.startswith("tvb:"):
        number, _, options = network.removeprefix("tvb:").partition(",")
        network = f"{tvb / f'tvb{number}.npz'}{',' * bool(options)}{options}"
    delayed = any(coupling.delayed for coupling in read_program(shipped_model(row.model)).couplings)
    request = Request(
        duration="100 s", dt=row.dt, scheme=row.scheme, precision=row.precision, monitors=tuple(row.monitor.split()),
        noise=row.noise, set=(f"speed={row.speed}",) if delayed else (), trials=trials, history=history,
    )  # fmt: skip
    return prepare(shipped_model(row.model), network, request, sweep=False, target="cuda")


def _delays(job: Job) -> tuple[int, int]:
    """The range of the delays; AssertionError where they are not TVB's."""
    low, high = 2**31, 0
    for coupling, speed, delays in zip(job.program.couplings, job.speeds(0), job.delays(job.speeds(0)), strict=True):
        if coupling.reduce == "sum" and speed is not None and np.isfinite(speed):
            expected = np.rint((job.edges(coupling).length / speed) / job.settings.dt)
            assert (delays == expected).all(), f"{coupling.id}: delays are off"
        low, high = min([low, *delays.tolist()]), max([high, *delays.tolist()])
    return low, high


def rate(row: Row, tvb: Path | None, waves: int, steps: int) -> dict[str, Any]:
    """One row: the best of three launches of ``steps`` steps, recording included, nothing copied back."""
    (gpu,) = find_gpus([0])
    job = _job(row, tvb, trials=2**16)
    kernels = CudaKernels(job, job.artifact.files[job.artifact.entry], [gpu])
    began = time.perf_counter()
    kernels.compile()
    compiling = time.perf_counter() - began
    plan = kernels.plan(job.speeds(0), 0)
    low, high = _delays(job)
    count = gpu.limits.processors * waves * plan.lanes
    group = kernels.group(range(count), 0)
    window = group.recording.window
    assert window == 0 or steps % window == 0, "whole windows"
    rows = 0 if not kernels.kind.rows else steps // window if window else steps
    best = float("inf")
    with gpu.active():
        for _ in range(4):
            group._make_room(rows)
            group._update(
                first=group.step, steps=steps, record=1, counts=1, counted=group.step, origin=0, rows=rows,
                drive_rows=1,
            )  # fmt: skip
            gpu.wait()
            began = time.perf_counter()
            group.code.advance(group.record, plan.blocks(group.padded), plan)
            gpu.wait()
            best = min(best, time.perf_counter() - began)
            group.step += steps
    done = count * steps / best
    return {
        **asdict(row),
        "rate": done,
        "edges": sum(job.edges(c).n_edges for c in job.program.couplings if c.reduce == "sum"),
        "delays": [low, high],
        "block": plan.tables.block,
        "path": plan.reason,
        "threads": plan.threads,
        "shared": plan.shared,
        "simulations": count,
        "steps": steps,
        "bandwidth": done * job.bytes_per_step(),
        "compiling_s": compiling,
    }


def _random_history(model: str, n_nodes: int, path: Path) -> Path:
    """200 random steps in the middle of the states' ranges, where no model leaves the finite numbers."""
    random = np.random.default_rng(0)
    states = read_program(shipped_model(model)).states
    ranges = {s.name: (0.0 if s.low is None else s.low, 1.0 if s.high is None else s.high) for s in states}
    arrays: dict[str, Any] = {
        name: random.uniform(low + 0.4 * (high - low), low + 0.6 * (high - low), (200, n_nodes))
        for name, (low, high) in ranges.items()
    }
    np.savez(path, **arrays)
    return path


def agree(model: str, speed: str, precision: str, scheme: str, steps: int, tvb: Path | None) -> tuple[float, str]:
    """The largest difference from engine cpu, relative to the largest value of the exposure."""
    (gpu,) = find_gpus([0])
    row = Row(model, model, speed=speed, scheme=scheme, precision=precision, monitor="raw", noise="off")
    with tempfile.TemporaryDirectory() as folder:
        job = _job(row, tvb, trials=3, history=_random_history(model, 68, Path(folder) / "history.npz"))
        assert job.origin is not None
        host = prepare(shipped_model(model), job.origin.connectome, job.origin.request, sweep=False)
    kernels = CudaKernels(job, job.artifact.files[job.artifact.entry], [gpu])
    ours, theirs = kernels.group(range(3), 0), Group(Kernels(host, load_module(host.artifact)), range(3))
    worst = 0.0
    for _ in range(4):
        a, b = ours.advance(steps // 4, record=True), theirs.advance(steps // 4, record=True)
        scale = np.nanmax(np.abs(b), axis=(1, 2, 3), keepdims=True)
        assert (scale > 0.0).all(), "nothing to compare"
        worst = max(worst, float(np.nanmax(np.abs(a - b) / scale)), float((np.isnan(a) != np.isnan(b)).any()))
    return worst, kernels.path()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("agree", "rates"))
    parser.add_argument("names", nargs="*")
    parser.add_argument("--tvb", type=Path)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--waves", type=int, default=8)
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    found: list[dict[str, Any]] = []
    if args.what == "agree":
        for model in args.names or sorted(f.stem for f in shipped_model("linear").parent.glob("*.xml")):
            for speed, precision in (("3", "float64"), ("inf", "float64"), ("3", "float32")):
                worst, path = agree(model, speed, precision, "heun", 1000, args.tvb)
                print(f"{model:30} {precision} {speed:>4} mm/ms {worst:8.1e}  {path}", flush=True)
                found.append({"model": model, "precision": precision, "speed": speed, "difference": worst})
    else:
        for row in _rows():
            if args.names and not any(row.name.startswith(name) for name in args.names):
                continue
            result = rate(row, args.tvb, args.waves, args.steps)
            found.append(result)
            print(f"{row.name:34} {result['rate'] / 1e6:8.0f} M/s  E {result['edges']}  delays {result['delays']}  "
                  f"B {result['block']}  {result['path']}", flush=True)  # fmt: skip
    if args.output:
        args.output.write_text(json.dumps({"device": find_gpus([0])[0].limits.name, "rows": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
