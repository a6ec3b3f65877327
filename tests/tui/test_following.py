"""Figures are those of the events: replayed from a run that took place, and from events with more to tell."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from rateml_tui.clerk import stores
from rateml_tui.following import Following, told

from rateml import api
from rateml.engines.events import GpuMetrics, GpuState, Metrics, Notice
from rateml.request.settings import Request
from rateml.text.amounts import duration, rate, size


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "out.zarr"
    request = Request(axes=(("grid", "eta=-5:-4:3"), ("values", "tau=1")), duration="5 ms")
    job = api.prepare(api.shipped_model("montbrio"), "synthetic:4:0", request)
    for _ in api.execute(job, out, api.make_engine("cpu", 1)):
        pass
    return out


def test_a_recorded_run(store: Path) -> None:
    seen = Following()
    found = stores.follow(str(store), 0)
    for event in found["events"]:
        seen.take(event)
    last = json.loads((store.with_name("out.zarr.run") / "events.jsonl").read_text().splitlines()[-1])
    assert last["event"] == "finished"
    assert seen.phase == "finished"
    assert seen.share == 1.0
    assert seen.figures() == {
        "simulations": "3 of 3 done",
        "engine": "cpu, 1 thread",
        "simulation steps/s": rate(last["rate"]),
        "effective bandwidth": f"{size(last['bandwidth'])}/s",
    }
    assert stores.follow(str(store), found["offset"])["events"] == []


def test_events_come_in_portions(store: Path) -> None:
    whole = stores.follow(str(store), 0)["events"]
    offset, found = 0, []
    while portion := stores.follow(str(store), offset, most=1)["events"]:
        offset = stores.follow(str(store), offset, most=1)["offset"]
        assert len(portion) == 1
        found += portion
    assert found == whole


def _planned(done: int = 0) -> dict[str, object]:
    return {
        "event": "planned",
        "engine": "cuda",
        "simulations": 8,
        "done": done,
        "steps": 100,
        "threads": 1,
        "reason": "r",
    }


def test_every_figure_of_an_engine_is_shown() -> None:
    state = GpuState(0, power=412.5, clock=1980, memory_clock=None, memory_used=42 * 10**9, memory_total=141 * 10**9,
                     busy=0.97, temperature=61)  # fmt: skip
    seen = Following()
    for event in (
        _planned(),
        {"event": "compiled", "seconds": 2.0},
        {"event": "metrics", **asdict(Metrics(200, 800, rate=5.85e8, bandwidth=3.1e12, left=75.0))},
        {"event": "notice", **asdict(Notice("without NVML"))},
        {"event": "gpus", **asdict(GpuMetrics((state,), peak=4.2e12, of_peak=0.738))},
    ):
        seen.take(event)
    figures = seen.figures()
    assert seen.share == 0.25
    assert figures["time left"] == duration(75.0) == "1:15 min"
    assert figures["simulation steps/s"] == "585 M"
    assert figures["effective bandwidth"] == "3.1 TB/s"
    assert figures["share of the peak bandwidth"] == "74% of 4.2 TB/s"
    assert list(seen.rates) == [5.85e8]
    assert "without NVML" in seen.log[-1]
    (row,) = seen.devices()
    assert {name: told(name, value) for name, value in row.items()} == {
        "number": "0", "power": "412.5 W", "clock": "1980 MHz", "memory_clock": "–", "memory_used": "42 GB",
        "memory_total": "141 GB", "busy": "97%", "temperature": "61 °C",
    }  # fmt: skip


def test_a_run_that_goes_on_counts_from_what_was_done() -> None:
    seen = Following()
    unit = {"event": "unit", "index": 0, "simulations": 3, "diverged": 1}
    for event in (_planned(), unit, {"event": "interrupted"}):
        seen.take(event)
    assert (seen.phase, seen.done) == ("stopped", 3)
    seen.take(_planned(done=3))
    assert seen.figures()["simulations"] == "3 of 8 done, 1 diverged"
    seen.take({"event": "failed", "error": "the disk is full"})
    assert seen.phase == "failed"
    assert "the disk is full" in seen.log[-1]


def test_memory_is_bounded() -> None:
    seen = Following()
    seen.take(_planned())
    for _ in range(5000):
        seen.take({"event": "metrics", "done_steps": 1, "total_steps": 2, "rate": 1.0, "bandwidth": 1.0, "left": None})
        seen.take({"event": "unit", "index": 0, "simulations": 0, "diverged": 1})
    assert len(seen.rates) == len(seen.log) == 600
