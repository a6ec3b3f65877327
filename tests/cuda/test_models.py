"""Every shipped model: the CUDA code gives the numbers of engine cpu."""

from __future__ import annotations

import pytest
from comparing import MODELS, apart, job_of, run_cpu, run_cuda, with_history
from emulation import needs_compiler

pytestmark = needs_compiler

QUICK = ("kuramoto", "montbrio")
"""Two factors and an exposure that depends on an input."""

NAMES = sorted(path.stem for path in MODELS.glob("*.xml"))

ROUNDED = ("epileptor", "epileptor_codim3_slow_mod", "k_ion_exchange", "kuramoto", "reduced_wong_wang")
"""Slow states, an angle, and two that the papers use."""


@pytest.mark.parametrize("name", [pytest.param(n, marks=() if n in QUICK else pytest.mark.long) for n in NAMES])
def test_float64(name: str, device) -> None:
    job = with_history(job_of(name))
    assert apart(run_cpu(job), run_cuda(job, device())) < 1e-11


@pytest.mark.parametrize("name", ["montbrio", *(pytest.param(n, marks=pytest.mark.long) for n in ROUNDED)])
def test_float32(name: str, device) -> None:
    """Rounding to 24 bits at each of 60 steps; ``epileptor`` has a slow state that is added to with compensation."""
    job = with_history(job_of(name, precision="float32"))
    assert apart(run_cpu(job), run_cuda(job, device())) < 1e-4
