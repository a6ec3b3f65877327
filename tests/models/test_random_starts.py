"""Models whose states fall fast at the ends of their ranges do not diverge from random states with their own step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rateml import api
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import UnitDone
from rateml.request.settings import Request

pytestmark = pytest.mark.long

TOO_LONG = {"sup_hopf": 0.1, "reduced_set_hindmarsh_rose": 0.05}
"""Steps in ms at which a Heun step overshoots from the ends of TVB's ranges, so that every network of 68 diverges."""


def _diverged(path: Path, step: float) -> int:
    """Of 20 networks, each with 68 random starts, how many diverge within 20 ms."""
    request = Request(duration=repr(round(20 / step) * step), dt=repr(step), monitors=("stats",), trials=20)
    job = api.prepare(path, "synthetic:68:0", request, sweep=False)
    events = CpuEngine(1).run(job, job.layout().units, 0, lambda: "run")
    blocks = [e.block["status"][: e.unit.count] for e in events if isinstance(e, UnitDone)]
    statuses = np.concatenate(blocks)
    assert len(statuses) == 20
    return int((statuses != 0).sum())


@pytest.mark.parametrize("name", TOO_LONG)
def test_own_step(shipped_models: dict[str, Path], name: str) -> None:
    path = shipped_models[name]
    assert _diverged(path, api.read_program(path).step) == 0
    assert _diverged(path, TOO_LONG[name]) == 20, "else the note in the file is not true any more"
