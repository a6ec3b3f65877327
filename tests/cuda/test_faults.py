"""The comparison of the other tests sees every fault of the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from comparing import apart, job_of, rewired, run_cpu, run_cuda, with_history
from emulation import needs_compiler

pytestmark = needs_compiler

Change = Callable[[Any, Any], tuple[Any, Any]]


def _later(weights: Any, lengths: Any) -> tuple[Any, Any]:
    """One edge takes a step longer: 3 mm/ms."""
    target, source = np.argwhere(weights)[5]
    lengths[target, source] += 3.0 * 0.05
    return weights, lengths


def _same(weights: Any, lengths: Any) -> tuple[Any, Any]:
    return weights, lengths


FAULTS: dict[str, Change] = {
    "no coupling": lambda weights, lengths: (0.0 * weights, lengths),
    "transposed": lambda weights, lengths: (weights.T.copy(), lengths),
    "one delay off by one": _later,
}


def _uneven(weights: Any, lengths: Any) -> tuple[Any, Any]:
    """Asymmetric weights."""
    return weights * np.random.default_rng(0).uniform(0.2, 1.0, weights.shape), lengths


@pytest.mark.parametrize("shared", [227, 64])
@pytest.mark.parametrize("speed", ["3", "inf"])
def test_faults_are_seen(speed: str, shared: int, device) -> None:
    job = with_history(rewired(job_of("montbrio", set=(f"speed={speed}",)), _uneven))
    expected, on = run_cpu(job), device(shared=shared * 1024)
    assert apart(expected, run_cuda(job, on)) < 1e-11
    for name, fault in FAULTS.items():
        if speed == "inf" and name == "one delay off by one":
            continue
        assert apart(expected, run_cuda(rewired(job, fault), on)) > 1e-8, name
