"""How fast sweeps are: every shipped model, and the peers that are installed, on the same work in the same run.

``make bench`` brings the peers. On one thread everything, peers too, is held to one processor. Rounds go through all
rows in turn; a row's figure is its best, its ratio to the best peer the median over rounds. Compilation is not
counted. ``kept`` rows leave their series in memory, as the peers do; ``stored`` ones write the Zarr store too. Every
row says E, the delays in steps and the path; a row without delays, or below its floor, fails. Results go to
``benchmarks/results/``: quote ratios, absolute rates depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from peers import DT, SPEED, peers

from rateml import api
from rateml.api import shipped_model
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import Finished, Planned
from rateml.engines.job import Job
from rateml.ir.program import Precision
from rateml.request.settings import Request

MODELS = (
    "montbrio", "montbrio_mutated", "kuramoto", "epileptor", "reduced_wong_wang", "reduced_wong_wang_exc_inh",
    "generic_2d_oscillator", "jansen_rit", "wilson_cowan",
)  # fmt: skip
OTHERS = tuple(name for name in api.shipped_models() if name not in MODELS)
"""The rest of the library, in float32 and at the files' own time steps where those are shorter."""
PRECISIONS: tuple[Precision, ...] = ("float32", "float64")
FLOORS = {
    "montbrio": 1.0, "montbrio_mutated": 0.8, "kuramoto": 0.45, "epileptor": 0.2, "reduced_wong_wang": 0.8,
    "reduced_wong_wang_exc_inh": 0.3, "generic_2d_oscillator": 0.6, "jansen_rit": 0.2, "wilson_cowan": 0.2,
    "coombes_byrne": 0.1, "coombes_byrne_2d": 0.07, "couplings": 0.015, "deco_balanced_exc_inh": 0.035,
    "dumont_gutkin": 0.05, "epileptor_2d": 0.05, "epileptor_codim3": 0.012, "epileptor_codim3_slow_mod": 0.009,
    "epileptor_resting_state": 0.03, "gast_schmidt_knosche_sd": 0.09, "gast_schmidt_knosche_sf": 0.07, "hopfield": 0.12,
    "hopfield_dynamic": 0.03, "k_ion_exchange": 0.02, "kuramoto_mean": 0.07, "larter_breakspear": 0.018, "linear": 0.33,
    "montbrio_10ms": 0.8, "reduced_set_fitz_hugh_nagumo": 0.035, "reduced_set_hindmarsh_rose": 0.027, "sup_hopf": 0.045,
    "zerlaut_first_order": 0.007, "zerlaut_second_order": 0.0025, "zetterberg_jansen": 0.04,
}  # fmt: skip
"""The least rate of a model as a part of Montbrió's in the same precision and run."""
INIT = {"coombes_byrne": ("r=0.5", "V=0", "g=1", "q=0")}
"""Where a model does not leave the finite numbers: from its random initial states it does."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=64)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="models, separated by commas")
    parser.add_argument("--linear", action="store_true", help="instead: time against simulations, steps and edges")
    asked = parser.parse_args()
    if asked.threads == 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(prefix="rateml-bench-") as scratch:
        if asked.linear:
            from linear import linear

            linear(Path(scratch), asked.threads)
        else:
            compare(Path(scratch), asked)


def compare(scratch: Path, asked: argparse.Namespace) -> None:
    names = [name for name in (*MODELS, *OTHERS) if not asked.only or name in asked.only.split(",")]
    rows: dict[str, dict[str, Any]] = {}
    runs: dict[str, Callable[[], float]] = {}
    for name in names:
        for precision in PRECISIONS if name in MODELS else PRECISIONS[:1]:
            job = job_of(scratch, name, precision, asked.simulations, asked.steps)
            engine = CpuEngine(asked.threads)
            rows[f"{name} {precision} kept"] = about(job, engine)
            runs[f"{name} {precision} kept"] = partial(kept, job, engine)
            if name == "montbrio":
                runs[f"{name} {precision} stored"] = partial(stored, job, engine, scratch)
    runs |= peers(asked.steps)
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(asked.rounds):
        for name, run in runs.items():
            rates[name].append(run())
    best_peer = [max(of) for of in zip(*(r for n, r in rates.items() if n.startswith("tvbk")), strict=True)]
    for name, measured in rates.items():
        row = rows.setdefault(name, {})
        row["rate"] = max(measured)
        ratio = ""
        if best_peer:
            row["ratio"] = statistics.median(a / b for a, b in zip(measured, best_peer, strict=True))
            ratio = f"{row['ratio']:8.2f}"
        told = f"E {row['edges']}, delays {row['delays'][0]}-{row['delays'][1]}, {row['path']}" if "path" in row else ""
        print(f"{name:44} {row['rate']:12,.0f} {ratio} {told}", flush=True)
    write(asked, rows)
    require_floors(rates)


def require_floors(rates: dict[str, list[float]]) -> None:
    for name, measured in rates.items():
        model, _, rest = name.partition(" ")
        reference = rates.get(f"montbrio {rest}")
        if model in FLOORS and reference is not None and rest.endswith("kept"):
            part = statistics.median(a / b for a, b in zip(measured, reference, strict=True))
            if part < FLOORS[model]:
                raise SystemExit(f"{name}: {part:.2f} of Montbrió's rate, its floor is {FLOORS[model]}")


def job_of(scratch: Path, name: str, precision: Precision, simulations: int, steps: int, where: str = "tvb:68") -> Job:
    """A sweep of the coupling's gain, Heun with noise, the average over 1 ms recorded."""
    own = Path(__file__).parent / f"{name}.xml"
    model = scratch / f"{name}.xml"
    model.write_text((own if own.is_file() else shipped_model(name)).read_text(encoding="utf-8"), encoding="utf-8")
    program = api.read_program(model)
    sent = tuple(f"{coupling.id}." for coupling in program.couplings)
    gain = next(p for p in program.parameters if p.key.startswith(sent) and p.default)
    low, high = 0.5 * gain.default, gain.default
    dt = min(DT, program.dt) if name in OTHERS else DT
    request = Request(
        axes=[("grid", f"{gain.key}={low!r}:{high!r}:{simulations}")], set=[f"speed={SPEED}"], dt=f"{dt} ms",
        scheme="heun", duration=f"{steps * dt:g} ms", monitors=["tavg:1ms"], precision=precision,
        init=INIT.get(name, ()),
    )  # fmt: skip
    return api.prepare(model, where, request)


def about(job: Job, engine: CpuEngine) -> dict[str, Any]:
    """What the row says of its work; compiles it."""
    engine.prepare(job)
    delays = np.concatenate(job.delays(job.speeds(0)))
    if not delays.max(initial=0) > 0:
        raise SystemExit(f"{job.program.name}: the delays are off")
    planned = next(event for event in api.try_out(job, engine) if isinstance(event, Planned))
    return {"edges": int(delays.size), "delays": [int(delays.min()), int(delays.max())], "path": planned.reason}


def kept(job: Job, engine: CpuEngine) -> float:
    """Steps per second with the results left in memory."""
    done = next(event for event in api.try_out(job, engine) if isinstance(event, Finished))
    if done.diverged:
        raise SystemExit(f"{job.program.name}: {done.diverged} simulations diverged, so their rate says nothing")
    return done.rate


def stored(job: Job, engine: CpuEngine, scratch: Path) -> float:
    """Steps per second of the whole sweep, its store on the disk at the end."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        events = api.execute(job, Path(folder) / "out.zarr", engine)
        return next(event.rate for event in events if isinstance(event, Finished))


def write(asked: argparse.Namespace, rows: dict[str, dict[str, Any]]) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    name = f"sweeping-{asked.simulations}x{asked.steps}-{asked.threads}.json"
    told = {
        "date": datetime.now(UTC).date().isoformat(), "commit": commit, "cpu": cpu, "python": platform.python_version(),
        "simulations": asked.simulations, "steps": asked.steps, "threads": asked.threads, "rows": rows,
    }  # fmt: skip
    (folder / name).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {folder / name}")


if __name__ == "__main__":
    main()
