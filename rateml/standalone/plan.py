"""Which kernel a network takes on a device, from bytes and the device's own limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rateml.standalone.model import Shape
from rateml.standalone.tables import NOISE_COST, Tables, Wires, block_length, make_tables

BLOCKED_THREADS = {128: 4, 256: 24}
"""Threads of a block of the ``blocked`` kernel, and the most regions that they are enough for."""

FEW_THREADS, MANY_THREADS, MOST_THREADS, MUCH_WORK = 512, 640, 768, 100
"""Of larger networks. The threads beside those that integrate sum and draw; more of them than needed take their turns
from those that integrate. So few do where that work, in edges that a warp adds, is at most so much a step; the most are
wanted where histories are in global memory, which answers late."""


@dataclass(frozen=True)
class Limits:
    """``shared`` bytes of a block of threads, ``memory`` bytes free, ``capability`` such as 9.0, PCI ``bus`` id."""

    name: str
    shared: int
    processors: int
    memory: int
    capability: str
    bus: str = ""


@dataclass(frozen=True)
class Kind:
    """What kind of run it is: see the macros at the head of the generated code.

    ``window``: means over so many steps are recorded, or with 0 every step, where ``rows`` are recorded at all.
    """

    stats: bool
    driven: bool
    noise: bool
    uniform: bool
    window: int
    rows: bool


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


def make_plan(shape: Shape, wires: Sequence[Wires | None], limits: Limits, kind: Kind) -> Plan:
    """The kernel for a network, given as ``block_length`` takes it; its bits are those of every simulation with it."""
    block = block_length(shape.model, wires)
    macros = {
        "NODES": shape.n_nodes, "STATS": int(kind.stats), "DRIVEN": int(kind.driven), "NOISE": int(kind.noise),
        "WINDOW": kind.window, "ROWS": int(kind.rows),
    }  # fmt: skip
    if block:
        # denser histories where more of them fit so
        plans = [
            _blocked(make_tables(shape.model, shape.n_nodes, wires, block, multiple), shape, limits, macros)
            for multiple in (32, 4)
        ]
        plan = max(plans, key=lambda plan: plan.macros["RING_SHARED"])
        if plan.shared <= limits.shared:
            return plan
    tables = make_tables(shape.model, shape.n_nodes, wires, 0)
    return _lanes(tables, shape, limits, macros, uniform=kind.uniform, blockless=not block)


def most_simulations(shape: Shape, plan: Plan, limits: Limits, *, rows: bool, more: int = 0) -> int:
    """How many simulations a group has at most: several times what a device runs at once, as memory allows.

    ``more`` are bytes that each takes beside its states, history and statistics.
    """
    per = shape.real * (shape.model.stored * plan.tables.ring_size + shape.n_nodes * (shape.model.table + shape.states))
    per += shape.n_nodes * 8 * 3 * shape.exposures + more
    most = max(plan.lanes, int(0.3 * limits.memory / per))  # of the two that are under way
    return max(1, min(most, limits.processors * plan.lanes * (4 if rows else 16)))


def _rounded(size: int) -> int:
    """Shared arrays begin at multiples of 16 bytes."""
    return -(-size // 16) * 16


def _blocked_threads(tables: Tables, shape: Shape, rings: int, *, noise: bool) -> int:
    model, n = shape.model, shape.n_nodes
    for threads, regions in BLOCKED_THREADS.items():
        if n <= regions:
            return threads
    if not rings:
        return MOST_THREADS
    sums = np.array([coupling.sums for coupling in model.couplings])
    edges = (tables.end - tables.begin).sum(axis=(0, 2))
    summed = edges.max() * sums.sum() if tables.alike else edges @ sums
    work = summed / tables.block + NOISE_COST * model.noisy * noise * n / (4 * 32)
    integrators = -(-n // 32) * 32  # one region each where half of the threads are enough
    return min(MOST_THREADS, max(MANY_THREADS if work > MUCH_WORK else FEW_THREADS, 2 * integrators))


def _shares(threads: int) -> int:
    """The bytes that say which rows each warp sums."""
    return _rounded(8 * (threads // 32 + 1))


def _blocked(tables: Tables, shape: Shape, limits: Limits, kind: Mapping[str, int]) -> Plan:
    fours = (2 * tables.block + 2) // 4 + 1
    n, real, model = shape.n_nodes, shape.real, shape.model
    lists = 1 if tables.alike else len(model.couplings)
    fixed = sum(
        _rounded(size)
        for size in (
            2 * model.sums * n * 33 * real,
            fours * 4 * model.noisy * n * real,
            4 * n, 4 * n, 4 * n, 32 * lists * n, 16 * tables.block * kind["STATS"],
        )
    )  # fmt: skip
    edges = _rounded(2 * real * tables.edges) + _rounded(2 * tables.edges)
    has_edges = fixed + edges + _shares(MOST_THREADS) <= limits.shared
    fixed += edges if has_edges else 0
    left = limits.shared - fixed - _shares(MOST_THREADS)
    rings = next(k for k in range(model.stored, -1, -1) if _rounded(k * tables.ring_size * real) <= max(0, left))
    threads = _blocked_threads(tables, shape, rings, noise=bool(kind["NOISE"]))
    shared = fixed + _shares(threads) + _rounded(rings * tables.ring_size * real)
    ring = model.stored * tables.ring_size * real
    where = f"in global memory: {ring:,} bytes of {left:,} left on chip"
    if rings:
        where = "on chip" if rings == model.stored else f"of {rings} of {model.stored} variables on chip"
    macros = {
        **kind, "THREADS": threads, "LANES": 1, "BLOCK": tables.block, "DELAYED": 1, "UNIFORM": 1,
        "NEAR_SELF": int(tables.near_self), "ALIKE": int(tables.alike), "RING_SHARED": rings,
        "EDGES_SHARED": int(has_edges), "WORK_SHARED": 1,
    }  # fmt: skip
    reason = f"time-blocked path: every region integrates {tables.block} steps on its own; history {where}"
    return Plan(tables, macros, threads, 1, shared, reason)


def _lanes(
    tables: Tables, shape: Shape, limits: Limits, kind: Mapping[str, int], *, uniform: bool, blockless: bool
) -> Plan:
    """``blockless``: no blocks of steps are possible in the first place."""
    n, real, model = shape.n_nodes, shape.real, shape.model
    couplings = len(model.couplings)
    threads = 32 * min(16, n)
    shared = sum(_rounded(size) for size in (4 * n, 4 * n, 8 * n, 4 * couplings * n, 4 * couplings * n))
    shared += _rounded(model.table * 32 * real) if uniform else 0
    wanted = {
        "RING_SHARED": _rounded(model.stored * tables.ring_size * 32 * real),
        "EDGES_SHARED": 16 * tables.edges * (real // 4),
        "WORK_SHARED": _rounded(shape.states * n * 32 * real)
        + _rounded(4 * model.noisy * n * 32 * real)
        + (_rounded(2 * shape.exposures * n * 32 * 8) if kind["STATS"] else 0),
    }
    macros = {
        **kind, "THREADS": threads, "LANES": 32, "BLOCK": 1, "DELAYED": int(tables.delayed), "UNIFORM": int(uniform),
        "NEAR_SELF": 0,
    }  # fmt: skip
    for macro, size in wanted.items():
        has = shared + size <= limits.shared
        macros[macro] = int(has)
        shared += size if has else 0
    if not tables.delayed:
        reason = "no-delay path: all regions take each step together, 32 simulations abreast"
    else:
        why = "edges between regions have delays below 4 steps"
        if not blockless:
            why = f"sums and noise of blocks of steps need more than the {limits.shared:,} bytes on chip"
        for c in model.couplings:
            if c.reduce == "mean":
                why = f"{c.id} takes the mean over all regions"
            elif c.reduce == "sum" and not c.separable:
                why = f"what {c.id} sums depends on both ends of an edge"
        reason = f"per-step path: {why}; 32 simulations abreast"
    return Plan(tables, macros, threads, 32, shared, reason)
