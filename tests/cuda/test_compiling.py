"""nvcc compiles every shipped model for old and new GPUs, for the network and the paths that a user would have."""

from __future__ import annotations

import re
import shutil
from itertools import cycle, product

import pytest
from comparing import MODELS, cuda_kernels, job_of
from emulation import Emulated

from rateml.errors import InternalError
from rateml.standalone.nvcc import compiled

pytestmark = pytest.mark.skipif(shutil.which("nvcc") is None, reason="needs nvcc, of the CUDA toolkit")

SHARED = {"7.5": 64, "9.0": 227}
"""Kilobytes of shared memory of a block, by compute capability."""

QUICK = [("montbrio", "float32", "9.0"), ("hopfield_dynamic", "float32", "7.5")]
NAMES = sorted(path.stem for path in MODELS.glob("*.xml"))
KINDS = cycle(product(("float32", "float64"), SHARED))
CASES = [*QUICK, *(pytest.param(name, *kind, marks=pytest.mark.long) for name, kind in zip(NAMES, KINDS, strict=False))]
"""Every model, and every precision and GPU with a quarter of them."""


@pytest.mark.parametrize(("model", "precision", "capability"), CASES)
def test_shipped_models_compile(model: str, precision: str, capability: str, libraries) -> None:
    job = job_of(model, "synthetic:68:0", 2000, precision=precision, monitors=("stats", "tavg:1ms"))
    device = Emulated(libraries, shared=SHARED[capability] * 1024)
    kernels = cuda_kernels(job, device)
    code = compiled(kernels.source, kernels.plan(job.speeds(0), 0), capability, {})
    assert code[:4] == b"\x7fELF"
    for kernel in (b"prepare", b"advance", b"arrange", b"correlate", b"balloon"):
        assert kernel in code


@pytest.mark.long
@pytest.mark.parametrize(("model", "precision"), [("epileptor", "float32"), ("jansen_rit", "float64")])
def test_what_a_cluster_shares_compiles(model: str, precision: str, libraries) -> None:
    job = job_of(model, "synthetic:200:0", 2000, precision=precision, monitors=("stats", "tavg:1ms"))
    kernels = cuda_kernels(job, Emulated(libraries, cluster=8))
    plan = kernels.plan(job.speeds(0), 0)
    assert plan.tables.cluster > 1
    assert compiled(kernels.source, plan, "9.0", {})[:4] == b"\x7fELF"


def test_what_nvcc_refuses_names_its_line(libraries) -> None:
    job = job_of("montbrio", "synthetic:5:0")
    kernels = cuda_kernels(job, Emulated(libraries))
    plan = kernels.plan(job.speeds(0), 0)
    source = kernels.source.replace("struct Job {", "struct Job { nonsense;", 1)
    line = source[: source.index("nonsense")].count("\n") + 1
    with pytest.raises(InternalError, match=rf"nvcc does not compile \S+: line {line}: .*from montbrio.xml, line 7"):
        compiled(source, plan, "9.0", {line: "montbrio.xml, line 7: <Constant/>"})


def test_names_that_the_headers_of_c_define(tmp_path, libraries) -> None:
    text = (MODELS / "montbrio.xml").read_text(encoding="utf-8")
    for name, macro in (("Delta", "M_PI"), ("J", "NULL"), ("cr", "INT_MAX"), ("cv", "stdout"), ("pitr", "HUGE_VAL")):
        text = re.sub(rf"\b{name}\b", macro, text)
    path = tmp_path / "named.xml"
    path.write_text(text, encoding="utf-8")
    kernels = cuda_kernels(job_of(path, "synthetic:5:0"), Emulated(libraries))
    assert compiled(kernels.source, kernels.plan(kernels.job.speeds(0), 0), "9.0", {})[:4] == b"\x7fELF"
