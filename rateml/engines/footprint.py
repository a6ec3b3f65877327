"""What the store of a job will take on disk, with the folder beside it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from rateml.engines.cpu import CpuEngine
from rateml.engines.job import Job
from rateml.engines.origin import Origin
from rateml.engines.provenance import describe, identify
from rateml.request.files import relocate
from rateml.results import create
from rateml.results.layout import BOOKKEEPING, STATUS

_EVENT_BYTES = 110
"""A line of the log of events; a unit has one."""

_FEW_EVENTS = 12
"""Lines of a run beside those."""

_ORIGIN_BYTES = 1000
"""The file that lists those of the model and the options."""

_LOG_CONTROL_LOCK = 3
"""Files of the run folder that an empty store lacks."""


@dataclass(frozen=True)
class Footprint:
    """Bytes before the results are compressed, and files; ``diverged_files`` come to them if simulations diverge."""

    bytes: int
    files: int
    diverged_files: int


def footprint(job: Job, engine: CpuEngine) -> Footprint:
    """Makes the empty store of a job in a temporary folder, and adds what its simulations will."""
    layout = job.layout()
    with tempfile.TemporaryDirectory(prefix="rateml-plan-") as folder:
        create(Path(folder) / "empty.zarr", layout, identify(job, engine), describe(job))
        sizes = [path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()]
    inputs = [] if job.origin is None else _inputs(job.origin)
    units, written = layout.unit_count, [*layout.arrays, STATUS]
    results = layout.simulations * sum(array.bytes for array in written)
    return Footprint(
        sum(sizes) + sum(inputs) + results + _EVENT_BYTES * (units + _FEW_EVENTS),
        len(sizes) + len(inputs) + _LOG_CONTROL_LOCK + units * len(written),
        units * (len(BOOKKEEPING) - 1),
    )


def _inputs(origin: Origin) -> list[int]:
    """The sizes of the files that are kept so that the job can be made again."""
    texts = [len(text.encode("utf-8", "surrogatepass")) for text in origin.texts.values()]
    copied: dict[Path, int] = {}

    def look(path: Path) -> Path:
        copied[path] = path.stat().st_size
        return path

    relocate(origin.request, look)
    return [_ORIGIN_BYTES, *texts, *copied.values()]
