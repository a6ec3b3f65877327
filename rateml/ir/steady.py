"""Diffusion that is the same at every step."""

from __future__ import annotations

from rateml.ir.program import Assign, Program
from rateml.syntax.expr import names


def steady_diffusion(program: Program) -> tuple[Assign, ...]:
    """The diffusion coefficients that are made of parameters and constants alone."""
    known = {p.key for p in program.parameters} | {a.name for a in program.derived_parameters}
    known |= {c.name for c in program.constants}
    return tuple(a for a in program.diffusion if all(n.id in known for n in names(a.value)))
