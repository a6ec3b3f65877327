"""Running a job without a store: its results in memory."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import xarray

from rateml.engines.cpu import CpuEngine
from rateml.engines.events import Finished, Metrics, UnitDone
from rateml.engines.job import Job
from rateml.engines.provenance import describe
from rateml.errors import InternalError, UserError
from rateml.results.memory import Memory
from rateml.text.amounts import size


def refuse_too_large(job: Job, at_most: int | None, instead: str) -> None:
    """UserError when the results of a job would not fit into ``at_most`` bytes; it says what to do ``instead``."""
    needed = job.settings.simulations * sum(array.bytes for array in job.layout().all_arrays)
    if at_most is not None and needed > 0.8 * at_most:
        raise UserError(
            f"the results would take {size(needed)} of this machine's {size(at_most)} of memory: {instead}, or record "
            "less, such as monitors=['stats']"
        )


def run_in_memory(job: Job, engine: CpuEngine, report: Callable[[Metrics], None]) -> tuple[xarray.Dataset, Finished]:
    """The dataset that the store of this job would open as, and how the run ended."""
    layout = job.layout()
    memory = Memory(layout)
    with closing(engine.run(job, layout.units, 0, lambda: "run")) as events:
        for event in events:
            match event:
                case UnitDone():
                    memory.write(event.unit, event.block)
                case Metrics():
                    report(event)
                case Finished():
                    return memory.dataset(describe(job)), event
    raise InternalError("the engine ended without saying so")
