"""Set apart what depends on time and parameters alone: it is evaluated in float64 whatever the precision."""

from __future__ import annotations

from dataclasses import replace

from rateml.ir.program import Assign, Program
from rateml.passes.rewrite import map_stage
from rateml.syntax.expr import Binary, Call, Choose, Expr, Name, Neg, names, rebuild


def hoist_time(program: Program) -> Program:
    """Name the subexpressions of ``t`` and parameters.

    Before: ``dV/dt = sin(omega * t) - V``. After: ``timed timed.0 = sin(omega * t)`` and
    ``dV/dt = timed.0 - V``. A float32 phase of a long run would otherwise lose its digits.
    """
    fixed = {c.name for c in program.constants} | {p.key for p in program.parameters}
    clock = {"t"} | {a.name for a in program.timed}
    fixed |= {a.name for a in program.derived_parameters} | clock
    made: dict[Expr, str] = {}

    def take(expr: Expr) -> Expr:
        found = [n.id for n in names(expr)]
        if isinstance(expr, Name) and expr.id != "t":
            return expr
        timed = any(n in clock for n in found) and all(n in fixed for n in found)
        if isinstance(expr, Neg | Binary | Call | Choose | Name) and timed:
            return Name(made.setdefault(expr, f"timed.{len(made)}"), expr.span)
        return rebuild(expr, take)

    program = map_stage(program, take)
    return replace(program, timed=program.timed + tuple(Assign(n, e, e.span) for e, n in made.items()))
