"""Spells the model of a Program for the tvb target."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Final

from rateml.codegen.artifact import mark
from rateml.codegen.printers.tvb import TvbPrinter
from rateml.codegen.targets.tvb.conditions import bounds
from rateml.codegen.targets.tvb.context import ModelContext, TraitLine
from rateml.codegen.targets.tvb.names import Names
from rateml.codegen.targets.tvb.observables import observables
from rateml.codegen.targets.tvb.reading import roots, shifts
from rateml.ir.needed import needed
from rateml.ir.program import Assign, Parameter, Program, State
from rateml.model.dimension import Dimension, base_unit
from rateml.syntax.expr import Choose, Expr, Name, names, walk
from rateml.text import Span

MOST_OPERANDS: Final = 28
"""numpy 1 allows a universal function 32 operands, of which states, inputs and derivatives are three."""

_WIDTH: Final = 110


class Speller:
    """Lines of Python; ``spans`` collects what the marks at their ends stand for."""

    def __init__(self, program: Program, spans: list[Span]) -> None:
        self.program = program
        self.spans = spans
        self.names = Names(program)

    def mark(self, span: Span) -> str:
        self.spans.append(span)
        return mark(len(self.spans) - 1)

    def assign(self, target: str, value: Expr, printer: TvbPrinter, span: Span) -> list[str]:
        """``target = value``; a choice between numbers becomes an if statement."""
        if printer.arrays or not isinstance(value, Choose):
            return [f"{target} = {printer.spell(value)}{self.mark(span)}"]
        lines: list[str] = []
        word, rest = "if", value
        while True:
            lines.append(f"{word} {printer.spell(rest.test)}:{self.mark(span)}")
            lines.append(f"    {target} = {printer.spell(rest.then)}")
            if not isinstance(rest.otherwise, Choose):
                return [*lines, "else:", f"    {target} = {printer.spell(rest.otherwise)}"]
            word, rest = "elif", rest.otherwise

    def trait(self, name: str, parameter: Parameter) -> TraitLine:
        p = parameter
        words = [p.description] if p.description else []
        if p.kind == "boolean":
            words.append("1 is yes, 0 is no")
        elif p.kind == "integer":
            words.append("a whole number")
        if p.low is not None and p.high is None:
            words.append(f"at least {p.low!r}")
        if p.high is not None and p.low is None:
            words.append(f"at most {p.high!r}")
        doc = "; ".join(words)
        unit = base_unit(p.dimension)
        if unit != "1":
            doc = f"{doc} [{unit}]".strip()
        return TraitLine(name, literal(p.name), number(p.default), _domain(p), literal(doc), self.mark(p.span))

    def wrapping(self, state: State, exprs: Sequence[Expr], assigns: Sequence[Assign], name: str) -> bool:
        """Whether a state, called ``name`` in the expressions, has to be wrapped before they read it."""
        return state.period is not None and shifts(assigns, exprs, name, state.period)


def number(value: float) -> str:
    return "numpy.inf" if value == math.inf else "-numpy.inf" if value == -math.inf else repr(value)


def literal(text: str) -> str:
    """A text as a Python literal in double quotes; JSON escapes as Python does."""
    return json.dumps(text, ensure_ascii=False)


def row(items: Sequence[object]) -> str:
    """A Python tuple of what is already spelled."""
    return f"({', '.join(str(item) for item in items)}{',' if len(items) == 1 else ''})"


def paragraph(text: str, width: int = _WIDTH) -> list[str]:
    """A text for a docstring, in lines."""
    return wrap(text.replace("\\", "\\\\").replace('"""', "'''"), width, break_long_words=False) if text else []


def equation(text: str) -> list[str]:
    """An equation for a docstring, its later lines indented."""
    text = text.replace("numpy.", "").replace("math.", "").replace("special.", "")
    return wrap(text, _WIDTH - 8, subsequent_indent=" " * 8, break_long_words=False, break_on_hyphens=False)


def has_choice(exprs: Iterable[Expr]) -> bool:
    return any(isinstance(n, Choose) for e in exprs for n in walk(e))


def _domain(p: Parameter) -> str | None:
    """TVB's Range ends before its upper end, so one that is the default itself is moved up by a hair."""
    if p.low is None or p.high is None or p.kind == "boolean" or p.low > p.high:
        return None
    high = f"numpy.nextafter({p.high!r}, numpy.inf)" if p.default == p.high else repr(p.high)
    step = "" if p.step is None else f", step={p.step!r}"
    return f"Range(lo={p.low!r}, hi={high}{step})"


class ModelWriter:
    """Spells the model class."""

    def __init__(self, speller: Speller) -> None:
        self.speller = speller
        self.program = speller.program
        self.names = speller.names
        self.scalar = TvbPrinter(self.names.model, arrays=False)
        self.array = TvbPrinter(self.names.model, arrays=True)
        ids = {c.id for c in self.program.couplings}
        self.parameters = [p for p in self.program.parameters if p.key.partition(".")[0] not in ids or "." not in p.key]
        self.derived_parameters = [
            a for a in self.program.derived_parameters if a.name.partition(".")[0] not in ids or "." not in a.name
        ]

    def context(self) -> ModelContext:
        program, name = self.program, self.names.model
        index = {s.name: k for k, s in enumerate(program.states)}
        inputs = {i.name for i in program.inputs}
        coupled = roots(program.derived, [Name(v, Span(0, 0)) for v in (*program.stored, *program.current)])
        driven = [a.name for a in program.derivatives if roots(program.derived, [a.value]) & inputs]
        operands, body = self._body()
        seen = observables(program, name)
        limits = bounds(program)
        starts = [e for s in program.states for e in (*(a.value for a in s.before), s.start)]
        return ModelContext(
            name=self.names.class_name,
            summary=tuple(line for text in program.description for line in ("", *paragraph(text))),
            equations=tuple(self._equations()),
            remarks=tuple(self._remarks(seen.missing)),
            parameters=tuple(self.speller.trait(name(p.key), p) for p in self.parameters),
            ranges=tuple((name(s.name), *self._range(s)) for s in program.states),
            bounds=tuple((name(s), number(b.low), number(b.high)) for s, b in limits.items()),
            observables=row([literal(v) for v in seen.choices]),
            watched=row([literal(v) for v in seen.default]),
            states=tuple(name(s.name) for s in program.states),
            inputs=tuple(name(i.name) for i in program.inputs),
            cvar=tuple(index[s.name] for s in program.states if s.name in coupled) or (0,),
            stvar=tuple(index[s] for s in driven) or tuple(index.values()),
            derived=tuple(self._derived()),
            derived_masked=has_choice(a.value for a in self.derived_parameters),
            intensity=tuple(self._intensity()),
            start=tuple(self._start()),
            start_masked=has_choice(starts),
            operands=tuple(name(o) for o in operands),
            packed=len(operands) > MOST_OPERANDS,
            body=tuple(body),
        )

    def _body(self) -> tuple[list[str], list[str]]:
        """What the compiled function takes from the model, and its lines."""
        program, name = self.program, self.names.model
        rates = [a.value for a in program.derivatives]
        derived = needed(program.derived, rates)
        read = {n.id for e in (*rates, *(a.value for a in derived)) for n in names(e)}
        operands = [p.key for p in self.parameters if p.key in read]
        operands += [a.name for a in self.derived_parameters if a.name in read]
        lines = []
        if len(operands) > MOST_OPERANDS:
            lines += [f"{name(o)} = parameters[{k}]" for k, o in enumerate(operands)]
        for k, state in enumerate(program.states):
            if state.name in read:
                lines.append(f"{name(state.name)} = state[{k}]{self.speller.mark(state.span)}")
        lines += [f"{name(i.name)} = inputs[{k}]" for k, i in enumerate(program.inputs) if i.name in read]
        for a in derived:
            lines += self.speller.assign(name(a.name), a.value, self.scalar, a.span)
        for k, a in enumerate(program.derivatives):
            lines += self.speller.assign(f"derivative[{k}]", a.value, self.scalar, a.span)
        return operands, lines

    def _equations(self) -> Iterable[str]:
        program, name = self.program, self.names.model
        rates = [a.value for a in program.derivatives]
        diffusion = {a.name: a.value for a in program.diffusion}
        for a in (*self.derived_parameters, *needed(program.derived, rates)):
            yield from equation(f"{name(a.name)} = {self.scalar.spell(a.value)}")
        for a in program.derivatives:
            noise = diffusion.get(a.name)
            more = "" if noise is None else f" + sqrt(2 * {self.scalar.spell(noise, 5)}) * noise"
            yield from equation(f"d{name(a.name)}/dt = {self.scalar.spell(a.value)}{more}")

    def _remarks(self, missing: Sequence[tuple[str, str]]) -> Iterable[str]:
        program, name = self.program, self.names.model
        described = {e.name: e.description for e in program.exposures}
        for state in program.states:
            words = state.description or described.get(state.name, "")
            yield from self._told(name(state.name), "state", state.dimension, words)
        for item in program.inputs:
            fed = "no coupling feeds it: it is 0" if item in program.ports else ""
            yield from self._told(name(item.name), "input", item.dimension, item.description, fed)
        for bounded, bound in bounds(program).items():
            if math.isfinite(bound.low):
                yield f"* {name(bounded)} is kept at {bound.low!r} or above."
            if math.isfinite(bound.high):
                yield f"* {name(bounded)} is kept at {bound.high!r} or below."
        for angle in program.states:
            if angle.period is not None:
                yield f"* {name(angle.name)} is an angle of period {angle.period!r}. TVB does not wrap it."
        for exposure, why in missing:
            yield from paragraph(f"* {exposure} cannot be monitored in TVB: {why}.")

    def _told(self, name: str, kind: str, dimension: Dimension, *words: str) -> list[str]:
        unit = base_unit(dimension)
        told = "; ".join(word for word in words if word) + (f" [{unit}]" if unit != "1" else "")
        return paragraph(f"* {kind} {name}" + (f": {told.strip()}" if told else ""))

    def _range(self, state: State) -> tuple[str, str]:
        """The expected range; a state whose file gives none gets one of width 2 around 0, moved to the end it gives."""
        low, high = state.low, state.high
        if low is None:
            low = -1.0 if high is None or high > -1.0 else high - 2.0
        if high is None:
            high = 1.0 if low < 1.0 else low + 2.0
        return number(low), number(high)

    def _loads(self, exprs: Sequence[Expr], spelled: str) -> list[str]:
        read = {n.id for e in exprs for n in names(e)}
        known = [p.key for p in self.parameters] + [a.name for a in self.derived_parameters]
        return [f"{self.names.model(n)} = {spelled.format(self.names.model(n))}" for n in known if n in read]

    def _derived(self) -> list[str]:
        assigns, name = self.derived_parameters, self.names.model
        own = {a.name for a in assigns}
        read = {n.id for a in assigns for n in names(a.value)} - own
        lines = [f"{name(p.key)} = numpy.ravel(self.{name(p.key)})" for p in self.parameters if p.key in read]
        for a in assigns:
            lines.append(
                f"self.{name(a.name)} = {name(a.name)} = {self.array.spell(a.value)}{self.speller.mark(a.span)}"
            )
        return lines

    def _intensity(self) -> list[str]:
        """The diffusion of each state; an attribute of the model, an expression of them, or 0."""
        known = {p.key for p in self.parameters} | {a.name for a in self.derived_parameters}

        def attribute(name: str) -> str:
            return f"self.{self.names.model(name)}" if name in known else self.names.model(name)

        printer = TvbPrinter(attribute, arrays=True)
        found = {a.name: f"{printer.spell(a.value)},{self.speller.mark(a.span)}" for a in self.program.diffusion}
        return [found.get(s.name, "0.0,") for s in self.program.states] if found else []

    def _start(self) -> list[str]:
        program = self.program

        def local(name: str) -> str:
            return name.replace(".", "_") if name.startswith("random.") else self.names.model(name)

        printer = TvbPrinter(local, arrays=True)
        starts = [e for s in program.states for e in (*(a.value for a in s.before), s.start)]
        lines = self._loads(starts, "numpy.reshape(self.{}, (-1, 1))")
        drawn = sorted({n.id for e in starts for n in names(e) if n.id.startswith("random.")}, key=lambda n: int(n[7:]))
        lines += [f"{local(n)} = rng.uniform(size=nodes)" for n in drawn]
        for state in program.states:
            for a in (*state.before, Assign(state.name, state.start, state.start.span)):
                lines += self.speller.assign(self.names.model(a.name), a.value, printer, a.span)
        return lines
