"""Target ``lems``: a plain LEMS file of the model, and one that simulates a single region of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from rateml.codegen.artifact import Artifact, MappedLine, lift_marks
from rateml.codegen.layout import templates
from rateml.codegen.targets.lems.context import LemsContext, element
from rateml.codegen.targets.lems.events import CLOCK
from rateml.codegen.targets.lems.names import Names
from rateml.codegen.targets.lems.portable import make_cell
from rateml.codegen.targets.lems.writer import Writer
from rateml.diagnostics import Diagnostic
from rateml.errors import InternalError, UserError
from rateml.ir.program import Precision, Program
from rateml.model.dimension import TIME
from rateml.text import Span

_LENGTH = 100.0
"""Of the simulation, in ms."""


def lems_refusals(program: Program, precision: Precision) -> tuple[Diagnostic, ...]:
    """What the program asks for that LEMS simulators cannot do, in document order."""
    if precision != "float64":
        raise UserError("LEMS files say nothing of precision: leave --precision out for target lems")
    return tuple(sorted(make_cell(program).refusals, key=lambda d: d.span))


def generate_lems(program: Program, precision: Precision) -> Artifact:
    """Both files for an ordered program that ``lems_refusals`` finds nothing against."""
    cell = make_cell(program)
    if cell.refusals:
        raise InternalError(f"'{program.name}' cannot be expressed in LEMS, and nobody said so")
    names = Names(cell.program)
    spans: list[Span] = []
    writer = Writer(cell, names, spans)
    model_file, entry = f"{names.type}_lems.xml", f"LEMS_{names.type}.xml"
    type_, component, region = writer.component_type(), writer.component(), writer.region()
    times = {"length": writer.units.quantity(_LENGTH, TIME), "step": writer.units.quantity(program.dt, TIME)}
    output = element("OutputFile", {"id": "exposures", "fileName": f"{names.type}.dat"}, *writer.columns())
    simulation = {"id": "simulation", "type": "Simulation", **times, "target": names.region}
    context = LemsContext(
        file=PurePath(program.file).name.replace("--", "__"),
        model=(writer.fundamental(), (type_,), (component,)),
        simulation=(
            element("Include", {"file": model_file}),
            element("Target", {"component": "simulation"}),
        ),
        region=(*region, element("Component", simulation, output)),
    )
    files = {}
    source_map: tuple[MappedLine, ...] = ()
    for name, template in ((model_file, "model.xml.jinja"), (entry, "simulation.xml.jinja")):
        files[name], found = lift_marks(name, templates("lems").get_template(template).render(c=context), spans)
        source_map = (*source_map, *found)
    return Artifact("lems", files, entry, source_map, tuple(_notes(program, cell.program, names)))


def _notes(program: Program, cell: Program, names: Names) -> Iterator[str]:
    """What the files do not have, or have otherwise."""
    if program.inputs:
        inputs = ", ".join(f"'{names.model(i.name)}'" for i in program.inputs)
        left = f"; couplings left out: {', '.join(c.id for c in program.couplings)}" if program.couplings else ""
        yield f"one region alone, its inputs {inputs} are constants of component '{names.region}', 0 as written{left}"
    if program.diffusion:
        noisy = ", ".join(f"'{a.name}'" for a in program.diffusion)
        yield f"LEMS has no noise: that of {noisy} is left out"
    if program.scheme != "euler":
        yield f"the scheme {program.scheme} is left out: PyLEMS makes Euler steps"
    if any(s.name == CLOCK for s in cell.states):
        yield f"OnConditions read the time from the state '{names.model(CLOCK)}'"
    for old, new in names.changed():
        yield f"'{old}' is '{new}' in LEMS, where the name is taken"
