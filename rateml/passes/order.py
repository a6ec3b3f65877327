"""Put assignments into dependency order; document order carries no meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rateml.errors import InternalError
from rateml.ir.program import Assign, Program
from rateml.syntax.expr import names


def order(program: Program) -> Program:
    """Sort what depends on each other.

    Before: ``derived a = b + 1``, ``derived b = V``. After: ``derived b = V``, ``derived a = b + 1``.
    What does not depend on each other keeps document order.
    """
    return replace(
        program,
        derived_parameters=sort_assigns(program.derived_parameters),
        derived=sort_assigns(program.derived),
        couplings=tuple(replace(c, edge=sort_assigns(c.edge), node=sort_assigns(c.node)) for c in program.couplings),
    )


def sort_assigns(assigns: Sequence[Assign]) -> tuple[Assign, ...]:
    """A stable topological sort."""
    waiting = list(assigns)
    undefined = {a.name for a in assigns}
    done: list[Assign] = []
    while waiting:
        ready = next((a for a in waiting if not any(n.id in undefined for n in names(a.value))), None)
        if ready is None:
            raise InternalError(f"cycle through '{waiting[0].name}'; a model with errors was lowered")
        waiting.remove(ready)
        undefined.discard(ready.name)
        done.append(ready)
    return tuple(done)
