"""Which assignments a result needs."""

from __future__ import annotations

from collections.abc import Sequence

from rateml.ir.program import Assign
from rateml.syntax.expr import Expr, names


def needed(assigns: Sequence[Assign], results: Sequence[Expr]) -> list[Assign]:
    """The assignments that the results read, directly or not, in their order."""
    wanted = {n.id for e in results for n in names(e)}
    kept = []
    for assign in reversed(assigns):
        if assign.name in wanted:
            kept.append(assign)
            wanted |= {n.id for n in names(assign.value)}
    return kept[::-1]
