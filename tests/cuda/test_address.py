"""The kernels touch no memory that is not theirs: the emulation under the address sanitizer, in its own process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from emulation import needs_compiler

pytestmark = needs_compiler

_RUN = """
import sys
from pathlib import Path
import numpy as np
sys.path[:0] = [{folder!r}]
from dataclasses import replace
from comparing import cuda_kernels, job_of
from emulation import Emulated, HostCode
from rateml.engines.cuda.summaries import DeviceBold, DeviceFc

class Short(HostCode):
    def advance(self, record, blocks, plan):
        super().advance(record, blocks, replace(plan, shared=plan.shared - {missing}))

class Device(Emulated):
    def load(self, source, plan, origins):
        code = super().load(source, plan, origins)
        code.__class__ = Short
        return code

options = ("-O1", "-g", "-fsanitize=address")
job = job_of({model!r}, {connectome!r}, 40, precision={precision!r}, monitors=("stats", "tavg:1ms"), dt=0.1,
             noise="on", set={given!r}, transient="1 ms")
device = Device(Path({libraries!r}), shared={shared}, cluster=2, options=options)
kernels = cuda_kernels(job, device)
plan = kernels.plan(job.speeds(0), 0)
assert plan.lanes == {lanes} and plan.tables.cluster == {cluster}, plan.reason
group = kernels.group(range(2), 0)
means = job.settings.monitors[1]
fc, bold = DeviceFc(group, means, None), DeviceBold(group, replace(means, every=20, inner=10), job.settings.balloon)
for steps in (10, 1, 29, 10):
    settles = group.step >= 10
    seen = group.advance(steps, record=settles)
    if settles:
        fc.take(seen)
        signal = bold.next(seen)
assert np.isfinite(group.moments()).all()
assert fc.count == 4 and np.isfinite(fc.result(1, None)["fc"]).all()
assert signal.shape[0] == 1 and np.isfinite(signal).all()
print("done")
"""


def _sanitizer() -> Path:
    compiler = shutil.which("gcc") or "gcc"
    told = subprocess.run([compiler, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    return Path(told.stdout.strip())


CASES = {
    "blocked": ("montbrio", "synthetic:9:1", (), 227, 1),
    "blocked, history in global memory": ("montbrio", "synthetic:9:1", (), 64, 1),
    "blocked, shared by a cluster": ("montbrio", "synthetic:20:1", (), 18, 1),
    "lanes": ("hopfield_dynamic", "synthetic:9:1", (), 227, 32),
    "lanes, little on chip": ("hopfield_dynamic", "synthetic:9:1", (), 4, 32),
}


def _run(case: str, libraries: Path, missing: int) -> subprocess.CompletedProcess[str]:
    model, connectome, given, shared, lanes = CASES[case]
    code = _RUN.format(
        folder=str(Path(__file__).parent), model=model, connectome=connectome, precision="float32", given=given,
        libraries=str(libraries), shared=shared * 1024, lanes=lanes, missing=missing,
        cluster=1 + ("cluster" in case),
    )  # fmt: skip
    library = _sanitizer()
    if not library.is_absolute():
        pytest.skip("needs the address sanitizer of gcc")
    environment = {
        **os.environ,
        "LD_PRELOAD": str(library),
        "ASAN_OPTIONS": "detect_leaks=0:detect_stack_use_after_return=0",
    }
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=300, check=False
    )


@pytest.mark.parametrize("case", [c if c == "blocked" else pytest.param(c, marks=pytest.mark.long) for c in CASES])
def test_no_access_out_of_bounds(case: str, libraries: Path) -> None:
    done = _run(case, libraries, 0)
    assert (done.returncode, done.stdout.strip()) == (0, "done"), done.stderr[-3000:]


def test_an_access_out_of_bounds_is_seen(libraries: Path) -> None:
    """With 32 bytes of shared memory fewer than planned."""
    done = _run("blocked", libraries, 32)
    assert done.returncode != 0
    assert "AddressSanitizer: use-after-poison" in done.stderr, done.stderr[-3000:]
