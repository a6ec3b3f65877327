"""From an engine's events to the disk: finished units are written in batches, and what happened is logged."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from rateml.engines.cpu import Command, CpuEngine
from rateml.engines.events import Compiled, Event, Finished, GpuMetrics, Metrics, Notice, Paused, Planned, UnitDone
from rateml.engines.job import Job
from rateml.engines.memory import waiting_units
from rateml.errors import StoreError
from rateml.results import EventLog, Store, requested

_WRITE_EVERY = 0.5
_LOG_EVERY = 1.0
_ASK_EVERY = 0.3


def record(job: Job, engine: CpuEngine, store: Store, log: EventLog) -> Generator[Event, None, None]:
    """Run what the store lacks; yields the engine's events, each unit after it is safely on disk.

    Closing the iterator, or an interruption, stops the engine and writes what is finished.
    """
    ask = _Ask(store.path)
    pending: dict[int, UnitDone] = {}
    written = logged = time.monotonic()
    enough = waiting_units(job)

    def flush() -> list[UnitDone]:
        events = list(pending.values())
        if events:
            store.write_many({event.unit.index: event.block for event in events})
            for event in events:
                log.append("unit", index=event.unit.index, simulations=event.unit.count, diverged=event.diverged)
            pending.clear()
        return events

    todo = [unit for unit in store.units() if unit.index not in store.done]
    done = job.settings.simulations - sum(unit.count for unit in todo)
    events = engine.run(job, todo, done, ask)
    try:
        for event in events:
            now = time.monotonic()
            if isinstance(event, UnitDone):
                pending[event.unit.index] = event
            if len(pending) >= enough or now - written > _WRITE_EVERY or isinstance(event, Paused):
                yield from flush()
                written = time.monotonic()
            match event:
                case UnitDone():
                    continue
                case Metrics():
                    if now - logged > _LOG_EVERY:
                        log.append("metrics", **asdict(event))
                        logged = now
                case Finished():
                    yield from flush()
                    log.append("finished", **asdict(event))
                case Planned() | Paused():
                    log.append(type(event).__name__.lower(), **asdict(event))
                case GpuMetrics():
                    log.append("gpus", **asdict(event))
                case Notice() | Compiled():
                    log.append(type(event).__name__.lower(), **asdict(event))
            yield event
    except (GeneratorExit, KeyboardInterrupt):
        events.close()
        flush()
        log.append("interrupted")
        raise
    except Exception as error:
        events.close()  # the workers end now, not when somebody drops the traceback
        with suppress(StoreError):  # the first fault is the one to tell
            if not isinstance(error, StoreError):
                flush()
            log.append("failed", error=str(error))
        raise


class _Ask:
    """What the control file asks for, read a few times a second."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.read_at = 0.0
        self.command: Command = "run"

    def __call__(self) -> Command:
        now = time.monotonic()
        if now - self.read_at > _ASK_EVERY:
            self.command = requested(self.out)
            self.read_at = now
        return self.command
