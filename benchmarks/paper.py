"""The experiment of the RateML paper: how long do sweeps over growing numbers of parameter sets take?

    python benchmarks/paper.py                                   on a GPU, within 6 minutes
    python benchmarks/paper.py --engine cpu --steps 400 --limit 2 --budget 20 -o trial     anywhere, to try it

Kuramoto, reduced Wong-Wang and Epileptor with delays over 68 regions at 3 mm/ms, Euler, noise, float32, 40,000 steps of
0.1 ms, two parameters swept on a square grid, means and variances recorded. The counts grow until the next would not
fit in its share of the budget; the largest sweep that ends within ``--limit`` seconds is then computed from the line
through the last two and run, as far as the budget lasts. Writes FILE.json and FILE.png. ``--tvb FOLDER`` has tvb68.npz
where tvb-data is missing.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt

from rateml.api.pipeline import prepare
from rateml.api.shipped import shipped_model
from rateml.engines.choose import make_engine, target_of
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import Compiled, Finished, GpuMetrics
from rateml.engines.job import Job
from rateml.request.settings import Request

MODELS = {
    "kuramoto": ("a=0.1:2", "omega=0.05:0.6"),
    "reduced_wong_wang": ("G=0.001:0.01", "w=0.5:1"),
    "epileptor": ("x0=-2.4:-1.6", "Ks=-0.4:0"),
}
"""The two swept parameters of each."""

SET = {"epileptor": ("tt=0.5",)}
"""At its own pace the Epileptor is unstable with Euler steps of 0.1 ms."""

PEERS = {
    "kuramoto": {"kernel of 2022": (12.6e6, ":")},
    "reduced_wong_wang": {"kernel of 2022": (11.3e6, ":"), "cuBNM 0.1.0": (13.3e6, "--")},
}
"""Simulation steps/s on an H200 with the same connectome, its delays at 3 mm/ms: of the kernel that the paper's RateML
made, its numbering of work items put right, which cannot run the Epileptor there, and of cuBNM, 8,192 simulations of
one population a region."""

RESULTS = Path(__file__).parent / "results"
FACTOR = 4


@dataclass(frozen=True)
class Sweep:
    """``seconds`` from the first launch to the last result, without compiling; memory in bytes of one device."""

    sets: int
    seconds: float
    compiling: float
    rate: float
    bandwidth: float
    of_peak: float | None
    memory_planned: int | None
    memory_seen: int | None


def job_of(model: str, side: int, args: argparse.Namespace) -> Job:
    network = "tvb:68,scale=max" if args.tvb is None else f"{args.tvb / 'tvb68.npz'},scale=max"
    axes = tuple(("grid", f"{axis}:{side}") for axis in MODELS[model])
    request = Request(
        axes=axes, duration=f"{args.steps / 10:g} ms", dt="0.1 ms", scheme="euler", precision="float32",
        monitors=("stats",), set=("speed=3", *SET.get(model, ())),
    )  # fmt: skip
    return prepare(shipped_model(model), args.network or network, request, target=target_of(args.engine))


def run(job: Job, engine: CpuEngine) -> Sweep:
    """Everything that a sweep does but write its results."""
    compiling, looks = 0.0, []
    for event in engine.run(job, job.layout().units, 0, lambda: "run"):
        match event:
            case Compiled():
                compiling = event.seconds
            case GpuMetrics():
                looks.append(event)
            case Finished():
                if event.diverged:
                    raise SystemExit(f"{event.diverged} simulations diverged, which ends them early")
                seen = [gpu.memory_used for look in looks for gpu in look.gpus if gpu.memory_used is not None]
                peak = next((look.peak for look in looks if look.peak is not None), None)
                return Sweep(
                    event.simulations, event.seconds, compiling, event.rate, event.bandwidth,
                    None if peak is None else event.bandwidth / peak, engine.memory(job).device,
                    max(seen, default=None),
                )  # fmt: skip
    raise AssertionError("the engine ended without saying so")


def growing(model: str, engine: CpuEngine, args: argparse.Namespace, deadline: float) -> Iterator[Sweep]:
    """Sweeps of growing size, the last within a quarter of the limit and before the deadline."""
    side, seconds = args.side, 0.0
    while seconds * FACTOR < args.limit / 4 and time.monotonic() + seconds * FACTOR < deadline:
        found = run(job_of(model, side, args), engine)
        yield found
        side, seconds = 2 * side, found.seconds


def largest(sweeps: list[Sweep], limit: float) -> int:
    """The sets that take ``limit`` seconds, on the line through the last two sweeps; through the origin of one."""
    last = sweeps[-1]
    if len(sweeps) == 1:
        return int(last.sets * limit / last.seconds)
    slope = (last.seconds - sweeps[-2].seconds) / (last.sets - sweeps[-2].sets)
    return int(last.sets + (limit - last.seconds) / slope) if slope > 0 else last.sets


def experiment(model: str, engine: CpuEngine, args: argparse.Namespace, until: float) -> dict[str, Any]:
    """One model, until the monotonic time ``until`` at the latest."""
    left = until - time.monotonic()
    limit = min(args.limit, 0.6 * left)
    sweeps = []
    for found in growing(model, engine, args, until - limit):
        sweeps.append(found)
        _print(model, found)
    job = job_of(model, args.side, args)
    most = largest(sweeps, args.limit)
    side = math.isqrt(largest(sweeps, limit))
    whole = limit == args.limit
    last = run(job_of(model, side, args), engine) if side**2 > sweeps[-1].sets else sweeps[-1]
    _print(model, last)
    print(f"{model:20} {most:>10,} sets in {args.limit:g} s by interpolation"
          f"{'' if whole else f'; the budget left {limit:.0f} s for the last sweep'}", flush=True)  # fmt: skip
    delays = [delay for delay in job.delays(job.speeds(0)) if delay.size]
    return {
        "model": model,
        "axes": MODELS[model],
        "set": ["speed=3", *SET.get(model, ())],
        "edges": int(sum(delay.size for delay in delays)),
        "delays": [int(min(d.min() for d in delays)), int(max(d.max() for d in delays))],
        "path": engine._kernels_of(job).path(),
        "sweeps": [asdict(found) for found in sweeps],
        "largest_by_interpolation": most,
        "last": asdict(last),
    }


def _print(model: str, found: Sweep) -> None:
    peak = "" if found.of_peak is None else f" ({found.of_peak:.0%} of peak)"
    memory = found.memory_seen or found.memory_planned
    told = "" if memory is None else f"  {memory / 1e9:.1f} GB"
    print(f"{model:20} {found.sets:>10,} sets  {found.seconds:8.2f} s  {found.rate / 1e6:8.1f} M steps/s  "
          f"{found.bandwidth / 1e9:7.0f} GB/s{peak}{told}", flush=True)  # fmt: skip


def draw(rows: list[dict[str, Any]], device: str, path: Path) -> None:
    """Rate and bandwidth against the number of parameter sets, as figure 1 of the paper, and the time."""
    figure, axes = plt.subplots(1, 3, figsize=(13, 4), constrained_layout=True)
    for row in rows:
        points = [*row["sweeps"], row["last"]]
        sets = [p["sets"] for p in points]
        for axis, values in zip(
            axes,
            ([p["rate"] for p in points], [p["bandwidth"] / 1e9 for p in points], [p["seconds"] for p in points]),
            strict=True,
        ):
            (line,) = axis.plot(sets, values, "o-", label=row["model"])
        for peer, (rate, style) in PEERS.get(row["model"], {}).items() if "H200" in device else ():
            axes[0].axhline(rate, linestyle=style, color=line.get_color(), label=f"{row['model']}, {peer}")
    for axis, label in zip(
        axes, ("simulation steps/s", "effective bandwidth, GB/s", "seconds without compiling"), strict=True
    ):
        axis.set(xscale="log", yscale="log", xlabel="parameter sets", ylabel=label)
        axis.grid(alpha=0.3)
    axes[0].legend(fontsize="small")
    figure.suptitle(device)
    figure.savefig(path, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", choices=[[], *MODELS], help="all without one")
    parser.add_argument("--engine", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--devices", help="all, or numbers such as 0,1")
    parser.add_argument("--steps", type=int, default=40_000)
    parser.add_argument("--limit", type=float, default=65.0, help="seconds of the largest sweep (default %(default)s)")
    parser.add_argument("--budget", type=float, default=340.0, help="seconds of everything (default %(default)s)")
    parser.add_argument("--side", type=int, default=16, help="of the first grid (default %(default)s)")
    parser.add_argument("--network", help="another connectome than tvb:68,scale=max")
    parser.add_argument("--tvb", type=Path, metavar="FOLDER")
    parser.add_argument("-o", "--output", default=str(RESULTS / "paper"), metavar="FILE", help="without a suffix")
    args = parser.parse_args()
    if args.steps % 10:
        parser.error("--steps must be a multiple of 10, whole ms")
    engine = make_engine(args.engine, devices=args.devices)
    names, begun, rows = args.models or list(MODELS), time.monotonic(), []
    for k, model in enumerate(names):
        spent = time.monotonic() - begun
        rows.append(experiment(model, engine, args, time.monotonic() + (args.budget - spent) / (len(names) - k)))
    device = engine.told(engine.threads)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    told = {
        "device": device, "command": shlex.join(["python", *sys.argv]),
        "date": datetime.date.today().isoformat(), "commit": commit, "steps": args.steps, "limit_s": args.limit,
        "rows": rows,
    }  # fmt: skip
    output = Path(args.output)
    output.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n")
    draw(rows, device, output.with_suffix(".png"))
    print(f"wrote {output}.json and {output}.png in {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
