"""Everything that is to be seen on a GPU, in one call of less than ten minutes.

    python benchmarks/gpu_session.py -o FOLDER [--tvb FOLDER] [--only normals,driver,agree,sanitize,whole,rates]

First all code is compiled and engine cpu's side computed, on all cores. Then: how far the normals lie from their
definition; a generated driver against the engine, bit for bit; how far each shipped model lies from engine cpu;
compute-sanitizer's memcheck and racecheck on every path; whole sweeps against their kernels alone, with ``stats`` and
with all that they record; the rows of ``gpu.py rates``.
Each part writes FOLDER/PART.json as soon as it is done, and a part that fails does not end the others.
``benchmarks/paper.py`` is apart.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import gpu as single
import normals
import numpy as np
from numpy.typing import NDArray

from rateml import api
from rateml.api.pipeline import prepare, read_program
from rateml.api.shipped import shipped_model
from rateml.connectome import load_connectome, write_npz
from rateml.engines.cache import load_module
from rateml.engines.choose import make_engine
from rateml.engines.cuda.group import CudaKernels
from rateml.engines.cuda.summaries import DeviceBold, DeviceFc
from rateml.engines.events import Finished, GpuMetrics
from rateml.engines.group import Group, Kernels
from rateml.engines.job import Job
from rateml.request.settings import Request
from rateml.results import open_results
from rateml.standalone.gpu import find_gpus
from rateml.standalone.nvcc import compiled
from rateml.standalone.plan import Limits

STEPS = 1000
AGREEING = (("3", "float64", "raw"), ("inf", "float64", "raw"), ("3", "float32", "raw"), ("3", "float64", "tavg:1ms"))
TOUCHED = {
    "blocked, history on chip": ("montbrio_10ms", "3", "synthetic:9:1", ("stats", "tavg:1ms")),
    "blocked, means behind the block": ("reduced_wong_wang", "3", "synthetic:34:1", ("tavg:1ms",)),
    "blocked, means within the step": ("montbrio_10ms", "3", "synthetic:34:1", ("tavg:1ms",)),
    "blocked, statistics behind the block": ("reduced_wong_wang", "3", "synthetic:34:1", ("stats",)),
    "blocked, what is sent is computed": ("jansen_rit", "3", "synthetic:34:1", ("stats", "tavg:1ms")),
    "blocked, history in global memory": ("montbrio_10ms", "1", "synthetic:68:0", ("stats", "tavg:1ms")),
    "blocked, shared by a cluster": ("montbrio_10ms", "3", "synthetic:200:0", ("stats", "tavg:1ms")),
    "lanes, per step": ("hopfield_dynamic", None, "synthetic:9:1", ("stats", "tavg:1ms")),
    "lanes, no delay": ("reduced_wong_wang", "inf", "synthetic:9:1", ("stats", "tavg:1ms")),
}
"""A path, and a model, a speed, a network and monitors that take it."""


def _compile(job: Job, limits: Limits) -> None:
    kernels = CudaKernels(job, job.artifact.files[job.artifact.entry], [])
    compiled(kernels.source, kernels.plan_for(job.speeds(0), limits), limits.capability, {})


def _agreeing(model: str, speed: str, precision: str, monitor: str, tvb: Path | None, folder: Path) -> tuple[Job, Job]:
    """The job of engine cuda and that of engine cpu, with the model's own time step where it is shorter than 0.1 ms."""
    dt = min(0.1, read_program(shipped_model(model)).dt)
    row = single.Row(
        model, model, speed=speed, scheme="heun", precision=precision, monitor=monitor, noise="off", dt=f"{dt} ms"
    )
    job = single._job(row, tvb, trials=3, history=single._random_history(model, 68, folder / "history.npz"))
    assert job.origin is not None
    return job, prepare(shipped_model(model), job.origin.connectome, job.origin.request, sweep=False)


def expected(model: str, speed: str, precision: str, monitor: str, tvb: Path | None, limits: Limits) -> NDArray[Any]:
    """What engine cpu gives; compiles for engine cuda meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        job, host = _agreeing(model, speed, precision, monitor, tvb, Path(folder))
    _compile(job, limits)
    group = Group(Kernels(host, load_module(host.artifact)), range(3))
    return np.concatenate([np.array(group.advance(STEPS // 4, record=True)) for _ in range(4)], axis=2)


def warm_rate(row: single.Row, tvb: Path | None, limits: Limits) -> None:
    _compile(single._job(row, tvb, trials=2**16), limits)


def agree(cases: dict[tuple[str, str, str, str], Future[NDArray[Any]]], tvb: Path | None) -> list[dict[str, Any]]:
    """The largest difference of each model, relative to the largest value of the exposure."""
    (gpu,) = find_gpus([0])
    found = []
    for (model, speed, precision, monitor), future in cases.items():
        row: dict[str, Any] = {"model": model, "precision": precision, "speed": speed, "monitor": monitor}
        try:
            theirs = future.result()
            with tempfile.TemporaryDirectory() as folder:
                job, _ = _agreeing(model, speed, precision, monitor, tvb, Path(folder))
            kernels = CudaKernels(job, job.artifact.files[job.artifact.entry], [gpu])
            group = kernels.group(range(3), 0)
            ours = np.concatenate([np.array(group.advance(STEPS // 4, record=True)) for _ in range(4)], axis=2)
            if theirs.shape != ours.shape:  # of costly models engine cpu leaves means to the recorders
                theirs = theirs.reshape(*theirs.shape[:2], ours.shape[2], -1, 3).mean(axis=3)
            scale = np.abs(theirs).max(axis=(1, 2, 3), keepdims=True)
            assert np.isfinite(theirs).all(), "engine cpu's values do not stay finite: nothing to compare"
            assert (np.ptp(theirs, axis=2) > 0.0).any(), "nothing changes: nothing to compare"
            worst = float((np.abs(ours - theirs) / scale).max())  # nan where ours is
            row |= {"difference": worst, "dt": job.settings.dt, "steps": STEPS, "path": kernels.path()}
        except Exception as error:  # one model must not hide the others
            row |= {"error": f"{type(error).__name__}: {error}"}
        print(f"{model:30} {precision} {speed:>4} {monitor:8}  {row.get('difference', row.get('error'))}", flush=True)
        found.append(row)
    return found


def touch(case: str) -> None:
    """A few launches of every kernel on one path, for the sanitizer."""
    model, speed, network, monitors = TOUCHED[case]
    request = Request(
        duration="100 ms", dt="0.1 ms", precision="float32", monitors=monitors, trials=40,
        set=() if speed is None else (f"speed={speed}",),
    )  # fmt: skip
    job = prepare(shipped_model(model), network, request, sweep=False, target="cuda")
    kernels = CudaKernels(job, job.artifact.files[job.artifact.entry], find_gpus([0]))
    group, means = kernels.group(range(40), 0), job.settings.monitors[-1]
    recorded = means.kind == "tavg"
    if recorded:
        bold = DeviceBold(group, dataclasses.replace(means, every=20, inner=10), job.settings.balloon)
        fc = DeviceFc(group, means, None)
    for steps in (33, 7, 60):
        seen = group.advance(steps, record=True)
        if recorded:
            fc.take(seen)
            bold.next(seen)
    if "stats" in monitors:
        assert np.isfinite(group.moments()).all()
    assert not recorded or (fc.count == 10 and fc.result(1, None)["fc"].shape[0] == len(means.variables))
    print(f"touched {case}: {kernels.path()}")


def sanitize() -> list[dict[str, Any]]:
    """What compute-sanitizer says of every path."""
    tool = shutil.which("compute-sanitizer")
    if tool is None:
        raise FileNotFoundError("compute-sanitizer, of the CUDA toolkit, is not on the PATH")
    found = []
    for case in TOUCHED:
        for kind in ("memcheck", "racecheck"):
            command = [tool, "--tool", kind, "--error-exitcode", "9", sys.executable, __file__, "--touch", case]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
            said = [line for line in done.stdout.splitlines() if "SUMMARY" in line or "touched" in line]
            found.append({"case": case, "tool": kind, "rc": done.returncode, "said": said, "err": done.stderr[-500:]})
            print(f"{kind:10} {case:36} rc {done.returncode}  {' | '.join(said)}", flush=True)
    return found


def rates(tvb: Path | None) -> list[dict[str, Any]]:
    found = []
    for row in single._rows():
        result = single.rate(row, tvb, waves=8, steps=4000)
        found.append(result)
        print(f"{row.name:34} {result['rate'] / 1e6:8.0f} M/s  {result['path']}", flush=True)
    return found


def whole(tvb: Path | None) -> list[dict[str, Any]]:
    """20,000 simulations of 40,000 steps: the whole sweep, and its kernel alone."""
    found = []
    network = "tvb:68,scale=max" if tvb is None else f"{tvb / 'tvb68.npz'},scale=max"
    for monitors in (("stats",), ("stats", "fc:tavg:10ms:r"), ("bold:1s:r", "fc:bold:1s:r")):
        request = Request(
            axes=(("grid", "G=0.1:0.9:100"), ("grid", "eta=-5:-4.4:200")), duration="4 s", dt="0.1 ms",
            scheme="euler", precision="float32", monitors=monitors, set=("speed=3",),
        )  # fmt: skip
        job = prepare(shipped_model("montbrio_10ms"), network, request, target="cuda")
        engine = make_engine("cuda")
        seconds, states = 0.0, []
        for event in engine.run(job, job.layout().units, 0, lambda: "run"):
            if isinstance(event, Finished):
                seconds = event.seconds
            elif isinstance(event, GpuMetrics):
                states.append(dataclasses.asdict(event))
        steps = job.settings.simulations * job.settings.total_steps
        told: dict[str, Any] = {"monitors": monitors, "seconds": seconds, "gpus": states[-3:]}
        print(f"{' '.join(monitors):30} {seconds:6.2f} s", end="", flush=True)
        for kernel in dict.fromkeys(("stats", " ".join(monitors))):
            row = single.Row("whole", "montbrio_10ms", monitor=kernel)
            told[f"kernel {kernel}"] = alone = steps / single.rate(row, tvb, waves=8, steps=4000)["rate"]
            print(f", {seconds / alone - 1:+.1%} on the kernel with {kernel} ({alone:.2f} s)", end="", flush=True)
        print(flush=True)
        found.append(told)
    return found


def driver() -> list[dict[str, Any]]:
    """A generated driver, run as a program, and the engine."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = api.build(shipped_model("montbrio_10ms"), "cuda").write(folder)
        program = next(path for path in paths if path.name.endswith("_driver.py"))
        write_npz(load_connectome("synthetic:68:0"), folder / "net.npz")
        words = ["--grid", "G=0.1:0.9:16", "--values", "speed=3,10", "--duration", "200ms", "--precision", "float32"]
        command = [sys.executable, str(program), "--connectome", str(folder / "net.npz"), *words]
        done = subprocess.run([*command, "-o", str(folder / "o.npz")], capture_output=True, text=True, check=False)
        print(done.stdout + done.stderr, flush=True)
        request = Request(
            axes=(("grid", "G=0.1:0.9:16"), ("values", "speed=3,10")), duration="200 ms", precision="float32"
        )
        job = prepare(shipped_model("montbrio_10ms"), str(folder / "net.npz"), request, target="cuda")
        deque(api.execute(job, folder / "o.zarr", make_engine("cuda")), maxlen=0)
        with np.load(folder / "o.npz") as ours, open_results(folder / "o.zarr") as theirs:
            names = ("stats_mean", "stats_var", "status")
            same = {n: bool(np.array_equal(ours[n], theirs[n].values, equal_nan=True)) for n in names}
    print(f"driver and engine have the same bits: {same}", flush=True)
    return [{"rc": done.returncode, "said": done.stdout, "same": same}]


def _do(part: str, work: Callable[[], Sequence[dict[str, Any]]], output: Path, begun: float) -> bool:
    began = time.monotonic()
    told: dict[str, Any] = {"part": part}
    try:
        told["rows"] = work()
    except Exception as error:  # the parts after it are worth the machine's time
        traceback.print_exc()
        told["error"] = f"{type(error).__name__}: {error}"
    told |= {"seconds": time.monotonic() - began, "device": find_gpus([0])[0].limits.name}
    (output / f"{part}.json").write_text(json.dumps(told, indent=1) + "\n")
    print(f"--- {part}: {told['seconds']:.0f} s, {time.monotonic() - begun:.0f} s in all", flush=True)
    return "error" not in told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=Path("gpu-session"), metavar="FOLDER")
    parser.add_argument("--tvb", type=Path, metavar="FOLDER")
    parser.add_argument("--only", default="normals,driver,agree,sanitize,whole,rates")
    parser.add_argument("--models", help="of agree; all without it")
    parser.add_argument("--touch", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.touch:
        touch(args.touch)
        return 0
    args.output.mkdir(parents=True, exist_ok=True)
    begun, parts = time.monotonic(), args.only.split(",")
    limits = find_gpus([0])[0].limits
    names = (
        args.models.split(",") if args.models else sorted(f.stem for f in shipped_model("linear").parent.glob("*.xml"))
    )
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        wanted = [(model, *case) for model in names for case in AGREEING] if "agree" in parts else []
        cases = {case: pool.submit(expected, *case, args.tvb, limits) for case in wanted}
        warmed = [pool.submit(warm_rate, row, args.tvb, limits) for row in single._rows()] if "rates" in parts else []
        work: dict[str, Callable[[], Sequence[dict[str, Any]]]] = {
            "normals": lambda: normals.compare(make_engine("cuda", devices="0")), "driver": driver,
            "agree": lambda: agree(cases, args.tvb), "sanitize": sanitize, "whole": lambda: whole(args.tvb),
            "rates": lambda: rates(args.tvb),
        }  # fmt: skip
        fine = True
        for part in parts:
            if part in ("whole", "rates"):
                for future in warmed:  # nothing else may run beside a timing
                    future.exception()
            fine &= _do(part, work[part], args.output, begun)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
