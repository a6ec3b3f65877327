"""Which kernel a network takes on a device, from bytes and the device's own limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rateml.standalone.model import Shape
from rateml.standalone.tables import NOISE_COST, Tables, Wires, block_length, make_tables, regions_of_rank

BLOCKED_THREADS = {128: 4, 256: 24}
"""Threads of a block of the ``blocked`` kernel, and the most regions that they are enough for."""

FEWEST_THREADS, FEW_THREADS, MANY_THREADS, MOST_THREADS, MUCH_WORK = 256, 512, 640, 896, 100
"""Of larger networks. The threads beside those that integrate sum and draw; more of them than needed take their turns
from those that integrate. Few do where that work, in edges that a warp adds, is at most so much a step; the most are
wanted where histories are in global memory, which answers late; fewer still where there is no room for what each thread
looks up of the edges."""

THREADS_OF_A_REGION, MOST_RESIDENT, MOST_ABREAST = 10, 8, 1024
"""Where several blocks of threads fit on a processor at a time: as many threads a region, 128 to 512 in all, at most so
many blocks and threads of a processor, which leaves each 64 registers."""

ABREAST_CHOICES = ((2, 2), (2, 1), (1, 1))
"""Of the ``lanes`` kernel: the simulations of a thread and the blocks of threads that a processor has at a time. The
first is taken where everything that a step reads and writes is on chip; with two simulations a thread looks up each
edge for both."""

LANES_WARPS = {1: 24, 2: 12}
"""Of a block of threads of that kernel, by how many blocks a processor has: as many for each of its schedulers, with
registers for what two simulations need."""

RESERVED = 1024
"""Bytes of shared memory that a block of threads takes beside its own."""


@dataclass(frozen=True)
class Limits:
    """``shared`` bytes of a block of threads, ``memory`` bytes free, ``capability`` such as 9.0, PCI ``bus`` id,
    ``cluster``: most blocks of threads that reach each other's shared memory."""

    name: str
    shared: int
    processors: int
    memory: int
    capability: str
    bus: str = ""
    cluster: int = 1


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
    """``macros`` specialise the generated code; ``shared`` bytes go to a block of ``threads``; ``lanes`` is 1, or a
    multiple of 32."""

    tables: Tables
    macros: Mapping[str, int]
    threads: int
    lanes: int
    shared: int
    reason: str

    def blocks(self, simulations: int) -> int:
        """Of threads, for so many simulations, a multiple of ``lanes``."""
        return simulations // self.lanes * self.tables.cluster


def make_plan(shape: Shape, wires: Sequence[Wires | None], limits: Limits, kind: Kind) -> Plan:
    """The kernel for a network, given as ``block_length`` takes it; its bits are those of every simulation with it."""
    block = block_length(shape.model, wires)
    macros = {
        "NODES": shape.n_nodes, "STATS": int(kind.stats), "DRIVEN": int(kind.driven), "NOISE": int(kind.noise),
        "WINDOW": kind.window, "ROWS": int(kind.rows),
    }  # fmt: skip
    if block:
        plan = _best_blocked(shape, wires, limits, macros, block)
        if plan is not None:
            return plan
    tables = make_tables(shape.model, shape.n_nodes, wires, 0)
    return _lanes(tables, shape, limits, macros, uniform=kind.uniform, blockless=not block)


def _best_blocked(
    shape: Shape, wires: Sequence[Wires | None], limits: Limits, macros: Mapping[str, int], block: int
) -> Plan | None:
    """Of the smallest cluster on whose chips the edges fit, one block of threads being the smallest of all; else of the
    largest that fits.

    Measured: a simulation that has more processors than its edges need integrates no faster, whereas looking edges up
    takes time, and fewer simulations at once leave each more of the second cache.
    """
    fitting, cluster = None, 1
    while cluster <= limits.cluster and _filled(shape.n_nodes, cluster):
        # denser histories where more of them fit so
        plans = [
            _blocked(make_tables(shape.model, shape.n_nodes, wires, block, multiple, cluster), shape, limits, macros)
            for multiple in (32, 4)
        ]
        plan = max(plans, key=lambda plan: plan.macros["RING_SHARED"])
        if plan.shared <= limits.shared:
            fitting = plan
            if plan.macros["EDGES_SHARED"]:
                break
        cluster *= 2
    return fitting


def _filled(n_nodes: int, cluster: int) -> bool:
    """Whether no block of threads of a cluster is left without regions."""
    return regions_of_rank(n_nodes, cluster) * (cluster - 1) < n_nodes


def most_simulations(shape: Shape, plan: Plan, limits: Limits, *, copied: bool, more: int = 0) -> int:
    """How many simulations a group has at most: several times what a device runs at once, as memory allows.

    Fewer where the processor takes rows or samples that are ``copied``. ``more`` are bytes that each takes beside its
    states, history and statistics.
    """
    per = shape.real * (
        shape.stored(plan.lanes) * plan.tables.ring_size + shape.n_nodes * (shape.model.table + shape.states)
    )
    per += shape.n_nodes * 8 * 3 * shape.exposures + more
    most = max(plan.lanes, int(0.25 * limits.memory / per))  # of the three that are under way
    at_once = max(1, limits.processors // plan.tables.cluster) * max(1, plan.macros["RESIDENT"]) * plan.lanes
    return max(1, min(most, at_once * (4 if copied else 16)))


def _rounded(size: int) -> int:
    """Shared arrays begin at multiples of 16 bytes."""
    return -(-size // 16) * 16


def _most_threads(regions: int) -> int:
    return next((threads for threads, most in BLOCKED_THREADS.items() if regions <= most), MOST_THREADS)


def _blocked_threads(tables: Tables, shape: Shape, rings: int, *, noise: bool) -> int:
    model, n = shape.model, tables.own
    most = _most_threads(n)
    if most < MOST_THREADS or not rings:
        return most
    sums = np.array([coupling.sums for coupling in model.couplings])
    edges = (tables.end - tables.begin).sum(axis=(1, 3)).max(axis=0)
    summed = edges.max() * sums.sum() if tables.alike else edges @ sums
    read = min(1.0, shape.stored(1) / max(1, sums.sum()))  # of what is added up, since sums may read the same
    work = summed * read / tables.block + NOISE_COST * model.noisy * noise * n / (4 * 32)
    integrators = -(-n // 32) * 32  # one region each where half of the threads are enough
    return min(MOST_THREADS, max(MANY_THREADS if work > MUCH_WORK else FEW_THREADS, 2 * integrators))


def _blocked(tables: Tables, shape: Shape, limits: Limits, kind: Mapping[str, int]) -> Plan:
    fours = (2 * tables.block + 2) // 4 + 1
    n, own, real, model, stored = shape.n_nodes, tables.own, shape.real, shape.model, shape.stored(1)
    lists = 1 if tables.alike else len(model.couplings)
    sums = [2 * own] if tables.cluster == 1 else [own, n]
    fixed = sum(
        _rounded(size)
        for size in (
            *(model.sums * count * 33 * real for count in sums),
            fours * 4 * model.noisy * own * real,
            4 * own, 4 * own, 4 * own, 32 * lists * n, 16 * tables.block * kind["STATS"], 8,
        )
    )  # fmt: skip
    edges = _rounded(2 * real * tables.edges) + _rounded(2 * tables.edges)
    most = _most_threads(own)
    has_edges = fixed + edges <= limits.shared
    if not has_edges:  # each thread looks one up
        affordable = (limits.shared - fixed) // (2 * real) // 128 * 128
        most = min(most, max(FEWEST_THREADS, affordable))
    fixed += edges if has_edges else 2 * real * most
    left = limits.shared - fixed
    rings = next(k for k in range(stored, -1, -1) if _rounded(k * tables.ring_room * real) <= max(0, left))
    threads = min(most, _blocked_threads(tables, shape, rings, noise=bool(kind["NOISE"])))
    shared = fixed + _rounded(rings * tables.ring_room * real)
    resident = int(2 * shared > limits.shared)
    if has_edges and rings == stored and tables.cluster == 1:
        several = max(128, min(FEW_THREADS, -(-THREADS_OF_A_REGION * n // 32) * 32))
        blocks = min((limits.shared + RESERVED) // (shared + RESERVED), MOST_ABREAST // several, MOST_RESIDENT)
        if blocks > 1 and n <= several // 2:
            threads, resident = several, blocks
    ring = stored * tables.ring_room * real
    where = f"history in global memory: {ring:,} bytes of {left:,} left on chip"
    if not ring:
        where = "no history"
    elif rings:
        where = "history on chip" if rings == stored else f"history of {rings} of {stored} variables on chip"
    macros = {
        **kind, "THREADS": threads, "LANES": 1, "CLUSTER": tables.cluster, "BLOCK": tables.block, "DELAYED": 1,
        "UNIFORM": 1, "NEAR_SELF": int(tables.near_self), "ALIKE": int(tables.alike), "RING_SHARED": rings,
        "EDGES_SHARED": int(has_edges), "WORK_SHARED": 1, "RESIDENT": resident,
    }  # fmt: skip
    reason = f"time-blocked path: every region integrates {tables.block} steps on its own; {where}"
    if tables.cluster > 1:
        reason += f"; {tables.cluster} processors share a simulation"
        reason += ", so that its edges fit on chip" if has_edges else f", which has {tables.edges:,} edges for each"
    return Plan(tables, macros, threads, 1, shared, reason)


def _lanes(
    tables: Tables, shape: Shape, limits: Limits, kind: Mapping[str, int], *, uniform: bool, blockless: bool
) -> Plan:
    """``blockless``: no blocks of steps are possible in the first place."""
    macros = {
        **kind, "CLUSTER": 1, "BLOCK": 1, "DELAYED": int(tables.delayed), "UNIFORM": int(uniform), "NEAR_SELF": 0,
    }  # fmt: skip
    for each, resident in ABREAST_CHOICES:
        room = (limits.shared + RESERVED) // resident - RESERVED
        shared, places = _lanes_room(tables, shape, room, macros, 32 * each)
        # statistics are read and written in every step: too much for the second cache
        wanted = [macro for macro in places if kind["STATS"] or macro != "RECORDS_SHARED"]
        if all(places[macro] for macro in wanted):
            break
    threads = 32 * min(LANES_WARPS[resident], shape.n_nodes)
    macros |= {**places, "THREADS": threads, "LANES": 32 * each, "RESIDENT": resident}
    if not tables.delayed:
        reason = f"no-delay path: all regions take each step together, {32 * each} simulations abreast"
    else:
        why = "edges between regions have delays below 4 steps"
        if not blockless:
            why = f"sums and noise of blocks of steps need more than the {limits.shared:,} bytes on chip"
        for c in shape.model.couplings:
            if c.reduce == "mean":
                why = f"{c.id} takes the mean over all regions"
            elif c.reduce == "sum" and not c.separable:
                why = f"what {c.id} sums depends on both ends of an edge"
        reason = f"per-step path: {why}; {32 * each} simulations abreast"
    return Plan(tables, macros, threads, 32 * each, shared, reason)


def _lanes_room(
    tables: Tables, shape: Shape, room: int, macros: Mapping[str, int], lanes: int
) -> tuple[int, dict[str, int]]:
    """The shared bytes of a block of the ``lanes`` kernel, and which arrays lie there: those that there is room for."""
    n, real, model = shape.n_nodes, shape.real, shape.model
    lists = 2 * len(model.couplings) + 1 + (4 if tables.delayed else 0)  # of regions
    shared = lists * _rounded(4 * n) + (_rounded(model.table * lanes * real) if macros["UNIFORM"] else 0)
    recorded = shape.exposures * ((macros["WINDOW"] > 0) + 2 * macros["STATS"])
    places: dict[str, int] = {}
    for macro, size in (
        ("RING_SHARED", model.stored * tables.ring_size * lanes * real),
        ("EDGES_SHARED", 2 * real * tables.edges),
        ("WORK_SHARED", (shape.states + 3 * model.noisy) * n * lanes * real),
        ("RECORDS_SHARED", recorded * n * lanes * 8),
    ):
        taken = size - (model.same * n * lanes * real if macro == "WORK_SHARED" and places["RING_SHARED"] else 0)
        places[macro] = int(shared + taken <= room)
        shared += taken if places[macro] else 0
    return shared, places
