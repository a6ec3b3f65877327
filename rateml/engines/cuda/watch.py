"""What the GPUs of a run are doing: their state from NVML, and how near the run comes to what their memory can do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rateml.engines.events import Event, GpuMetrics, GpuState, Metrics, Notice
from rateml.errors import EngineUnavailable
from rateml.standalone.device import Device

_EVERY = 1.0
"""Seconds between two looks."""


class Watch:
    """Looks at ``devices`` at most once a second. NVML is there where nvidia-ml-py is; else one notice says so."""

    def __init__(self, devices: Sequence[Device]) -> None:
        self.devices = devices
        self.peak = _peak(devices)
        self.looked = 0.0
        self.nvml: Any = None
        self.handles: list[Any] = []
        self.lacking = self._open()

    def _open(self) -> str | None:
        try:
            import pynvml
        except ImportError:
            return "power, clocks and temperature of the GPUs are not told: pip install nvidia-ml-py"
        try:
            pynvml.nvmlInit()
            self.nvml = pynvml
            self.handles = [pynvml.nvmlDeviceGetHandleByPciBusId(device.limits.bus) for device in self.devices]
        except pynvml.NVMLError as error:
            self.handles = []
            return f"power, clocks and temperature of the GPUs are not told: NVML does not work ({error})"
        return None

    def notices(self) -> Iterator[Event]:
        if self.lacking is not None:
            yield Notice(self.lacking)

    def look(self, metrics: Metrics) -> Iterator[Event]:
        """The state of all GPUs, once a second."""
        now = time.monotonic()
        if now - self.looked < _EVERY or metrics.rate <= 0.0:
            return
        self.looked = now
        share = None if self.peak is None else metrics.bandwidth / self.peak
        yield GpuMetrics(tuple(self._state(k) for k in range(len(self.handles))), self.peak, share)

    def _state(self, number: int) -> GpuState:
        nvml, handle = self.nvml, self.handles[number]

        def ask(question: Callable[[], Any]) -> Any:
            """None for what this GPU does not tell."""
            try:
                return question()
            except nvml.NVMLError:
                return None

        memory = ask(lambda: nvml.nvmlDeviceGetMemoryInfo(handle))
        power = ask(lambda: nvml.nvmlDeviceGetPowerUsage(handle))
        busy = ask(lambda: nvml.nvmlDeviceGetUtilizationRates(handle))
        return GpuState(
            number,
            None if power is None else power / 1000.0,
            ask(lambda: nvml.nvmlDeviceGetClockInfo(handle, nvml.NVML_CLOCK_SM)),
            ask(lambda: nvml.nvmlDeviceGetClockInfo(handle, nvml.NVML_CLOCK_MEM)),
            None if memory is None else int(memory.used),
            None if memory is None else int(memory.total),
            None if busy is None else busy.gpu / 100.0,
            ask(lambda: nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU)),
        )

    def close(self) -> None:
        if self.nvml is not None:
            self.nvml.nvmlShutdown()


def _peak(devices: Sequence[Device]) -> float | None:
    """What copies on all devices move together; None where there is no room to try."""
    try:
        return sum(device.peak_bandwidth() for device in devices)
    except EngineUnavailable:
        return None
