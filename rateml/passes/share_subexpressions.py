"""Compute once what stands several times."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rateml.ir.program import Assign, Program
from rateml.syntax.expr import Binary, Call, Choose, Expr, Name, children, rebuild


def share_subexpressions(program: Program) -> Program:
    """Name subexpressions that occur more than once in what is computed of a stage, an edge or a region.

    Before: ``dr/dt = exp(V) * r``, ``dV/dt = exp(V) - V``. After: ``derived common.0 = exp(V)``,
    ``dr/dt = common.0 * r`` and ``dV/dt = common.0 - V``. What stands only in branches of a choice stays there,
    so that nothing is computed which was not before.
    """
    number = itertools.count()
    rates = (*program.derivatives, *program.diffusion)
    derived, values = _share(program.derived, [a.value for a in rates], number)
    rates = tuple(replace(a, value=v) for a, v in zip(rates, values, strict=True))
    couplings = []
    for coupling in program.couplings:
        edge, (pre,) = _share(coupling.edge, [coupling.pre], number)
        node, (post,) = _share(coupling.node, [coupling.post], number)
        couplings.append(replace(coupling, edge=edge, pre=pre, node=node, post=post))
    split = len(program.derivatives)
    return replace(
        program,
        derived=derived,
        derivatives=rates[:split],
        diffusion=rates[split:],
        couplings=tuple(couplings),
    )


def _share(
    assigns: Sequence[Assign], results: Sequence[Expr], number: Iterator[int]
) -> tuple[tuple[Assign, ...], tuple[Expr, ...]]:
    """The block with its repeated subexpressions as assignments of their own, largest first."""
    repeated = _repeated([*(a.value for a in assigns), *results])
    known: dict[Expr, Name] = {}
    out: list[Assign] = []

    def change(expr: Expr) -> Expr:
        if expr in known:
            return Name(known[expr].id, expr.span)
        if expr not in repeated:
            return rebuild(expr, change)
        value = rebuild(expr, change)
        known[expr] = Name(f"common.{next(number)}", expr.span)
        out.append(Assign(known[expr].id, value, expr.span))
        return known[expr]

    for assign in assigns:
        if assign.value in repeated and assign.value not in known:
            # The author's own name is the best one.
            value = rebuild(assign.value, change)
            known[assign.value] = Name(assign.name, assign.span)
        else:
            value = change(assign.value)
        out.append(replace(assign, value=value))
    changed = tuple(change(result) for result in results)
    return tuple(out), changed


def _repeated(values: Sequence[Expr]) -> set[Expr]:
    """What is computed more than once whenever the block is; parts of a repeated whole count once."""
    seen: set[Expr] = set()
    repeated: set[Expr] = set()

    def visit(expr: Expr) -> None:
        if isinstance(expr, Binary | Call):
            if expr in seen:
                repeated.add(expr)
                return
            seen.add(expr)
        for child in children(expr.test) if isinstance(expr, Choose) else children(expr):
            visit(child)

    for value in values:
        visit(value)
    return repeated
