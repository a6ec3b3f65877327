"""What runs the generated code must know of a program."""

from __future__ import annotations

from rateml.codegen.targets.cuda.angles import send_angles
from rateml.ir.program import Coupling, Program, coupling_names, variables_read
from rateml.ir.steady import steady_diffusion
from rateml.standalone import model


def describe(program: Program) -> model.Model:
    """A program that has gone through the passes, beside its kernels."""
    angles = {s.name: s.period for s in program.states if s.period is not None}
    return model.Model(
        name=program.name,
        scheme=program.scheme,
        dt=program.dt,
        parameters=tuple(model.Parameter(p.key, p.owner, p.name, float(p.default), p.kind) for p in program.parameters),
        states=tuple(s.name for s in program.states),
        couplings=tuple(_coupling(program, c) for c in program.couplings),
        exposures=tuple(model.Exposure(e.name, angles.get(e.name, 0.0)) for e in program.exposures),
        slow=sum(s.slow for s in program.states),
        noisy=len(program.diffusion),
        derived=len(program.derived_parameters),
        steady=len(steady_diffusion(program)),
        stored=len(program.stored),
        stored_blocked=len(send_angles(program, "float32").stored),
        same=sum(s.name in program.stored and s.name not in program.late for s in program.states),
        ports=len(program.ports),
        timed=bool(program.timed),
        late=bool(program.late),
    )


def _coupling(program: Program, c: Coupling) -> model.Coupling:
    sums = sum(f.source is not None for f in c.factors) if c.factors else 1
    summed = c.reduce == "sum"
    late = bool({name.removesuffix("@j") for name in coupling_names(c)} & program.late)
    return model.Coupling(
        c.id, c.reduce, bool(c.factors), sums * summed, len(variables_read(program, c)), c.speed, c.weights, late
    )
