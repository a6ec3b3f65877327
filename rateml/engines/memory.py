"""The bytes of memory that a run will take."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from rateml.engines.cache import is_compiled
from rateml.engines.features import resident_memory
from rateml.engines.group import LONGEST_BLOCK, NETWORKS, ROW_BYTES, most_lanes
from rateml.engines.job import Job
from rateml.engines.recorders import recorder_bytes, result_bytes

_PROCESS_BYTES = 180 * 10**6
"""The interpreter with numba and zarr, where the system does not tell what it takes."""

_CODE_BYTES = 70 * 10**6
"""What the process takes on until it runs compiled code that was kept, and writes a store."""

_COMPILER_BYTES = 80 * 10**6
"""What the compiler takes beside that."""

WAITING_BYTES = 64 * 10**6
"""Finished units may wait for the disk up to this size (one may always); then the workers wait."""


@dataclass(frozen=True)
class Memory:
    """Bytes at the peak: of the process, and on each device where there are any, with what is free there now."""

    host: int
    device: int | None = None
    device_free: int | None = None


def waiting_units(job: Job) -> int:
    """How many finished units may wait to be written."""
    layout = job.layout()
    return max(1, WAITING_BYTES // (layout.unit * sum(array.bytes for array in layout.all_arrays)))


def host_memory(job: Job, threads: int, *, compiled: bool = False) -> int:
    """Bytes that a run holds at its peak: the process, histories, records under way, results waiting and being written.

    The process is this one as it stands, with the job and its network, and with the compiler unless the job's code is
    kept or ``compiled``.
    """
    threads = max(1, min(threads, job.settings.simulations))
    combinations = networks(job)
    lanes = min(most_lanes(job, job.settings.simulations, threads), -(-job.settings.simulations // combinations))
    n_nodes, size = job.connectome.n_nodes, np.dtype(job.settings.precision).itemsize
    ring = len(job.program.stored) * job.history_slots() * size
    table = len(job.program.parameters) + len(job.program.derived_parameters)
    sums = sum(max(1, len(c.factors)) for c in job.program.couplings) * LONGEST_BLOCK * size
    lane = (
        ring
        + n_nodes * (table * (8 + size) + sums)
        + sum(recorder_bytes(monitor, job.settings, n_nodes) for monitor in job.settings.monitors)
    )
    rows = max(ROW_BYTES, 32 * len(job.program.exposures) * n_nodes * lanes * size)
    thread = (
        lanes * lane
        + rows
        + max((result_bytes(monitor, job.settings, n_nodes) for monitor in job.settings.monitors), default=0)
    )
    combinations = min(combinations, NETWORKS)
    edges = sum(job.edges(c).n_edges for c in job.program.couplings if c.reduce == "sum")
    process = process_bytes() + (0 if compiled or is_compiled(job.artifact) else _COMPILER_BYTES)
    return process + threads * thread + unit_bytes(job, threads * lanes * combinations) + 24 * edges * combinations


def process_bytes() -> int:
    """This process as it stands, and what it takes on until it runs and writes a store."""
    return (resident_memory() or _PROCESS_BYTES) + _CODE_BYTES


def unit_bytes(job: Job, under_way: int) -> int:
    """What the units of the store take until they are written, with so many simulations under way."""
    layout = job.layout()
    unit = layout.unit * sum(array.bytes for array in layout.all_arrays)
    open_units = min(layout.unit_count, 1 + -(-under_way // layout.unit) + waiting_units(job) + 1)
    # a shard's chunks are held compressed, and once more joined; a plain chunk compressed
    writing = max(array.bytes * (1 if layout.chunks(array)[1] is None else 2) for array in layout.all_arrays)
    return open_units * unit + layout.unit * writing


def networks(job: Job) -> int:
    """How many combinations of conduction speeds the points have."""
    swept = [len(axis.values) for axis in job.settings.axes if axis.target.couplings]
    return max(swept, default=1) if job.settings.table else prod(swept)
