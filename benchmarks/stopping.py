"""How long the command line takes to end after Ctrl-C, SIGTERM or SIGUSR1 at random moments.

``python benchmarks/stopping.py [--times 50] [--signal SIGINT] [--seed 1] [--only drawing]``: for every kind of work
below, start it, send the signal at a random moment after the process has begun to listen, and wait for its end. The
sweep would take ten minutes, and every start resumes the last one's store. Prints a table, and what went wrong, if
anything did.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import rateml

MODEL = str(Path(rateml.__file__).parent / "models" / "montbrio.xml")
CODES = {"SIGINT": 130, "SIGTERM": 75, "SIGUSR1": 75}
TEN_MINUTES = ("--grid", "G=0.1:0.5:20", "--grid", "eta=-5.2:-4.2:50", "--duration", "20s", "--chunk", "4")


@dataclass
class Work:
    """A command and the seconds within which it is stopped, with what was seen."""

    name: str
    words: tuple[str, ...]
    within: float
    cold: bool = False
    seconds: list[float] = field(default_factory=list)
    finished: int = 0
    faults: list[str] = field(default_factory=list)


def works(folder: Path) -> list[Work]:
    """Everything that a user may interrupt."""
    out = ("-o", str(folder / "sweep.zarr"))
    drawn = ("plot", str(folder / "drawn.zarr"), "-o", str(folder / "map.png"))
    ten = ("sweep", MODEL, "--connectome", "synthetic:68:0", *TEN_MINUTES)
    large = ("sweep", MODEL, "--connectome", "synthetic:1500:0", *TEN_MINUTES)
    return [
        Work("a sweep of ten minutes", (*ten, "--resume", *out), 8.0),
        Work("compiling", (*ten, "--overwrite", *out), 12.0, cold=True),
        Work("a run that keeps nothing", ("run", MODEL, "--connectome", "synthetic:68:0", "--duration", "600s"), 4.0),
        Work("planning 1,500 regions", (*large, "--overwrite", *out), 6.0),
        Work("a dry run", (*ten, "--dry-run"), 3.0),
        Work("drawing", drawn, 1.2),
    ]


def listens(process: subprocess.Popen[str]) -> bool:
    """Whether the process has handlers for its signals yet; before, Python itself ends at a signal."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (signal.SIGUSR1 - 1) & 1)


def stop_once(work: Work, number: signal.Signals, moment: float, cache: str) -> None:
    """Start the work, stop it, and note how long that took."""
    command = [sys.executable, "-m", "rateml", *work.words]
    environment = {**os.environ, "RATEML_CACHE_DIR": cache}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    while not listens(process):
        time.sleep(0.001)
    time.sleep(moment)
    if process.poll() is not None:
        work.finished += 1
        told = process.communicate()[0]
        if process.returncode != 0:
            work.faults.append(f"before the signal: exit code {process.returncode}\n{told}")
        return
    process.send_signal(number)
    began = time.perf_counter()
    told, _ = process.communicate()
    seconds = time.perf_counter() - began
    if process.returncode == 0:
        work.finished += 1
        return
    work.seconds.append(seconds)
    words = "error: interrupted" if number == signal.SIGINT else f"error: stopped by {number.name}"
    if process.returncode != CODES[number.name] or words not in told or "Traceback" in told or "Exception" in told:
        work.faults.append(f"after {moment:.2f} s: exit code {process.returncode}\n{told}")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=50)
    options.add_argument("--signal", choices=CODES, default="SIGINT")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", default="", help="part of a name in the table")
    given = options.parse_args()
    chance = random.Random(given.seed)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell ignores for what it starts with &
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        warm = os.environ.get("RATEML_CACHE_DIR", str(folder / "cache"))
        before = [sys.executable, "-m", "rateml", "sweep", MODEL, "--connectome", "synthetic:68:0", "-q"]
        small = ("--grid", "G=0:1:8", "--grid", "eta=-5:-4:8", "--duration", "10ms", "-o", str(folder / "drawn.zarr"))
        subprocess.run([*before, *small], check=True, env={**os.environ, "RATEML_CACHE_DIR": warm})
        print(f"{given.signal}, {given.times} times each; seconds from the signal to the end of the process")
        print(f"{'':28}{'median':>8}{'longest':>9}{'stopped':>9}{'had ended':>11}{'faults':>8}")
        faults = []
        for work in (work for work in works(folder) if given.only in work.name):
            for turn in range(given.times):
                cache = str(folder / f"cold-{turn}") if work.cold else warm
                stop_once(work, signal.Signals[given.signal], chance.uniform(0.0, work.within), cache)
            seen = work.seconds or [float("nan")]
            print(
                f"{work.name:28}{statistics.median(seen):8.3f}{max(seen):9.3f}{len(work.seconds):9}"
                f"{work.finished:11}{len(work.faults):8}",
                flush=True,
            )
            faults += work.faults
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
