"""Divide once per simulation where every step would divide by the same."""

from __future__ import annotations

from rateml.ir.program import Program
from rateml.passes.rewrite import map_couplings, map_stage
from rateml.syntax.expr import Binary, Expr, Num, names, rebuild


def multiply_reciprocals(program: Program) -> Program:
    """Multiply by the reciprocal of what is made of parameters, constants and numbers alone.

    Before: ``dV/dt = (I - V) / tau``. After: ``dV/dt = (I - V) * (1 / tau)``, and the reciprocal is then hoisted out
    of the step. A division takes as long as ten multiplications; the product differs by a unit of the last place.
    """
    fixed = {c.name for c in program.constants} | {p.key for p in program.parameters}
    fixed |= {a.name for a in program.derived_parameters}

    def is_fixed(expr: Expr) -> bool:
        return all(n.id in fixed for n in names(expr))

    def change(expr: Expr) -> Expr:
        match expr:
            case Binary("/", left, Num(value), span) if value and not is_fixed(left):
                return Binary("*", change(left), Num(1.0 / value, span), span)
            case Binary("/", left, right, span) if (
                is_fixed(right) and not is_fixed(left) and not isinstance(right, Num)
            ):
                return Binary("*", change(left), Binary("/", Num(1.0, right.span), right, right.span), span)
        return rebuild(expr, change)

    return map_couplings(map_stage(program, change), node=change)
