"""Target ``docs``: a model card for people, as Markdown with LaTeX and as one HTML page that needs no network."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from pathlib import PurePath

import jinja2

from rateml.codegen.artifact import Artifact, MappedLine, lift_marks
from rateml.codegen.layout import templates
from rateml.codegen.names import snake
from rateml.codegen.targets.docs.context import Card, CouplingCard, Row
from rateml.codegen.targets.docs.diagram import diagram
from rateml.codegen.targets.docs.text import bounds, markdown, number, plain, references, unit
from rateml.codegen.targets.docs.writing import CouplingSymbols, Writer, coupling_equations, model_symbols, source_names
from rateml.errors import UserError
from rateml.ir.program import Assign, Constant, Coupling, Parameter, Precision, Program
from rateml.syntax.expr import names
from rateml.text import Span


def generate_docs(program: Program, precision: Precision) -> Artifact:
    """The card of an ordered program: ``NAME_card.html``, its entry, and ``NAME_card.md``."""
    if precision != "float64":
        raise UserError("a model card has no floating point: leave --precision out for target docs")
    spans: list[Span] = []
    card = _Cards(program, spans).card()
    files: dict[str, str] = {}
    mapped: list[MappedLine] = []
    for ending in ("html", "md"):
        file = f"{snake(program.name)}_card.{ending}"
        rendered = re.sub(r"\n{3,}", "\n\n", _template(ending).render(c=card))
        text, lines = lift_marks(file, rendered, spans)
        files[file] = text
        mapped.extend(lines)
    return Artifact("docs", files, f"{snake(program.name)}_card.html", tuple(mapped))


class _Cards:
    """Collects what the card says of a program."""

    def __init__(self, program: Program, spans: list[Span]) -> None:
        self.program = program
        self.spans = spans
        self.writer = Writer(model_symbols(program).__getitem__, spans)
        self.prefixes = tuple(f"{c.id}." for c in program.couplings)

    def card(self) -> Card:
        program, w = self.program, self.writer
        diffusion = {a.name: a.value for a in program.diffusion}
        texts = (*program.description, *(c.description for c in program.couplings), *self._descriptions())
        return Card(
            title=program.name,
            file=PurePath(program.file).name,
            description=tuple(plain(text) for text in program.description),
            facts=(
                ("Unit of time", "ms; lengths are in mm, speeds in mm/ms (= m/s)"),
                ("Scheme", f"{program.scheme}, time step {number(program.dt)} ms"),
                *self._sweep(),
            ),
            derivatives=tuple(w.derivative(a, diffusion.get(a.name)) for a in program.derivatives),
            derived=tuple(w.assign(a) for a in (*program.timed, *program.derived)),
            noisy=bool(diffusion),
            derived_parameters=tuple(w.assign(a) for a in self._own(program.derived_parameters)),
            parameters=tuple(self._parameter(w, p) for p in program.parameters if not p.key.startswith(self.prefixes)),
            constants=tuple(self._constant(w, c) for c in program.constants if not c.name.startswith(self.prefixes)),
            states=tuple(self._states()),
            start=tuple(f for s in program.states for f in (*map(w.assign, s.before), w.start(s))),
            draws=tuple(w.symbol(name) for name in self._draws()),
            conditions=tuple(f for c in program.conditions for f in (*map(w.assign, c.before), w.condition(c))),
            inputs=tuple(self._inputs()),
            couplings=tuple(self._coupling(c) for c in program.couplings),
            exposures=tuple(self._exposures()),
            references=references(texts),
            diagram=diagram(program, w.name),
        )

    def _own(self, assigns: Iterable[Assign]) -> list[Assign]:
        return [a for a in assigns if not a.name.startswith(self.prefixes)]

    def _unit(self, item: Parameter | Constant) -> str:
        return unit(item.dimension, self.program.units)

    def _sweep(self) -> Iterable[tuple[str, str]]:
        program = self.program
        for owner, axis in program.sweep:
            prefix = "" if owner == program.component else f"{owner}."
            low, high = min(axis.values), max(axis.values)
            parameter = program.parameter(prefix + axis.name.text)
            words = "mm/ms" if parameter is None else self._unit(parameter)
            values = f"{len(axis.values)} values from {number(low)} to {number(high)}" + _with(words)
            yield "Suggested sweep", f"{prefix}{axis.name.text}, {values}"

    def _descriptions(self) -> Iterable[str]:
        program = self.program
        for group in (program.parameters, program.constants, program.states, program.inputs, program.exposures):
            yield from (item.description for item in group)
        yield from (a.description for a in (*program.derived_parameters, *program.derived))

    def _parameter(self, w: Writer, p: Parameter) -> Row:
        remarks = [plain(p.description), "may differ between regions" if p.regional else ""]
        remarks.append({"integer": "whole number", "boolean": "0 or 1", "real": ""}[p.kind])
        told = "; ".join(r for r in remarks if r)
        return Row(w.symbol(p.key), p.key, (number(p.default), self._unit(p), bounds(p.low, p.high), told))

    def _constant(self, w: Writer, c: Constant) -> Row:
        return Row(w.symbol(c.name), c.name, (number(c.value), self._unit(c), plain(c.description)))

    def _states(self) -> Iterable[Row]:
        described = {e.name: e.description for e in self.program.exposures}
        for s in self.program.states:
            told = [plain(s.description or described.get(s.name, ""))]
            told += [f"an angle of period {number(s.period)}"] if s.period is not None else []
            words = "; ".join(t for t in told if t)
            dimension = unit(s.dimension, self.program.units)
            yield Row(self.writer.symbol(s.name), s.name, (dimension, bounds(s.low, s.high), words))

    def _inputs(self) -> Iterable[Row]:
        for i in self.program.inputs:
            fed = ", ".join(c.id for c in self.program.couplings if c.input == i.name) or "a port: 0 unless driven"
            cells = (unit(i.dimension, self.program.units), fed, plain(i.description))
            yield Row(self.writer.symbol(i.name), i.name, cells)

    def _exposures(self) -> Iterable[Row]:
        described = {a.name: a.description for a in self.program.derived}
        described |= {s.name: s.description for s in self.program.states}
        for e in self.program.exposures:
            told = plain(e.description or described.get(e.name, ""))
            yield Row(self.writer.symbol(e.name), e.name, (unit(e.dimension, self.program.units), told))

    def _draws(self) -> Iterable[str]:
        starts = [e for s in self.program.states for e in (*(a.value for a in s.before), s.start)]
        return dict.fromkeys(n.id for e in starts for n in names(e) if n.id.startswith("random."))

    def _coupling(self, c: Coupling) -> CouplingCard:
        program, prefix = self.program, f"{c.id}."
        w = Writer(CouplingSymbols(program, c), self.spans)
        read = ", ".join(source_names(program, c)) or "nothing at the sources"
        taken = {
            "sum": f"the sum over all source regions j, with the weights '{plain(c.weights)}'",
            "self": "the value of the region itself, without weights",
            "mean": "the mean over all regions, without weights",
        }[c.reduce]
        delay = f"length / speed, with a speed of {number(c.speed or 0.0)} mm/ms" if c.delayed else "none"
        return CouplingCard(
            id=c.id,
            description=plain(c.description),
            facts=(("Reads", read), ("Feeds", c.input), ("gx is", taken), ("Delay", delay)),
            equations=tuple(coupling_equations(program, c, self.spans)),
            parameters=tuple(self._parameter(w, p) for p in program.parameters if p.key.startswith(prefix)),
            derived_parameters=tuple(w.assign(a) for a in program.derived_parameters if a.name.startswith(prefix)),
            constants=tuple(self._constant(w, k) for k in program.constants if k.name.startswith(prefix)),
        )


def _with(unit_text: str) -> str:
    return "" if unit_text == "1" else f" {unit_text}"


@functools.cache
def _template(ending: str) -> jinja2.Template:
    environment = templates("docs", escape=ending == "html")
    environment.filters["md"] = markdown
    return environment.get_template(f"card.{ending}.jinja")
