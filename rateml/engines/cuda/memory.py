"""The bytes of memory that a run on GPUs will take: those of the process, and those on each GPU."""

from __future__ import annotations

from itertools import islice

import numpy as np

from rateml.engines.cuda.group import ABREAST, CudaKernels
from rateml.engines.cuda.summaries import fetched_bytes
from rateml.engines.job import Job
from rateml.engines.memory import Memory, networks, process_bytes, unit_bytes
from rateml.engines.recorders import recorder_bytes, result_bytes, shared_window
from rateml.standalone.plan import Plan
from rateml.standalone.simulations import ROW_BYTES

_KERNEL_BYTES = 60 * 10**6
"""What the driver takes on a GPU for code and stacks; its context is there before free memory is asked for."""

_TRANSFER_BYTES = 30 * 10**6
"""What the driver takes of the process."""


def cuda_memory(job: Job, kernels: CudaKernels) -> Memory:
    """What a run of ``job`` takes at its peak, with as many groups of simulations on each device as are under way."""
    settings, n_nodes = job.settings, job.connectome.n_nodes
    devices = min(len(kernels.devices), settings.simulations)
    combinations = networks(job)
    plan = kernels.plan(job.speeds(0), 0)
    held = _groups(kernels, -(-settings.simulations // devices), -(-settings.simulations // combinations))
    kept = [m for m in settings.monitors if m not in kernels.made or (m.source or m).kind == "bold"]
    lane = sum(recorder_bytes(monitor, settings, n_nodes) for monitor in kept)
    lane += sum(fetched_bytes(monitor, n_nodes) for monitor in kernels.made)
    result = max((result_bytes(monitor, settings, n_nodes) for monitor in settings.monitors), default=0)
    host, device = process_bytes() + _TRANSFER_BYTES, _KERNEL_BYTES
    for lanes in held:
        padded = -(-lanes // plan.lanes) * plan.lanes
        rows = _row_bytes(job, padded)
        device += padded * _simulation_bytes(job, plan, kernels) + (1 + kernels.fetched) * rows
    for lanes in sorted(held)[-ABREAST:]:
        rows = _row_bytes(job, -(-lanes // plan.lanes) * plan.lanes)
        # the rows as they came, and those of the simulations alone
        host += devices * (lanes * lane + 2 * rows * kernels.fetched + result)
    host += unit_bytes(job, devices * sum(sorted(held)[-ABREAST:]) * combinations)
    return Memory(host, device, kernels.devices[0].limits.memory)


def _groups(kernels: CudaKernels, simulations: int, of_network: int) -> list[int]:
    """The sizes of groups whose memory a device holds at once: the largest ones and the first ones, which are smaller,
    so that theirs is of no use to others."""
    held: list[int] = []
    for size in islice(kernels.sizes(simulations, 1), 2 * ABREAST):
        if left := simulations - sum(held):
            held.append(min(size, of_network, left))
    return held


def _row_bytes(job: Job, padded: int) -> int:
    """The recorded rows of a slice; statistics have none."""
    settings, program = job.settings, job.program
    series = [monitor for monitor in settings.monitors if monitor.kind != "stats"]
    if not series:
        return 0
    window = shared_window(series, program)
    size = 8 / window if window else np.dtype(settings.precision).itemsize
    row = len(program.exposures) * job.connectome.n_nodes * padded * size
    steps = min(settings.total_steps, max(32, int(ROW_BYTES / row) // 32 * 32))
    return int(row * steps)


def _simulation_bytes(job: Job, plan: Plan, kernels: CudaKernels) -> int:
    """What a simulation holds on a device: its states, history, table of parameters, sums of its statistics."""
    shape, model = kernels.shape, kernels.shape.model
    normals = 4 * model.noisy if plan.lanes > 1 else 0
    exact = (len(model.parameters) + model.derived) * model.timed
    sums = shape.exposures * (3 if kernels.kind.stats else 1)
    node = shape.real * (shape.states + shape.slow + model.table + normals) + 8 * (exact + sums)
    held = shape.n_nodes * node + shape.real * shape.stored(plan.lanes) * plan.tables.ring_size + kernels.summary_bytes
    return held + 8 * len(job.settings.axes) + 32
