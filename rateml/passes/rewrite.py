"""Apply one change to every expression of a Program, by the place the expression is evaluated at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rateml.ir.program import Assign, Program
from rateml.syntax.expr import Expr

Change = Callable[[Expr], Expr]


def _same(expr: Expr) -> Expr:
    return expr


def map_assigns(assigns: tuple[Assign, ...], change: Change) -> tuple[Assign, ...]:
    return tuple(replace(a, value=change(a.value)) for a in assigns)


def map_stage(program: Program, change: Change) -> Program:
    """Change what is evaluated at every stage: derived variables, derivatives and diffusion."""
    return replace(
        program,
        derived=map_assigns(program.derived, change),
        derivatives=map_assigns(program.derivatives, change),
        diffusion=map_assigns(program.diffusion, change),
    )


def map_couplings(program: Program, edge: Change = _same, node: Change = _same) -> Program:
    """Change what is evaluated per edge (``edge``) and per region (``node``) in the couplings."""
    return replace(
        program,
        couplings=tuple(
            replace(
                c,
                edge=map_assigns(c.edge, edge),
                pre=edge(c.pre),
                node=map_assigns(c.node, node),
                post=node(c.post),
            )
            for c in program.couplings
        ),
    )


def map_conditions(program: Program, change: Change) -> Program:
    return replace(
        program,
        conditions=tuple(
            replace(
                c,
                before=map_assigns(c.before, change),
                test=change(c.test),
                assignments=map_assigns(c.assignments, change),
            )
            for c in program.conditions
        ),
    )


def map_all(program: Program, change: Change) -> Program:
    """Change every expression of the program."""
    program = map_conditions(map_couplings(map_stage(program, change), change, change), change)
    return replace(
        program,
        derived_parameters=map_assigns(program.derived_parameters, change),
        timed=map_assigns(program.timed, change),
        states=tuple(replace(s, before=map_assigns(s.before, change), start=change(s.start)) for s in program.states),
    )
