"""What ``sweep --dry-run`` promises, held against real runs in processes of their own."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rateml.text.amounts import duration, size

_WORDS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SECONDS = {"s": 1, "min": 60, "h": 3600}
_PLAN = re.compile(r"results (\S+ \w+) at most in (\d+) files? \((\d+) if simulations diverge\), memory (\S+ \w+),")
_TIME = re.compile(r"time about (\d+(?:\.\d+)?|\d+:\d+) (s|min|h)")

# The high-water mark of this process alone: what os.wait4 tells includes that of whoever started it.
_WITH_PEAK = """
import re, sys
from rateml.cli.app import run
code = run(sys.argv[1:])
status = open("/proc/self/status").read()
print("peak", int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) * 1024)
sys.exit(code)
"""

CASES = [
    ("montbrio", "synthetic:68:0", "--grid", "G=0:1:16", "--grid", "eta=-6:-4:16", "--duration", "50ms"),
    ("epileptor", "synthetic:68:0", "--trials", "40", "--values", "r=0.0001,0.0002", "--duration", "500ms",
     "--monitor", "tavg:1ms", "--precision", "float32"),
    ("jansen_rit", "synthetic:68:0", "--trials", "64", "--values", "G=1", "--duration", "150ms", "--monitor", "raw"),
    ("kuramoto", "synthetic:400:0", "--trials", "32", "--values", "a=1", "--duration", "50ms",
     "--monitor", "fc:raw:sin_theta"),
    ("montbrio", "synthetic:192:0", "--trials", "16", "--values", "speed=1,2,3", "--duration", "100ms",
     "--monitor", "stats", "--monitor", "tavg:10ms", "--threads", "1"),
    ("reduced_wong_wang", "synthetic:68:0", "--trials", "16", "--values", "G=1,2", "--duration", "20s", "--dt", "1ms",
     "--monitor", "bold:100ms:S", "--monitor", "fc:bold:100ms:S", "--monitor", "fcd:5s:1s:bold:100ms:S:full"),
    ("generic_2d_oscillator", "synthetic:1000:0", "--trials", "4", "--values", "G=1", "--duration", "20ms"),
]  # fmt: skip


def _number(text: str) -> float:
    number, unit = text.split()
    return float(number) * _WORDS[unit]


def _seconds(text: str, unit: str) -> float:
    if ":" not in text:
        return float(text) * _SECONDS[unit]
    whole, part = text.split(":")
    return int(whole) * _SECONDS[unit] + int(part) * _SECONDS[unit] / 60


def _command(models: Path, folder: Path, case: tuple[str, ...]) -> tuple[str, ...]:
    model, connectome, *words = case
    return ("sweep", str(models / f"{model}.xml"), "--connectome", connectome, *words, "-o", str(folder / "o.zarr"))


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of its memory from /proc")
@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[:2]))
def test_store_files_and_memory(process, shipped_models, tmp_path: Path, case: tuple[str, ...]) -> None:
    """All within 20 %; the number of files exactly."""
    command = _command(shipped_models["montbrio"].parent, tmp_path, case)
    told = process(*command, "--dry-run")
    plan = _PLAN.search(told.text)
    assert plan is not None, told.text
    assert list(tmp_path.iterdir()) == []
    done = subprocess.run([sys.executable, "-c", _WITH_PEAK, *command], capture_output=True, text=True, check=True)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    stored, peak = sum(path.stat().st_size for path in files), int(done.stdout.split()[-1])
    print(f"planned {plan[1]}, {plan[2]} files, {plan[4]}; found {size(stored)}, {len(files)} files, {size(peak)}")
    assert len(files) == int(plan[2])
    assert stored <= 1.01 * _number(plan[1])
    assert _number(plan[1]) == pytest.approx(stored, rel=0.2)
    assert _number(plan[4]) == pytest.approx(peak, rel=0.2)


@pytest.mark.long
def test_time(process, shipped_models, tmp_path: Path) -> None:
    """Within a factor of two, on the third try at the latest: other work of the machine is none of its business."""
    case = ("montbrio", "synthetic:68:0", "--grid", "G=0:1:16", "--grid", "eta=-6:-4:16", "--duration", "5s")
    command = _command(shipped_models["montbrio"].parent, tmp_path, case)
    ratios = []
    while len(ratios) < 3 and not any(0.5 < ratio < 2.0 for ratio in ratios):
        told = _TIME.search(process(*command, "--dry-run").text)
        assert told is not None
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "rateml", *command, "--overwrite"], capture_output=True, check=True)
        took = time.monotonic() - began
        print(f"planned {told[0]}, took {duration(took)}")
        ratios.append(_seconds(told[1], told[2]) / took)
    assert 0.5 < ratios[-1] < 2.0, ratios


def test_without_measuring_what_does_not_fit(cli, montbrio: Path, tmp_path: Path) -> None:
    """A run that would not fit into memory is planned and refused, not tried out."""
    words = ("--values", "G=0.1", "--trials", "64", "--duration", "20000s", "--dt", "0.05ms", "--monitor", "tavg:50ms")
    told = cli(
        "sweep", montbrio, "--connectome", "synthetic:400:0", *words, "--chunk", "1", "--threads", "64", "--dry-run"
    )
    assert told.code == 1
    assert _PLAN.search(told.text), told.text
    assert "error: the run would hold" in told.text
    assert "time about" not in told.text
