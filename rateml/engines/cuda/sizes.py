"""How many simulations the groups of a run have, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from rateml.standalone.plan import RESERVED, Limits, Plan

_MOST_THREADS, _MOST_BLOCKS = 2048, 32
"""Of a processor at a time, on most GPUs."""


def wave(plan: Plan, limits: Limits) -> int:
    """How many simulations a device runs at a time, at most."""
    by_room = (limits.shared + RESERVED) // (plan.shared + RESERVED)
    blocks = plan.macros["RESIDENT"] or max(1, min(by_room, _MOST_THREADS // plan.threads, _MOST_BLOCKS))
    return max(1, limits.processors * blocks // plan.tables.cluster) * plan.lanes


def group_sizes(simulations: int, devices: int, abreast: int, wave: int, most: int) -> Iterator[int]:
    """Sizes up to ``most``, whole waves where ``most`` is one or more; without end.

    The first groups are small, so that devices begin at once, and so are the last ones, which share what is left among
    all that are ``abreast``: little is left to do when the devices have ended.
    """
    workers = devices * abreast
    whole = most // wave * wave or most
    left = simulations
    for begun in count():
        first = 1 + begun // devices if begun < workers else whole
        share = max(2, -(-left // (workers * wave)))
        size = min(whole, wave * min(first, share))
        yield size
        left = max(0, left - size)
