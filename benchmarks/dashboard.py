"""The dashboard: start to first paint, key to redraw while a sweep runs, what it costs the sweep, and a soak.

``python benchmarks/dashboard.py`` prints a table; ratios are against the same thing without the dashboard, measured
in the same call.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import dashboard_keys
from rateml_tui.app import SCREENS, Dashboard
from rateml_tui.records import Records
from rateml_tui.views.runs import RunsView
from rateml_tui.views.view import View

from rateml import api

_EVENTS = 1_000_000


def first_paint(folder: Path) -> float:
    """Seconds from the start of the process to the tabs being on the terminal."""
    began = time.perf_counter()
    with dashboard_keys.terminal("-m", "rateml_tui", str(folder), XDG_DATA_HOME=str(folder / "data")) as terminal:
        terminal.until("Models")
        return time.perf_counter() - began


def _sweep(folder: Path, out: str, threads: int, points: int) -> list[str]:
    words = ["--connectome", "synthetic:68:0", "--grid", f"eta=-6:-4:{points}", "--duration", "500ms", "-q"]
    model = str(folder / "m.xml")
    return [sys.executable, "-m", "rateml", "sweep", model, *words, "--threads", str(threads), "-o", str(folder / out)]


def _rate(folder: Path, out: str) -> float:
    last = (folder / f"{out}.run" / "events.jsonl").read_text().splitlines()[-1]
    return float(json.loads(last)["rate"])


def _fitting(folder: Path, threads: int, seconds: float) -> int:
    """Points of a sweep that takes about ``seconds``, by a small one; the kernel is compiled and cached after it."""
    few = 8 * threads
    subprocess.run(_sweep(folder, "few.zarr", threads, few), check=True)
    last = json.loads((folder / "few.zarr.run" / "events.jsonl").read_text().splitlines()[-1])
    return max(few, int(few * seconds / last["seconds"]))


@asynccontextmanager
async def _watching(folder: Path) -> AsyncIterator[Dashboard]:
    """A dashboard without a terminal that shows the runs of the folder."""
    app = Dashboard(folder, records=Records(folder / "data"))
    async with app.run_test(size=(80, 24)) as pilot:
        while sum(v.is_mounted for v in app.query(View)) < len(SCREENS):
            await pilot.pause(0.05)
        await pilot.press("4")
        await asyncio.sleep(2)
        yield app


async def watched(folder: Path, out: str, threads: int, points: int) -> float:
    """The rate of a sweep that a dashboard watches."""
    async with _watching(folder):
        process = await asyncio.create_subprocess_exec(*_sweep(folder, out, threads, points))
        await process.wait()
    return _rate(folder, out)


async def soak(folder: Path) -> tuple[float, float]:
    """What a million events of a run add to the memory of a dashboard that shows it, bytes, and events/s.

    The first fifty thousand do not count: they fill what is kept.
    """
    run = folder / "soak.zarr.run"
    run.mkdir()
    log = run / "events.jsonl"
    events = (
        {"event": "metrics", "done_steps": 1, "total_steps": 2, "rate": 1e6, "bandwidth": 1e9, "left": 1.0},
        {"event": "unit", "time": "2026-01-01T00:00:00", "index": 1, "simulations": 0, "diverged": 1},
    )
    pair = "".join(json.dumps(event) + "\n" for event in events)

    async def follow(app: Dashboard, more: int) -> None:
        with log.open("a") as file:
            file.write(pair * (more // 2))
        while app.query_one(RunsView)._offset < log.stat().st_size:
            await asyncio.sleep(0.1)

    log.touch()
    async with _watching(folder) as app:
        await follow(app, 50_000)
        before, began = _resident(), time.perf_counter()
        await follow(app, _EVENTS)
        grown, took = _resident() - before, time.perf_counter() - began
    shutil.rmtree(run)
    return grown, _EVENTS / took


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def print_soak(folder: Path) -> None:
    grown, speed = asyncio.run(soak(folder))
    print(f"soak: {_EVENTS:,} events, memory grew by {grown / 1e6:.2f} MB, {speed:,.0f} events/s", flush=True)


def print_start(folder: Path) -> None:
    first_paint(folder)
    paints, bare = [], []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import textual.app, textual.widgets"], check=True)
        bare.append(time.perf_counter() - began)
        paints.append(first_paint(folder))
    print(f"first paint: {median(paints):.2f} s, {median(paints) / median(bare):.1f} × importing textual", flush=True)


def print_cost(folder: Path, seconds: float) -> None:
    threads = os.cpu_count() or 1
    points = _fitting(folder, threads, seconds)
    alone, with_it = [], []
    for k in range(3):
        subprocess.run(_sweep(folder, f"alone{k}.zarr", threads, points), check=True)
        alone.append(_rate(folder, f"alone{k}.zarr"))
        with_it.append(asyncio.run(watched(folder, f"watched{k}.zarr", threads, points)))
    both = ", ".join(f"{a:.3g}/{w:.3g}" for a, w in zip(alone, with_it, strict=True))
    cost = 1 - median(with_it) / median(alone)
    print(f"overhead on the sweep: {cost:.1%} (alone/watched, steps/s: {both})", flush=True)


def print_keys(folder: Path, rounds: int) -> None:
    """On all cores a sweep runs that would take an hour; it is ended with the last key."""
    threads = os.cpu_count() or 1
    points = _fitting(folder, threads, 3600)
    with subprocess.Popen(_sweep(folder, "running.zarr", threads, points)) as sweep:
        try:
            while not (folder / "running.zarr.run").exists():
                time.sleep(0.1)
            took = dashboard_keys.dashboard(folder, "few.zarr", rounds)
            bare = dashboard_keys.bare(rounds)
            if sweep.poll() is not None:
                raise SystemExit("the sweep ended before the keys did: these are no times while one runs")
        finally:
            sweep.kill()
    screens = [seconds for name in SCREENS for seconds in took[name]]
    everything = [seconds for each in took.values() for seconds in each]
    print(f"key to redraw while a sweep runs on {threads} threads:")
    for name, each in {**took, "all screens": screens, "all keys": everything, "bare Textual": bare}.items():
        p95, scale = _p95(each), _p95(each) / _p95(bare)
        print(
            f"  {name:<13} p50 {median(each) * 1e3:4.0f} ms, p95 {p95 * 1e3:4.0f} ms of {len(each):3}, "
            f"{scale:.1f} × bare Textual's p95"
        )


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--only", choices=("soak", "start", "cost", "keys"), help="default: all, one after the other")
    words.add_argument("--seconds", type=float, default=12.0, help="what each of the six sweeps takes, about")
    words.add_argument("--rounds", type=int, default=20, help="through the screens: five keys there, eight within them")
    given = words.parse_args()
    parts: dict[str, Callable[[Path], None]] = {
        "soak": print_soak,
        "start": print_start,
        "cost": partial(print_cost, seconds=given.seconds),
        "keys": partial(print_keys, rounds=given.rounds),
    }
    for name, measure in parts.items():
        if given.only in (None, name):
            with TemporaryDirectory() as place:
                folder = Path(place)
                (folder / "m.xml").write_text(api.shipped_model("montbrio").read_text("utf-8"), "utf-8")
                measure(folder)


if __name__ == "__main__":
    main()
