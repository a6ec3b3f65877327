"""Where one rounding decides between two values: below what jumps, and in what is compared."""

from __future__ import annotations

from rateml.ir.program import Program, expressions
from rateml.syntax.expr import Call, Expr, Relation, names, walk
from rateml.syntax.functions import JUMPS


def decides(expr: Expr) -> bool:
    """Whether the node itself jumps as its operands pass a value."""
    return isinstance(expr, Relation) or (isinstance(expr, Call) and expr.func in JUMPS)


def deciding(program: Program) -> frozenset[str]:
    """The variables, and inputs, that reach such a node, by whatever way within a step."""
    nodes = [node for whole in expressions(program) for node in walk(whole) if decides(node)]
    reached = {_variable(name.id) for node in nodes for name in names(node)}
    assigns = [*program.derived, *(a for c in program.couplings for a in (*c.edge, *c.node))]
    made = [(a.name, a.value) for a in assigns] + [(c.input, c.post) for c in program.couplings]
    waiting = list(reached)
    while waiting:
        name = waiting.pop()
        found = {_variable(n.id) for key, value in made if key == name for n in names(value)} - reached
        reached |= found
        waiting += found
    return frozenset(reached)


def _variable(name: str) -> str:
    return name.partition("@")[0]
