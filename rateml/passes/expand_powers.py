"""Turn small whole powers into multiplications."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from rateml.ir.program import Assign, Program
from rateml.passes.rewrite import map_conditions
from rateml.syntax.expr import Binary, Expr, Name, Num, rebuild

LARGEST = 8


def expand_powers(program: Program) -> Program:
    """Write ``x^n``, n a whole literal from 2 to 8, as a product.

    Before: ``dV/dt = V^2 + (V - a)^3``. After: ``derived power.0 = V - a`` and
    ``dV/dt = V * V + power.0 * power.0 * power.0``. The base of a power is computed once: where it is more
    than a name, it gets one of its own. The product is right for negative bases, as the language demands.
    """
    number = itertools.count()

    def assigns(items: tuple[Assign, ...], *results: Expr) -> tuple[tuple[Assign, ...], tuple[Expr, ...]]:
        out: list[Assign] = []
        here: dict[Expr, str] = {}

        def bind(base: Expr) -> Name:
            if base not in here:
                here[base] = f"power.{next(number)}"
                out.append(Assign(here[base], base, base.span))
            return Name(here[base], base.span)

        change = partial(_expand, bind=bind)
        for item in items:
            value = change(item.value)
            out.append(replace(item, value=value))
        changed = tuple(change(result) for result in results)
        return tuple(out), changed

    derived_parameters, _ = assigns(program.derived_parameters)
    timed, _ = assigns(program.timed)
    rates = (*program.derivatives, *program.diffusion)
    derived, values = assigns(program.derived, *(a.value for a in rates))
    rates = tuple(replace(a, value=v) for a, v in zip(rates, values, strict=True))
    couplings = []
    for coupling in program.couplings:
        edge, (pre,) = assigns(coupling.edge, coupling.pre)
        node, (post,) = assigns(coupling.node, coupling.post)
        couplings.append(replace(coupling, edge=edge, pre=pre, node=node, post=post))
    program = replace(
        program,
        derived_parameters=derived_parameters,
        timed=timed,
        derived=derived,
        derivatives=rates[: len(program.derivatives)],
        diffusion=rates[len(program.derivatives) :],
        couplings=tuple(couplings),
    )
    return map_conditions(program, partial(_expand, bind=None))


def _expand(expr: Expr, bind: Callable[[Expr], Expr] | None) -> Expr:
    """``bind`` names a base; None repeats it, where no assignment may stand before the expression."""
    expr = rebuild(expr, partial(_expand, bind=bind))
    match expr:
        case Binary("^", base, Num(n), span) if n == int(n) and 2 <= n <= LARGEST:
            factor = base if bind is None or isinstance(base, Name | Num) else bind(base)
            product: Expr = factor
            for _ in range(int(n) - 1):
                product = Binary("*", product, factor, span)
            return product
        case _:
            return expr
