"""How fast sweeps are: every shipped model, and the peers that are installed, on the same work in the same run.

``pip install tvbk tvb-library tvb-data`` brings the peers. One thread unless told otherwise; compilation is not
counted. Every row says E, the delays in steps and the path; a row without delays fails. Results go to
``benchmarks/results/``: quote ratios, absolute rates depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np

from rateml import api
from rateml.cli.models import shipped
from rateml.connectome import load_connectome
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import Finished, Planned
from rateml.sweep.settings import Request

DT, SPEED = 0.1, 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=64)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", default="", help="models, separated by commas")
    asked = parser.parse_args()
    rows = [row for name in models(asked.only) for row in ours(name, asked)]
    rows += peers(asked)
    rates = {row["name"]: row["rate"] for row in rows}
    best = max((rate for name, rate in rates.items() if name.startswith("tvbk")), default=None)
    for row in rows:
        ratio = f"{row['rate'] / best:8.2f}" if best else ""
        told = f"E {row['edges']}, delays {row['delays'][0]}-{row['delays'][1]}, {row['path']}" if "path" in row else ""
        print(f"{row['name']:36} {row['rate']:12,.0f} {ratio} {told}")
    write(asked, rows)


def models(only: str) -> list[str]:
    """The Montbrió model first; a copy with other names, one more term and one more parameter after it."""
    names = ["montbrio", "montbrio_mutated", *(name for name in shipped() if name != "montbrio")]
    return [name for name in names if not only or name in only.split(",")]


def text_of(name: str) -> str:
    own = Path(__file__).parent / f"{name}.xml"
    return own.read_text(encoding="utf-8") if own.is_file() else shipped()[name]


def ours(name: str, asked: argparse.Namespace) -> list[dict[str, Any]]:
    rows = []
    for precision in ("float32", "float64"):
        duration = f"{asked.steps * DT:g} ms"
        with tempfile.TemporaryDirectory(prefix="rateml-bench-") as scratch:
            model = Path(scratch) / f"{name}.xml"
            model.write_text(text_of(name), encoding="utf-8")
            program = api.read_program(model)
            gain = next((p for p in program.parameters if p.name == "G"), program.parameters[0])
            low, high = 0.5 * gain.default or 0.1, gain.default or 1.0
            request = Request(
                axes=[("grid", f"{gain.key}={low!r}:{high!r}:{asked.simulations}")], set=[f"speed={SPEED}"],
                dt=f"{DT} ms", scheme="heun", duration=duration, monitors=["tavg:1ms"], precision=precision,
            )  # fmt: skip
            job = api.prepare(model, "tvb:68", request)
            delays = np.concatenate(job.delays(job.speeds(0)))
            if not delays.max(initial=0) > 0:
                raise SystemExit(f"{name}: the delays are off")
            rate, path = 0.0, ""
            for k in range(asked.repeat):
                for event in api.execute(job, Path(scratch) / f"{k}.zarr", CpuEngine(asked.threads)):
                    if isinstance(event, Planned):
                        path = event.reason
                    if isinstance(event, Finished):
                        rate = max(rate, event.rate)
            rows.append(
                {"name": f"{name} {precision}", "rate": rate, "edges": int(delays.size),
                 "delays": [int(delays.min()), int(delays.max())], "path": path}
            )  # fmt: skip
    return rows


def peers(asked: argparse.Namespace) -> list[dict[str, Any]]:
    rows = []
    if util.find_spec("tvbk") is not None:
        for batches in (1, 8):
            rows.append({"name": f"tvbk {8 * batches} simulations", "rate": tvbk_rate(batches, asked)})
    if util.find_spec("tvb") is not None:
        rows.append({"name": "TVB NbMPRBackend", "rate": tvb_rate(asked)})
    return rows


def network() -> tuple[np.ndarray, np.ndarray]:
    tracts = next(iter(load_connectome("tvb:68").tracts.values()))
    return np.asarray(tracts.weights), np.asarray(tracts.lengths)


def tvbk_rate(batches: int, asked: argparse.Namespace) -> float:
    """tvbk's ``step_mpr``, 8 simulations in float32 per batch, temporal average of ten steps."""
    import tvbk  # type: ignore[import-not-found]

    weights, lengths = network()
    n = weights.shape[0]
    target, source = np.nonzero(weights)
    delays = np.rint(lengths[target, source] / SPEED / DT).astype(np.uint32) + 2
    edges = tvbk.Conn(n, target.size)
    edges.weights[:] = weights[target, source].astype("f")
    edges.indptr[:] = np.searchsorted(target, np.arange(n + 1)).astype(edges.indptr.dtype)
    edges.indices[:] = source.astype(edges.indices.dtype)
    edges.idelays[:] = delays
    past = tvbk.Cx8s(n, 2 ** int(np.ceil(np.log2(delays.max() + 2))), batches)
    past.buf[:] = 0
    x = np.zeros((batches, 2, n, 8), "f")
    x[:, 1] = -2
    parameters = np.zeros((batches, n, 6, 8), "f")
    for k, value in enumerate((1.0, 0.0, 0.7, 14.5, -4.6, 1.0)):
        parameters[:, :, k] = value
    parameters[:, :, 5] = np.linspace(0.1, 1.0, batches * 8).reshape(batches, 1, 8)
    sigma = np.full((batches, 2, 8), 0.01, "f")
    seeds = np.random.default_rng(0).integers(1, 2**62, (batches, 8, 4)).astype(np.uint64)
    mean = np.zeros_like(x)
    best = np.inf
    for _ in range(asked.repeat):
        out = np.zeros((asked.steps // 10, *x.shape), "f")
        began = time.perf_counter()
        for sample in range(len(out)):
            tvbk.step_mpr(past, edges, x, mean, sigma, parameters, sample * 10, 10, DT, seeds)
            out[sample] = mean
        best = min(best, time.perf_counter() - began)
        if not np.isfinite(out).all():
            raise SystemExit("tvbk: not finite")
    return 8 * batches * asked.steps / best


def tvb_rate(asked: argparse.Namespace) -> float:
    """TVB's numba back end for this model, its compiled function kept from the first call."""
    from tvb.simulator.lab import connectivity, coupling, integrators, models, monitors, noise, simulator

    weights, lengths = network()
    n = weights.shape[0]
    sim = simulator.Simulator(
        model=models.MontbrioPazoRoxin(),
        connectivity=connectivity.Connectivity(
            weights=weights, tract_lengths=lengths, region_labels=np.array([str(k) for k in range(n)]),
            centres=np.zeros((n, 3)), speed=np.array([SPEED]),
        ),
        coupling=coupling.Linear(a=np.array([0.5])),
        integrator=integrators.HeunStochastic(dt=DT, noise=noise.Additive(nsig=np.array([0.01, 0.01]))),
        monitors=(monitors.TemporalAverage(period=1.0),),
        simulation_length=asked.steps * DT,
    ).configure()  # fmt: skip
    from tvb.simulator.backend.nb_mpr import NbMPRBackend

    best = np.inf
    for _ in range(2):
        began = time.perf_counter()
        NbMPRBackend().run_sim(sim, nstep=asked.steps, chunksize=asked.steps)
        best = min(best, time.perf_counter() - began)
    return asked.steps / best


def write(asked: argparse.Namespace, rows: list[dict[str, Any]]) -> None:
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
