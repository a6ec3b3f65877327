"""Target ``tvb``: a Python module with a model and a coupling for The Virtual Brain, for scientists to read."""

from __future__ import annotations

import re
from pathlib import PurePath

from rateml.codegen.artifact import Artifact, lift_marks
from rateml.codegen.layout import templates
from rateml.codegen.names import snake
from rateml.codegen.targets.tvb.context import TvbContext
from rateml.codegen.targets.tvb.coupling import CouplingWriter
from rateml.codegen.targets.tvb.limits import limits
from rateml.codegen.targets.tvb.observables import observables
from rateml.codegen.targets.tvb.writer import ModelWriter, Speller, number
from rateml.diagnostics import Diagnostic
from rateml.errors import InternalError, UserError
from rateml.ir.program import Precision, Program
from rateml.model.dimension import base_unit
from rateml.text import Span

_HELPERS = ("modulo(", "heaviside(", "math.", "special.")


def refusals(program: Program, precision: Precision) -> tuple[Diagnostic, ...]:
    """What the program asks for that TVB cannot do, in document order."""
    if precision != "float64":
        raise UserError("TVB computes in float64: leave --precision out for target tvb")
    return tuple(sorted(limits(program), key=lambda d: d.span))


def generate_tvb(program: Program, precision: Precision) -> Artifact:
    """The module for an ordered program that ``refusals`` finds nothing against."""
    if refusals(program, precision):
        raise InternalError(f"'{program.name}' cannot be expressed in TVB, and nobody said so")
    spans: list[Span] = []
    stem = f"{snake(program.name)}_tvb"
    text = templates("tvb").get_template("module.py.jinja").render(c=_context(program, stem, spans))
    source, source_map = lift_marks(f"{stem}.py", text, spans)
    missing = observables(program, str).missing
    notes = [f"{exposure} cannot be monitored in TVB: {why}" for exposure, why in missing]
    if program.scheme == "rk4" and program.diffusion:
        notes.append(
            "the noise is off unless you ask for it, because the file's rml:scheme, rk4, is for deterministic runs: "
            "simulator(scheme='heun', with_noise=True)"
        )
    return Artifact("tvb", {f"{stem}.py": source}, f"{stem}.py", source_map, tuple(notes))


def _context(program: Program, stem: str, spans: list[Span]) -> TvbContext:
    speller = Speller(program, spans)
    model, coupling = ModelWriter(speller).context(), CouplingWriter(speller).context()
    lines = (
        *model.body,
        *model.derived,
        *model.intensity,
        *model.start,
        *coupling.derived,
        *coupling.pre,
        *coupling.post,
    )
    speeds = [c.speed for c in program.couplings if c.speed is not None]
    return TvbContext(
        module=stem,
        file=re.sub(r'[\\"]', "_", PurePath(program.file).name),
        constants=tuple(
            f"{speller.names.constant(c.name)} = {number(c.value)}"
            + (f"  # {unit}" if (unit := base_unit(c.dimension)) != "1" else "")
            + speller.mark(c.span)
            for c in program.constants
        ),
        helpers=frozenset(h for h in _HELPERS if any(h in line for line in lines)),
        scheme=program.scheme,
        dt=repr(program.dt),
        speed=repr(speeds[0]) if speeds else "numpy.inf",
        model=model,
        coupling=coupling,
    )
