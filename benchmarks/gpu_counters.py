"""What bounds the kernels of the rows of ``gpu.py rates``, from the counters of the GPU.

    python benchmarks/gpu_counters.py -o FILE [--tvb FOLDER] [ROW ...]

Needs Nsight Compute (``ncu``) on the PATH and the right to read counters. One launch of each row is replayed until all
counters are read; clocks are left as they are. Of each row the units that are most at work are printed, and what a
warp waits for most; FILE has the rest.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gpu as single

from rateml.standalone.gpu import find_gpus

ROWS = (
    "montbrio_10ms", "montbrio_10ms/stats", "montbrio/heun", "montbrio/float64", "montbrio/2mm_per_ms",
    "montbrio/tvb192", "montbrio/dense:200", "reduced_wong_wang", "kuramoto", "epileptor",
    "reduced_wong_wang/no_delay",
)  # fmt: skip
SECTIONS = (
    "SpeedOfLight", "ComputeWorkloadAnalysis", "MemoryWorkloadAnalysis", "MemoryWorkloadAnalysis_Tables",
    "SchedulerStats", "WarpStateStats", "Occupancy", "LaunchStats",
)  # fmt: skip
ISSUING = "smsp__issue_active.avg.pct_of_peak_sustained_active"
BUSY = {
    "sm__throughput.avg.pct_of_peak_sustained_elapsed": "a processor's busiest unit",
    ISSUING: "issuing",
    "l1tex__throughput.avg.pct_of_peak_sustained_active": "shared memory and first cache",
    "lts__throughput.avg.pct_of_peak_sustained_elapsed": "second cache",
    "gpu__dram_throughput.avg.pct_of_peak_sustained_elapsed": "memory",
}
_PIPE = re.compile(r"sm__inst_executed_pipe_(\w+)\.avg\.pct_of_peak_sustained_active")
_STALL = re.compile(r"smsp__average_warps_issue_stalled_(\w+)_per_issue_active\.ratio")
_OTHERS = (
    "gpu__time_duration.sum", "smsp__inst_executed.sum", "smsp__warps_active.avg.per_cycle_active",
    "lts__t_sector_hit_rate.pct", "launch__registers_per_thread", "launch__thread_count",
)  # fmt: skip


def counters(lines: Iterable[str]) -> dict[str, float]:
    """The numbers of one launch in what ``ncu --csv --page raw`` wrote: lines of names, units and values."""
    table = [row for row in csv.reader(lines) if len(row) > len(SECTIONS)]  # not what ncu says of itself
    names, _, *launches = table or [[], []]
    if len(launches) != 1:
        raise ValueError(f"ncu read {len(launches)} launches, not one")
    found = {}
    for name, value in zip(names, launches[0], strict=True):
        text = value.replace(",", "")
        kept = name in BUSY or name in _OTHERS or _PIPE.fullmatch(name) or _STALL.fullmatch(name)
        if kept and re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", text):
            found[name] = float(text)
    return found


def summary(found: dict[str, float]) -> str:
    """The units most at work, in percent of what they can, and what a warp waits for, in cycles an instruction."""
    busy = [f"{what} {found[name]:.0f} %" for name, what in BUSY.items() if name in found]
    pipes = sorted(((value, m[1]) for name, value in found.items() if (m := _PIPE.fullmatch(name))), reverse=True)
    stalls = sorted(((value, m[1]) for name, value in found.items() if (m := _STALL.fullmatch(name))), reverse=True)
    return "; ".join(
        (", ".join(busy), "pipes: " + ", ".join(f"{name} {value:.0f} %" for value, name in pipes[:3]),
         "waits: " + ", ".join(f"{name} {value:.1f}" for value, name in stalls[:4]))
    )  # fmt: skip


def profile(name: str, tool: str, tvb: Path | None) -> dict[str, Any]:
    """The counters of a row's second launch, or ``error`` with what ncu said."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "ncu.csv"
        command = [tool, "--clock-control", "none", "--csv", "--page", "raw", "--log-file", str(log)]
        command += [word for section in SECTIONS for word in ("--section", section)]
        command += ["--metrics", "smsp__inst_executed.sum"]
        command += ["--kernel-name", "advance", "--launch-skip", "1", "--launch-count", "1"]
        command += [sys.executable, __file__, "--launch", name, *(("--tvb", str(tvb)) if tvb else ())]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        said = log.read_text() if log.exists() else ""
        try:
            found = counters(said.splitlines())
        except ValueError as error:
            return {"row": name, "error": f"{error}; {said[-800:]} {done.stderr[-800:]}"}
    return {"row": name, "said": summary(found), "counters": found}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", default=ROWS)
    parser.add_argument("-o", "--output", type=Path, metavar="FILE")
    parser.add_argument("--tvb", type=Path, metavar="FOLDER")
    parser.add_argument("--launch", metavar="ROW", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.launch:
        (row,) = (row for row in single._rows() if row.name == args.launch)
        single.rate(row, args.tvb, waves=2, steps=4000)
        return 0
    tool = shutil.which("ncu")
    if tool is None:
        raise SystemExit("error: ncu, of Nsight Compute, is not on the PATH")
    found = []
    for name in args.rows:
        found.append(profile(name, tool, args.tvb))
        print(f"{name:28} {found[-1].get('said', found[-1].get('error'))}", flush=True)
        if args.output:
            told = {"device": find_gpus([0])[0].limits.name, "rows": found}
            args.output.write_text(json.dumps(told, indent=1) + "\n")
    return 1 if any("error" in row for row in found) else 0


if __name__ == "__main__":
    sys.exit(main())
