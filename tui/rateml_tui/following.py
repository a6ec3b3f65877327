"""A run as its events tell it: every figure of the live panel comes from here, and from nowhere else."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rateml.text.amounts import count, duration, rate, size

_KEPT: Final = 600
"""Measurements of the sparklines, and lines of the log."""

_UNITS: Final = {"power": "W", "clock": "MHz", "memory_clock": "MHz", "temperature": "°C"}
"""Of what a GPU tells; the others say it by their names or have none."""


@dataclass
class Following:
    """Fold events with ``take``; memory does not grow with their number."""

    phase: str = "no events yet"
    planned: Mapping[str, Any] = field(default_factory=dict)
    compiled: float | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    gpus: Mapping[str, Any] = field(default_factory=dict)
    finished: Mapping[str, Any] = field(default_factory=dict)
    failed: str = ""
    done: int = 0
    diverged: int = 0
    rates: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    bandwidths: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    log: deque[str] = field(default_factory=lambda: deque(maxlen=_KEPT))
    lines: int = 0

    def take(self, event: Mapping[str, Any]) -> None:
        """One event of ``events.jsonl``."""
        match event.get("event"):
            case "planned":  # a run, or one that goes on
                self.planned, self.done = event, int(event["done"])
                self.phase, self.compiled, self.failed = "compiling", None, ""
                self.metrics, self.gpus, self.finished = {}, {}, {}
                before = f", {event['done']} done before" if event["done"] else ""
                self._say(event, f"planned {event['simulations']} simulations × {event['steps']} steps{before}")
                self._say(event, str(event["reason"]))
            case "compiled":
                self.phase, self.compiled = "simulating", float(event["seconds"])
                self._say(event, f"compiled in {duration(event['seconds'])}")
            case "metrics":
                self.metrics = event
                self.rates.append(float(event["rate"]))
                self.bandwidths.append(float(event["bandwidth"]))
            case "gpus":
                self.gpus = event
            case "notice":
                self._say(event, str(event["text"]))
            case "unit":
                self.done += int(event["simulations"])
                self.diverged += int(event["diverged"])
                if event["diverged"]:
                    self._say(event, f"{event['diverged']} of unit {event['index']}'s simulations diverged")
            case "paused":
                self.phase = "paused" if event["paused"] else "simulating"
                self._say(event, self.phase)
            case "finished":
                self.finished = event
                self.phase = "stopped" if event["stopped"] else "finished"
                took = f"{event['simulations']} simulations in {duration(event['seconds'])}"
                self._say(event, f"{self.phase}: {took}, {rate(event['rate'])} simulation steps/s")
            case "interrupted":
                self.phase = "stopped"
                self._say(event, "interrupted; what is done is kept")
            case "failed":
                self.phase, self.failed = "failed", str(event["error"])
                self._say(event, f"failed: {event['error']}")
            case other:
                self._say(event, str(other))

    @property
    def over(self) -> bool:
        return self.phase in ("finished", "stopped", "failed")

    @property
    def share(self) -> float | None:
        """How much of the steps is done, 0 to 1."""
        if self.phase == "finished":
            return 1.0
        total = self.metrics.get("total_steps")
        return float(self.metrics["done_steps"]) / total if total else None

    def figures(self) -> dict[str, str]:
        """Name and text of every figure of the panel."""
        shown: dict[str, str] = {}
        if self.planned:
            total = self.planned["simulations"]
            shown["simulations"] = f"{self.done} of {total} done" + (
                f", {self.diverged} diverged" if self.diverged else ""
            )
            engine, threads = self.planned["engine"], self.planned["threads"]
            shown["engine"] = f"{engine}, {count(threads, 'thread')}" if engine == "cpu" else engine
        if self.metrics and self.phase == "simulating":
            left = self.metrics.get("left")
            shown["time left"] = "unknown" if left is None else duration(left)
        latest = self.finished or self.metrics
        if latest:
            shown["simulation steps/s"] = rate(latest["rate"])
            shown["effective bandwidth"] = f"{size(latest['bandwidth'])}/s"
        if self.gpus.get("peak") is not None and self.gpus.get("of_peak") is not None:
            shown["share of the peak bandwidth"] = f"{self.gpus['of_peak']:.0%} of {size(self.gpus['peak'])}/s"
        return shown

    def devices(self) -> list[Mapping[str, Any]]:
        """A row per GPU, as it was last told."""
        return list(self.gpus.get("gpus", ()))

    def _say(self, event: Mapping[str, Any], text: str) -> None:
        self.lines += 1
        self.log.append(f"{str(event.get('time', ''))[11:19]}  {text}")


def told(name: str, value: float | None) -> str:
    """What a GPU tells: bytes by the name, shares in per cent, others with their unit."""
    if value is None:
        return "–"
    if name.startswith("memory_") and name not in _UNITS:
        return size(value)
    return f"{value:.0%}" if name == "busy" else f"{value:.4g} {_UNITS.get(name, '')}".rstrip()
