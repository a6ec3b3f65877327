"""Divide once per simulation where every step would divide by the same."""

from __future__ import annotations

from dataclasses import replace

from rateml.ir.deciding import decides, deciding
from rateml.ir.program import Assign, Program
from rateml.passes.rewrite import map_assigns
from rateml.syntax.expr import Binary, Expr, Num, names, rebuild


def multiply_reciprocals(program: Program) -> Program:
    """Multiply by the reciprocal of what is made of parameters, constants and numbers alone.

    Before: ``dV/dt = (I - V) / tau``. After: ``dV/dt = (I - V) * (1 / tau)``, and the reciprocal is then hoisted out
    of the step. A division takes as long as ten multiplications; the product differs by a unit of the last place.
    Where that unit decides between two values, as in ``floor(x / 49)`` and ``x / 49 .geq. 1``, it stays a division.
    """
    fixed = {c.name for c in program.constants} | {p.key for p in program.parameters}
    fixed |= {a.name for a in program.derived_parameters}
    kept = deciding(program)

    def is_fixed(expr: Expr) -> bool:
        return all(n.id in fixed for n in names(expr))

    def change(expr: Expr) -> Expr:
        match expr:
            case _ if decides(expr):
                return expr
            case Binary("/", left, Num(value), span) if value and not is_fixed(left):
                return Binary("*", change(left), Num(1.0 / value, span), span)
            case Binary("/", left, right, span) if (
                is_fixed(right) and not is_fixed(left) and not isinstance(right, Num)
            ):
                return Binary("*", change(left), Binary("/", Num(1.0, right.span), right, right.span), span)
        return rebuild(expr, change)

    def assigned(assigns: tuple[Assign, ...]) -> tuple[Assign, ...]:
        return tuple(a if a.name in kept else replace(a, value=change(a.value)) for a in assigns)

    return replace(
        program,
        derived=assigned(program.derived),
        derivatives=map_assigns(program.derivatives, change),
        diffusion=map_assigns(program.diffusion, change),
        couplings=tuple(
            replace(c, node=assigned(c.node), post=c.post if c.input in kept else change(c.post))
            for c in program.couplings
        ),
    )
