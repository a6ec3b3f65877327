"""The edges as the kernels read them: by target, far ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml.standalone.model import Model

Ints = NDArray[np.int32]
Whole = NDArray[np.int64]

LONGEST_BLOCK = 32
SHORTEST_BLOCK = 4

SCHEDULERS = 4
"""Of a processor of a GPU."""

REGION_COST = 30
"""What a region takes in a step of the ``lanes`` kernel beside its edges, in edges."""

NOISE_COST = 70
"""What a warp takes to draw 32 times four normals, in edges."""


@dataclass(frozen=True, eq=False)
class Wires:
    """The edges that a coupling sums over, by target, sources ascending; ``delay`` in steps."""

    target: Whole
    source: Whole
    weight: NDArray[np.float64]
    delay: Whole


@dataclass(frozen=True)
class Tables:
    """Arrays of ``Job`` in the generated code.

    ``begin`` and ``end`` are (rank, part, coupling, region), ``source``, ``delay`` and ``weight`` (rank, edge); a rank
    is a block of threads of a cluster, has ``own`` regions in their order, the last maybe fewer, and the edges that
    begin there. With a ``block`` of steps above 0 edges shorter than two blocks are part 1, those of regions to
    themselves that are shorter than a block stand apart, histories have a tail, and ranks are filled up to the ``far``
    and ``edges`` of the largest. Rows are filled up to what a warp adds at a time. With
    ``alike`` the rows of the first coupling that sums are those of all.
    """

    block: int
    cluster: int
    delayed: bool
    near_self: bool
    alike: bool
    base: Ints
    slots: Ints
    ring_size: int
    ring_room: int  # of a rank, at most
    begin: Ints
    end: Ints
    far: int
    source: Ints
    delay: Ints
    weight: NDArray[np.float64]
    self_weight: NDArray[np.float64]
    self_delay: Ints
    strength: NDArray[np.float64]

    @property
    def edges(self) -> int:
        return int(self.source.shape[1])

    @property
    def own(self) -> int:
        return regions_of_rank(self.base.size, self.cluster)

    def order(self) -> tuple[Ints, Ints]:
        """For ranks the regions of either part, those with most edges first (rank, part, region), and how many have
        some in part 1 (rank)."""
        costs = (self.end - self.begin).sum(axis=2)
        return np.argsort(-costs, axis=2, kind="stable").astype(np.int32), np.count_nonzero(costs[:, 1], axis=1).astype(
            np.int32
        )

    def turns(self, warps: int) -> tuple[Ints, Ints]:
        """Regions in the order of the warps of the ``lanes`` kernel that have them, where each warp's begin.

        The schedulers of a processor, each of which has every fourth warp, come to be even first, then the warps.
        """
        costs = (self.end - self.begin).sum(axis=(0, 1, 2)) + REGION_COST
        mine: list[list[int]] = [[] for _ in range(warps)]
        load = np.zeros(-(-warps // SCHEDULERS) * SCHEDULERS, np.int64)
        for i in np.argsort(-costs, kind="stable").tolist():
            of_scheduler = load.reshape(-1, SCHEDULERS).sum(axis=0)
            k = min(range(warps), key=lambda k: (of_scheduler[k % SCHEDULERS], load[k], k))
            load[k] += costs[i]
            mine[k].append(i)
        # ascending, so that a warp meets the first of several regions that fault in a step first
        order = np.array([i for regions in mine for i in sorted(regions)], np.int32)
        return order, np.cumsum([0, *map(len, mine)]).astype(np.int32)


def block_length(model: Model, wires: Sequence[Wires | None]) -> int:
    """The steps that regions can integrate on their own: 0 when some connection needs less than 4.

    ``wires`` are those of every coupling, None where it sums over no edges.
    """
    if any(c.reduce == "mean" or (c.reduce == "sum" and not c.separable) for c in model.couplings):
        return 0
    shortest = LONGEST_BLOCK
    for edges in wires:
        if edges is not None:
            shortest = min([shortest, *edges.delay[edges.target != edges.source].tolist()])
    block = min(LONGEST_BLOCK, shortest if model.late else shortest + 1)
    return block if block >= SHORTEST_BLOCK else 0


def regions_of_rank(n_nodes: int, cluster: int) -> int:
    """How many a block of threads of a cluster has, the last maybe fewer."""
    return -(-n_nodes // cluster)


def make_tables(
    model: Model, n_nodes: int, wires: Sequence[Wires | None], block: int, multiple: int = 32, cluster: int = 1
) -> Tables:
    """Of the ``blocked`` kernel with ``block`` above 0, else of ``lanes``.

    Histories of the ``blocked`` kernel have a multiple of ``multiple`` slots: 32 lets regions that write the same step
    use different banks of shared memory.
    """
    count = len(wires)
    summing = [edges for edges in wires if edges is not None]
    alike = block > 0 and len(summing) > 1 and all(_same(summing[0], edges) for edges in summing[1:])
    longest = np.zeros(n_nodes, np.int64)
    self_weight = np.zeros((count, n_nodes))
    self_delay = np.zeros((count, n_nodes), np.int64)
    strength = np.zeros((count, n_nodes))
    # what is sent is known at the end of a step, unless it depends on inputs
    near, far = (block, 2 * block) if model.late else (block - 1, 2 * block - 1)
    listed = []
    for k, edges in enumerate(wires):
        if edges is None:
            continue
        target, source, weight, delay = edges.target, edges.source, edges.weight, edges.delay
        np.maximum.at(longest, source, delay)
        np.add.at(strength[k], target, weight)
        self_near = (target == source) & (delay < near)
        np.add.at(self_weight[k], target[self_near], weight[self_near])
        self_delay[k, target[self_near]] = delay[self_near]
        for part in (0, 1) if edges is summing[0] or not alike else ():
            chosen = np.flatnonzero(~self_near & ((delay < far) == bool(part)))
            listed.append((part, k, target[chosen], source[chosen], delay[chosen], weight[chosen]))
    own = regions_of_rank(n_nodes, cluster)
    ranks = [_Rows(n_nodes, count, _padding(block)) for _ in range(cluster)]
    # an edge that is not there may be added where it is a product with its weight of 0, not where a function is
    filled = [c.separable for c in model.couplings]
    ends = []  # of either part
    for wanted in (0, 1):
        for part, k, target, source, delay, weight in sorted(listed, key=lambda item: item[:2]):
            for rank, rows in enumerate(ranks if part == wanted else ()):
                mine = source // own == rank
                rows.add(part, k, target[mine], source[mine] - rank * own, delay[mine], weight[mine], filled=filled[k])
        ends.append(max(rows.count for rows in ranks))
        for rows in ranks:
            rows.fill(ends[-1])
    slots = -(-np.maximum(longest + 1, max(32, 2 * block)) // multiple) * multiple if block else longest + 2
    base = np.concatenate([[0], np.cumsum(slots + (33 if block else 0))])
    bounds = base[np.minimum(np.arange(cluster + 1) * own, n_nodes)]
    return Tables(
        block,
        cluster,
        bool(longest.any()),
        bool(self_weight.any()),
        alike,
        base[:-1].astype(np.int32),
        slots.astype(np.int32),
        int(base[-1]),
        int(np.diff(bounds).max()),
        np.array([rows.begin for rows in ranks], np.int32),
        np.array([rows.end for rows in ranks], np.int32),
        ends[0],
        np.array([rows.source for rows in ranks], np.int32),
        np.array([rows.delay for rows in ranks], np.int32),
        np.array([rows.weight for rows in ranks], np.float64),
        self_weight,
        self_delay.astype(np.int32),
        strength,
    )


def _same(a: Wires, b: Wires) -> bool:
    pairs = ((a.target, b.target), (a.source, b.source), (a.delay, b.delay), (a.weight, b.weight))
    return all(np.array_equal(x, y) for x, y in pairs)


def _padding(block: int) -> int:
    """Of what the length of a row is a multiple: UNROLLED * GROUPS of the generated code."""
    groups = LONGEST_BLOCK // block if block else 1
    return 4 if groups == 1 else 2 * groups


class _Rows:
    """Edges one after the other, row by row."""

    def __init__(self, n_nodes: int, couplings: int, padding: int) -> None:
        self.begin = np.zeros((2, couplings, n_nodes), np.int64)
        self.end = np.zeros((2, couplings, n_nodes), np.int64)
        self.padding, self.count = padding, 0
        self.source, self.delay, self.weight = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)

    def add(
        self, part: int, k: int, target: Whole, source: Whole, delay: Whole, weight: NDArray[np.float64], *,
        filled: bool,
    ) -> None:  # fmt: skip
        """Parts and couplings come in order; rows that are not ``filled`` end before what fills them up."""
        order = np.lexsort((source, target))
        counts = np.bincount(target, minlength=self.begin.shape[2])
        room = -(-counts // self.padding) * self.padding
        ends = np.cumsum(room)
        self.begin[part, k] = self.count + ends - room
        self.end[part, k] = self.begin[part, k] + (room if filled else counts)
        row = np.repeat(np.arange(counts.size), room)
        place = np.arange(row.size) - (ends - room)[row]
        given = place < counts[row]
        chosen = order[(np.cumsum(counts) - counts)[row] + np.where(given, place, 0)]
        # A row is filled up by its first edge, in parts that are powers of two: exact, and what is infinite stays so,
        # where weights of 0 would make it NaN.
        copy, last = np.where(given, 0, place - counts[row] + 1), (room - counts)[row]
        shared = (place == 0) | ~given if filled else np.zeros(row.size, np.bool_)
        parts = np.where(shared, np.minimum(copy + 1, last), 0)
        self._append(source[chosen], delay[chosen], np.where(given | filled, np.ldexp(weight[chosen], -parts), 0.0))

    def fill(self, count: int) -> None:
        """Up to so many, with edges that no row has."""
        nothing = np.zeros(count - self.count, np.int64)
        self._append(nothing, nothing, nothing)

    def _append(self, source: Whole, delay: Whole, weight: NDArray[Any]) -> None:
        self.source, self.delay = np.concatenate([self.source, source]), np.concatenate([self.delay, delay])
        self.weight = np.concatenate([self.weight, weight])
        self.count += source.size
