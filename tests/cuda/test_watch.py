"""What the GPUs do while a sweep runs, with a library in NVML's place."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from comparing import MODELS
from emulation import Emulated, needs_compiler

from rateml import api
from rateml.cli.progress import told_gpus
from rateml.engines.cuda.engine import CudaEngine
from rateml.engines.cuda.watch import Watch
from rateml.engines.events import Event, GpuMetrics, GpuState, Metrics, Notice
from rateml.errors import EngineUnavailable
from rateml.request.settings import Request
from rateml.results import run_folder

Install = Callable[..., ModuleType]


@pytest.fixture
def nvml(monkeypatch: pytest.MonkeyPatch) -> Install:
    """The functions of ``pynvml`` that a GPU of 600 W answers; ``untold`` are those that it does not know."""

    def install(*untold: str, works: bool = True) -> ModuleType:
        class NVMLError(Exception):
            pass

        def refuse(*args: Any) -> None:
            raise NVMLError("Not Supported")

        answers: dict[str, Any] = {
            "nvmlInit": lambda: None,
            "nvmlShutdown": lambda: module.closed.append(True),
            "nvmlDeviceGetHandleByPciBusId": lambda bus: f"handle of {bus}",
            "nvmlDeviceGetPowerUsage": lambda handle: {"handle of bus 1": 600_400}[handle],
            "nvmlDeviceGetClockInfo": lambda handle, kind: {"sm": 1980, "mem": 3200}[kind],
            "nvmlDeviceGetMemoryInfo": lambda handle: SimpleNamespace(used=2 * 10**9, total=141 * 10**9),
            "nvmlDeviceGetUtilizationRates": lambda handle: SimpleNamespace(gpu=98),
            "nvmlDeviceGetTemperature": lambda handle, kind: {"gpu": 61}[kind],
        }
        module: Any = ModuleType("pynvml")
        constants = {"NVML_CLOCK_SM": "sm", "NVML_CLOCK_MEM": "mem", "NVML_TEMPERATURE_GPU": "gpu"}
        refused = dict.fromkeys((*untold, *(() if works else ("nvmlInit",))), refuse)
        vars(module).update({**constants, **answers, **refused, "NVMLError": NVMLError, "closed": []})
        monkeypatch.setitem(sys.modules, "pynvml", module)
        return module

    return install


@pytest.fixture
def gpu(device: Callable[..., Emulated]) -> Emulated:
    made = device()
    made.limits = replace(made.limits, bus="bus 1")
    return made


STATE = GpuState(0, 600.4, 1980, 3200, 2 * 10**9, 141 * 10**9, 0.98, 61)


def test_the_state_of_a_gpu(nvml: Install, gpu: Emulated) -> None:
    module = nvml()
    watch = Watch([gpu])
    assert list(watch.notices()) == []
    found = list(watch.look(Metrics(5, 10, 100.0, 5e8, 1.0)))
    assert found == [GpuMetrics((STATE,), 1e9, 0.5)]
    assert list(watch.look(Metrics(6, 10, 100.0, 5e8, 1.0))) == []  # a second has not gone by
    watch.close()
    assert module.closed == [True]
    told = "50% of the peak bandwidth 1 GB/s; GPU 0: 600 W, 1980 MHz, 2 GB of 141 GB, 98% busy, 61 °C"
    assert "; ".join(told_gpus(found[0])).replace(".00", "") == told  # type: ignore[arg-type]  # seen above


def test_what_a_gpu_does_not_tell_is_left_out(nvml: Install, gpu: Emulated) -> None:
    nvml("nvmlDeviceGetPowerUsage", "nvmlDeviceGetMemoryInfo", "nvmlDeviceGetUtilizationRates")
    (found,) = Watch([gpu]).look(Metrics(5, 10, 100.0, 5e8, 1.0))
    assert isinstance(found, GpuMetrics)
    assert found.gpus == (replace(STATE, power=None, memory_used=None, memory_total=None, busy=None),)
    assert told_gpus(found)[-1] == "GPU 0: 1980 MHz, 61 °C"


@pytest.mark.parametrize("absent", [True, False])
def test_without_nvml_the_run_goes_on(absent: bool, nvml: Install, gpu: Emulated, monkeypatch) -> None:
    nvml(works=False)
    if absent:
        monkeypatch.setitem(sys.modules, "pynvml", None)
    watch = Watch([gpu])
    (notice,) = watch.notices()
    assert isinstance(notice, Notice)
    assert ("pip install nvidia-ml-py" if absent else "NVML does not work (Not Supported)") in notice.text
    assert list(watch.look(Metrics(5, 10, 100.0, 2e9, 1.0))) == [GpuMetrics((), 1e9, 2.0)]


def test_without_room_for_a_copy_there_is_no_peak(nvml: Install, gpu: Emulated, monkeypatch) -> None:
    def full() -> float:
        raise EngineUnavailable("no bytes left")

    nvml()
    monkeypatch.setattr(gpu, "peak_bandwidth", full)
    assert list(Watch([gpu]).look(Metrics(5, 10, 100.0, 5e8, 1.0))) == [GpuMetrics((STATE,), None, None)]


@needs_compiler
def test_a_sweep_logs_it(nvml: Install, gpu: Emulated, tmp_path: Path) -> None:
    nvml()
    request = Request(trials=2, duration="3 ms", monitors=("stats",))
    job = api.prepare(MODELS / "montbrio.xml", "synthetic:9:1", request, target="cuda")
    events: list[Event] = list(api.execute(job, tmp_path / "o.zarr", CudaEngine([gpu])))
    seen = [event for event in events if isinstance(event, GpuMetrics)]
    assert seen
    assert seen[0].gpus == (STATE,)
    log = (run_folder(tmp_path / "o.zarr") / "events.jsonl").read_text().splitlines()
    logged = [entry for entry in map(json.loads, log) if entry["event"] == "gpus"]
    assert len(logged) == len(seen)
    assert logged[0]["gpus"][0] == {name: getattr(STATE, name) for name in STATE.__slots__}
    assert logged[0]["of_peak"] == seen[0].of_peak
