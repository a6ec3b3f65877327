"""Move what depends on parameters alone out of the step: it becomes a derived parameter."""

from __future__ import annotations

from dataclasses import replace

from rateml.ir.program import Assign, Program
from rateml.passes.rewrite import map_couplings, map_stage
from rateml.syntax.expr import Binary, Call, Choose, Expr, Name, Neg, names, rebuild


def hoist_parameters(program: Program) -> Program:
    """Evaluate subexpressions of parameters and constants once per simulation and region, in float64.

    Before: ``dV/dt = 2 * pi * tau * V``. After: ``derived parameter hoisted.0 = 2 * pi * tau`` and
    ``dV/dt = hoisted.0 * V``. In ``pre`` a subexpression of one end is hoisted with that end's suffix.
    Only whole operands move, so no sum or product is associated anew.
    """
    fixed = {c.name for c in program.constants} | {p.key for p in program.parameters}
    fixed |= {a.name for a in program.derived_parameters}
    constant = {c.name for c in program.constants}
    made: dict[Expr, str] = {}

    def take(expr: Expr) -> Name:
        name = made.setdefault(expr, f"hoisted.{len(made)}")
        return Name(name, expr.span)

    def at_node(expr: Expr) -> Expr:
        if _worth(expr) and all(n.id in fixed for n in names(expr)):
            return take(expr)
        return rebuild(expr, at_node)

    def at_edge(expr: Expr) -> Expr:
        if _worth(expr):
            found = [n.id for n in names(expr) if n.id not in constant]
            ends = {name.partition("@")[2] for name in found}
            if all(name.partition("@")[0] in fixed for name in found) and ends in ({"i"}, {"j"}):
                hoisted = take(_without_end(expr))
                return Name(f"{hoisted.id}@{ends.pop()}", expr.span)
        return rebuild(expr, at_edge)

    program = map_couplings(map_stage(program, at_node), at_edge, at_node)
    hoisted = tuple(Assign(name, expr, expr.span) for expr, name in made.items())
    return replace(program, derived_parameters=program.derived_parameters + hoisted)


def _worth(expr: Expr) -> bool:
    """Something is computed, and from at least one name."""
    return isinstance(expr, Neg | Binary | Call | Choose) and any(True for _ in names(expr))


def _without_end(expr: Expr) -> Expr:
    if isinstance(expr, Name):
        return Name(expr.id.partition("@")[0], expr.span)
    return rebuild(expr, _without_end)
