"""A thread that dies while it computes, records or makes results: said so, the rest kept, resumed to the same bits."""

from __future__ import annotations

from pathlib import Path

import pytest

from rateml.results import read_events

_PLANT = """
from itertools import count
from {module} import {owner}
real, calls = {owner}.{method}, count()
def broken(*given, **named):
    if next(calls) == {turn}:
        raise {fault}
    return real(*given, **named)
{owner}.{method} = broken
"""
COMPUTE = {"module": "rateml.engines.group", "owner": "Group", "method": "advance", "turn": 40}
RECORD = {"module": "rateml.engines.recorders.stats", "owner": "StatsRecorder", "method": "take", "turn": 40}
RESULT = {"module": "rateml.engines.recorders.stats", "owner": "StatsRecorder", "method": "result", "turn": 100}


@pytest.mark.long
@pytest.mark.parametrize("place", [COMPUTE, RECORD, RESULT], ids=["computing", "recording", "making results"])
def test_a_fault_in_a_worker(bench, tmp_path: Path, place: dict[str, object]) -> None:
    planted = _PLANT.format(fault="RuntimeError('planted')", **place)
    sweep = bench.sweep(150, before=planted, env={"TMPDIR": str(tmp_path)})
    code, told = sweep.finish()
    assert code == 70, told
    assert f"note: what is done is kept, go on with --resume -o {sweep.out}" in told
    (report,) = tmp_path.glob("rateml-*.log")
    assert told.endswith(f"error: rateml has a fault: RuntimeError: planted. Please report it with {report}"), told
    assert str(place["method"]) in report.read_text(encoding="utf-8")
    assert len(sweep.done()) < sweep.units
    last = read_events(sweep.folder)[0][-1]
    assert (last["event"], last["error"]) == ("failed", "planted")
    bench.same_after_resume(bench.sweep(150))


@pytest.mark.long
def test_a_worker_without_memory(bench) -> None:
    sweep = bench.sweep(150, before=_PLANT.format(fault="MemoryError", **RECORD))
    code, told = sweep.finish()
    assert code == 1, told
    assert f"note: what is done is kept, go on with --resume -o {sweep.out}" in told
    assert told.endswith("error: out of memory: record less, or use fewer --threads or a smaller --chunk"), told
    bench.same_after_resume(bench.sweep(150))
