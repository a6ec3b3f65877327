"""Which kernel a network takes on a device, from bytes and the device's own limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rateml.engines.cuda.tables import Tables, block_length, make_tables
from rateml.engines.job import Job, Speeds
from rateml.ir.steady import steady_diffusion

BLOCKED_THREADS = 768
"""Of a block of the ``blocked`` kernel, for networks that are not small."""


@dataclass(frozen=True)
class Limits:
    """``shared`` bytes of a block of threads, ``memory`` bytes free, compute ``capability`` such as 9.0."""

    name: str
    shared: int
    processors: int
    memory: int
    capability: str


@dataclass(frozen=True)
class Shape:
    """The sizes of a program that decide about bytes; see the constants at the head of the generated code."""

    n_nodes: int
    states: int
    noisy: int
    table: int
    stored: int
    sums: int
    couplings: int
    exposures: int
    real: int

    @classmethod
    def of(cls, job: Job) -> Shape:
        program = job.program
        sums = sum(
            sum(f.source is not None for f in c.factors) if c.factors else 1
            for c in program.couplings
            if c.reduce == "sum"
        )
        return cls(
            job.connectome.n_nodes,
            len(program.states),
            len(program.diffusion),
            len(program.parameters) + len(program.derived_parameters) + len(steady_diffusion(program)),
            len(program.stored),
            sums,
            len(program.couplings),
            len(program.exposures),
            np.dtype(job.settings.precision).itemsize,
        )


@dataclass(frozen=True)
class Plan:
    """``macros`` specialise the generated code; ``shared`` bytes go to a block of ``threads``; ``lanes`` is 1 or 32."""

    tables: Tables
    macros: Mapping[str, int]
    threads: int
    lanes: int
    shared: int
    reason: str

    @property
    def integrators(self) -> int:
        """Threads of the ``blocked`` kernel that integrate."""
        wanted = -(-self.tables.base.size // 32) * 32
        return wanted if wanted <= self.threads // 2 else self.threads // 64 * 32


def make_plan(job: Job, speeds: Speeds, limits: Limits, *, stats: bool, uniform: bool, window: int, rows: bool) -> Plan:
    """The kernel for the network of these conduction speeds; its bits are those of every simulation with them.

    ``rows`` says whether anything but statistics is recorded: means over ``window`` steps, or with 0 every step.
    """
    block = block_length(job, speeds)
    shape = Shape.of(job)
    kind = {
        "NODES": shape.n_nodes, "STATS": int(stats), "DRIVEN": int(job.settings.drives is not None),
        "NOISE": int(job.settings.noise != "off"), "WINDOW": window, "ROWS": int(rows),
    }  # fmt: skip
    if block:
        plan = _blocked(make_tables(job, speeds, block), shape, limits, kind)
        if plan.shared <= limits.shared:
            return plan
    return _lanes(job, speeds, make_tables(job, speeds, 0), shape, limits, kind, uniform)


def _rounded(size: int) -> int:
    """Shared arrays begin at multiples of 16 bytes."""
    return -(-size // 16) * 16


def _blocked(tables: Tables, shape: Shape, limits: Limits, kind: Mapping[str, int]) -> Plan:
    threads = BLOCKED_THREADS if shape.n_nodes > 24 else 256 if shape.n_nodes > 4 else 128
    fours = (2 * tables.block + 2) // 4 + 1
    n, real = shape.n_nodes, shape.real
    fixed = sum(
        _rounded(size)
        for size in (
            2 * shape.sums * n * 33 * real,
            fours * 4 * shape.noisy * n * real,
            4 * n, 4 * n, 4 * n, 8 * shape.couplings * n, 8 * shape.couplings * n, 8 * n, 8 * (threads // 32 + 1),
        )
    )  # fmt: skip
    edges = _rounded(2 * real * tables.edges) + _rounded(2 * tables.edges)
    ring = _rounded(shape.stored * tables.ring_size * real)
    has_edges, has_ring = fixed + edges <= limits.shared, fixed + edges + ring <= limits.shared
    shared = fixed + (edges if has_edges else 0) + (ring if has_ring else 0)
    where = (
        "on chip" if has_ring else f"in global memory: {ring:,} bytes of {limits.shared - fixed - edges:,} left on chip"
    )
    macros = {
        **kind, "THREADS": threads, "LANES": 1, "BLOCK": tables.block, "DELAYED": 1, "UNIFORM": 1,
        "NEAR_SELF": int(tables.near_self), "RING_SHARED": int(has_ring), "EDGES_SHARED": int(has_edges),
        "WORK_SHARED": 1,
    }  # fmt: skip
    reason = f"time-blocked path: every region integrates {tables.block} steps on its own; history {where}"
    return Plan(tables, macros, threads, 1, shared, reason)


def _lanes(
    job: Job, speeds: Speeds, tables: Tables, shape: Shape, limits: Limits, kind: Mapping[str, int], uniform: bool
) -> Plan:
    n, real = shape.n_nodes, shape.real
    threads = 32 * min(16, n)
    shared = sum(_rounded(size) for size in (4 * n, 4 * n, 8 * n, 4 * shape.couplings * n, 4 * shape.couplings * n))
    shared += _rounded(shape.table * 32 * real) if uniform else 0
    wanted = {
        "RING_SHARED": _rounded(shape.stored * tables.ring_size * 32 * real),
        "EDGES_SHARED": 16 * tables.edges * (real // 4),
        "WORK_SHARED": _rounded(shape.states * n * 32 * real)
        + _rounded(4 * shape.noisy * n * 32 * real)
        + (_rounded(2 * shape.exposures * n * 32 * 8) if kind["STATS"] else 0),
    }
    macros = {
        **kind, "THREADS": threads, "LANES": 32, "BLOCK": 1, "DELAYED": int(tables.delayed), "UNIFORM": int(uniform),
        "NEAR_SELF": 0,
    }  # fmt: skip
    for macro, size in wanted.items():
        fits = shared + size <= limits.shared
        macros[macro] = int(fits)
        shared += size if fits else 0
    if not tables.delayed:
        reason = "no-delay path: all regions take each step together, 32 simulations abreast"
    else:
        why = "edges between regions have delays below 4 steps"
        if block_length(job, speeds):
            why = f"sums and noise of blocks of steps need more than the {limits.shared:,} bytes on chip"
        for c in job.program.couplings:
            if c.reduce == "mean":
                why = f"{c.id} takes the mean over all regions"
            elif c.reduce == "sum" and not c.factors:
                why = f"what {c.id} sums depends on both ends of an edge"
        reason = f"per-step path: {why}; 32 simulations abreast"
    return Plan(tables, macros, threads, 32, shared, reason)
