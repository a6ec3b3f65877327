"""Time against simulations, steps and edges: a plot, and how far each is from a straight line."""

from __future__ import annotations

import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from rateml import api
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import Finished
from rateml.engines.job import Job

PLOT = Path(__file__).parent / "results" / "linear.png"


def linear(scratch: Path, threads: int) -> None:
    from sweeping import job_of

    rng = np.random.default_rng(0)
    files = []
    for density in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0):
        file = scratch / f"{density}.npz"
        weights = rng.uniform(0.1, 1.0, (68, 68)) * (rng.random((68, 68)) < density)
        weights /= weights.sum(axis=1).max()  # a denser network is no stronger one: it would diverge
        labels = np.array([f"r{k}" for k in range(68)])
        np.savez(file, weights=weights, lengths=rng.uniform(20.0, 150.0, (68, 68)), labels=labels)
        files.append(str(file))
    series: dict[str, list[tuple[int, Job]]] = {
        "simulations": [(n, job_of(scratch, "montbrio", "float32", n, 2000)) for n in (64, 128, 256, 384, 512)],
        "steps": [(n, job_of(scratch, "montbrio", "float32", 64, n)) for n in (2000, 4000, 8000, 12000, 16000)],
        "edges": [],
    }
    for file in files:
        job = job_of(scratch, "montbrio", "float32", 64, 4000, file)
        series["edges"].append((sum(d.size for d in job.delays(job.speeds(0))), job))
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), constrained_layout=True)
    engine = CpuEngine(threads)
    for axis, (name, jobs) in zip(axes, series.items(), strict=True):
        amounts = np.array([amount for amount, _ in jobs], float)
        best = np.full(len(jobs), np.inf)
        for _ in range(3):
            for k, (_, job) in enumerate(jobs):
                engine.prepare(job)
                began = time.perf_counter()
                for event in api.try_out(job, engine):
                    if isinstance(event, Finished) and event.diverged:
                        raise SystemExit(f"{name} {amounts[k]:g}: simulations diverged, which ends them early")
                best[k] = min(best[k], time.perf_counter() - began)
        slope, start = np.polyfit(amounts, best, 1)
        r2 = np.corrcoef(amounts, best)[0, 1] ** 2
        print(f"{name:12} {start:.3f} s + {slope:.3g} s each, R2 {r2:.4f}: {np.round(best, 3).tolist()}")
        axis.plot(amounts, best, "o")
        axis.plot([0, amounts[-1]], [start, start + slope * amounts[-1]], "-", linewidth=1)
        axis.set(xlabel=name, ylabel="seconds", xlim=(0, None), ylim=(0, None), title=f"R² = {r2:.4f}")
    figure.savefig(PLOT, dpi=120)
    print(f"drew {PLOT}")
