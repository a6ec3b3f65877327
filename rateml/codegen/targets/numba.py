"""Target ``numba``: a Python module that the CPU engine imports and that runs alone with numpy and numba."""

from __future__ import annotations

import builtins
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources

import jinja2

from rateml.codegen.artifact import Artifact, lift_marks, mark
from rateml.codegen.names import Mangler
from rateml.codegen.printers.numba import NumbaPrinter, Precision
from rateml.ir.program import Assign, Factor, Program, expressions
from rateml.model.dimension import base_unit
from rateml.syntax.expr import Call, Expr, Name, names, walk
from rateml.text import Span

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Line:
    """``target = value``; ``mark`` ties the line to the model file."""

    target: str
    value: str
    mark: str


@dataclass(frozen=True)
class Block:
    """The body of a generated function: loads and assignments, then the results."""

    lines: tuple[Line, ...]
    results: tuple[str, ...]


@dataclass(frozen=True)
class ConditionBlock:
    """One OnCondition; ``fresh`` are the new values, assigned at once to ``targets``, ``lines`` what it needs."""

    lines: tuple[Line, ...]
    test: str
    targets: tuple[str, ...]
    fresh: tuple[str, ...]
    mark: str


@dataclass(frozen=True)
class FactorLine:
    """One term of a separated coupling; an empty text stands for 1."""

    target: str
    source: str


@dataclass(frozen=True)
class CouplingBlock:
    """One coupling: ``source`` and ``target`` are loads per edge and per region."""

    id: str
    index: int
    input: int
    gx: str
    reduce: str
    target: tuple[Line, ...]
    source: tuple[Line, ...]
    factors: tuple[FactorLine, ...]
    pre: str
    node: tuple[Line, ...]
    post: str
    mark: str


@dataclass(frozen=True)
class StateLine:
    name: str
    index: int
    noise: int | None
    period: str | None
    carry: int | None


@dataclass(frozen=True)
class NumbaContext:
    """Everything the template reads, already spelled."""

    name: str
    precision: str
    scheme: str
    dt: str
    functions: frozenset[str]
    tables: tuple[tuple[str, str], ...]
    constants: tuple[Line, ...]
    states: tuple[StateLine, ...]
    inputs: tuple[str, ...]
    derive: Block
    start: Block
    draws: tuple[tuple[str, int, int], ...]
    drawn: tuple[Line, ...]
    field: Block
    spread: Block
    observe: Block
    publish: Block
    published: tuple[tuple[str, str], ...]
    publish_late: Block
    published_late: tuple[tuple[str, str], ...]
    conditions: tuple[ConditionBlock, ...]
    condition_loads: tuple[Line, ...]
    couplings: tuple[CouplingBlock, ...]


def generate_numba(program: Program, precision: Precision) -> Artifact:
    """The module for a program that has gone through the passes."""
    template = _template()
    spans: list[Span] = []
    text = template.render(c=_Writer(program, precision, spans).context())
    suffix = "" if precision == "float64" else f"_{precision}"
    file = f"{_snake(program.name)}_numba{suffix}.py"
    source, source_map = lift_marks(file, text, spans)
    return Artifact("numba", {file: source}, file, source_map)


@functools.cache
def _source() -> str:
    return resources.files("rateml.codegen").joinpath("templates", "numba.py.jinja").read_text(encoding="utf-8")


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(_source())


@functools.cache
def _reserved() -> frozenset[str]:
    """What the template itself calls things, and Python's builtins."""
    return frozenset(_WORD.findall(_source())) | frozenset(dir(builtins))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class _Writer:
    """Spells one program; ``spans`` collects what the marks stand for."""

    def __init__(self, program: Program, precision: Precision, spans: list[Span]) -> None:
        self.program = program
        self.precision = precision
        self.spans = spans
        self.mangle = Mangler(_reserved(), r"(k[1-4]|next|more|dw|rate|sum)_\d+", own=("t", "n_node"))
        self.stage = NumbaPrinter(self.mangle, precision)
        self.exact = NumbaPrinter(self._exact_name, "float64")
        self.constants = {c.name: c.value for c in program.constants}
        self.parameters = {p.key: k for k, p in enumerate(program.parameters)}
        self.derived_parameters = {a.name: k for k, a in enumerate(program.derived_parameters)}
        self.timed = {a.name for a in program.timed}
        self.states = {s.name: k for k, s in enumerate(program.states)}
        slow = [s.name for s in program.states if s.slow] if precision == "float32" else []
        self.slow = {name: k for k, name in enumerate(slow)}
        self.stored = {name: k for k, name in enumerate(program.stored)}
        self.current = {name: k for k, name in enumerate(program.current)}

    def context(self) -> NumbaContext:
        program = self.program
        late = program.late
        early = [n for n in program.stored if n not in late]
        places = {n: f"ring[{k}, slot, i]" for n, k in self.stored.items()}
        publish = self._stage_block([Name(n, Span(0, 0)) for n in (*early, *program.current)])
        publish_late = self._stage_block([Name(n, Span(0, 0)) for n in program.stored if n in late])
        noisy = {a.name: k for k, a in enumerate(program.diffusion)}
        starts = [s.start for s in program.states]
        before_start = [a for s in program.states for a in s.before]
        draws = [
            (self.mangle(n.id), int(n.id.removeprefix("random.")), self.states[s.name])
            for s in program.states
            for e in (*(a.value for a in s.before), s.start)
            for n in names(e)
            if n.id.startswith("random.")
        ]
        tests = [
            e
            for c in program.conditions
            for e in (*(a.value for a in c.before), c.test, *(a.value for a in c.assignments))
        ]
        return NumbaContext(
            name=program.name,
            precision=self.precision,
            scheme=program.scheme,
            dt=repr(program.dt),
            functions=frozenset(n.func for e in expressions(program) for n in walk(e) if isinstance(n, Call)),
            tables=self._tables(),
            constants=tuple(
                Line(self.mangle(c.name), self.stage.number(c.value), self._mark(c.span)) for c in program.constants
            ),
            states=tuple(
                StateLine(
                    self.mangle(s.name),
                    k,
                    noisy.get(s.name),
                    None if s.period is None else self.stage.number(s.period),
                    self.slow.get(s.name),
                )
                for k, s in enumerate(program.states)
            ),
            inputs=tuple(self.mangle(i.name) for i in program.inputs),
            derive=self._derive(),
            start=Block(
                tuple(self._loads([*(a.value for a in before_start), *starts], exact=True)),
                tuple(self.exact.spell(e) for e in starts),
            ),
            draws=tuple(draws),
            drawn=tuple(self._line(a, self.exact) for a in before_start),
            field=self._stage_block([a.value for a in program.derivatives], [a.span for a in program.derivatives]),
            spread=self._stage_block([a.value for a in program.diffusion], [a.span for a in program.diffusion]),
            observe=self._stage_block([Name(e.name, e.span) for e in program.exposures]),
            publish=publish,
            published=tuple(
                zip(
                    [places[n] for n in early] + [f"here[{k}, i]" for k in self.current.values()],
                    publish.results,
                    strict=True,
                )
            ),
            publish_late=publish_late,
            published_late=tuple(
                zip([places[n] for n in program.stored if n in late], publish_late.results, strict=True)
            ),
            conditions=tuple(
                ConditionBlock(
                    tuple(self._line(a, self.stage) for a in c.before),
                    self.stage.spell(c.test),
                    tuple(self.mangle(a.name) for a in c.assignments),
                    tuple(self.stage.spell(a.value) for a in c.assignments),
                    self._mark(c.span),
                )
                for c in program.conditions
            ),
            condition_loads=tuple(self._loads(tests)),
            couplings=tuple(self._coupling(k) for k in range(len(program.couplings))),
        )

    def _exact_name(self, name: str) -> str:
        """Constants as float64 literals where the module's own are rounded to float32."""
        rounded = self.precision == "float32" and name in self.constants
        return repr(self.constants[name]) if rounded else self.mangle(name)

    def _tables(self) -> tuple[tuple[str, str], ...]:
        """The module's tables, as Python literals."""
        program = self.program

        def mapping(items: Iterable[tuple[str, object]]) -> str:
            body = "".join(f"\n    {key!r}: {value!r}," for key, value in items)
            return f"{{{body}\n}}" if body else "{}"

        def unit(name: str) -> str:
            dimension = program.dimension(name)
            return base_unit(dimension) if dimension is not None else "1"

        return (
            ("PARAMETERS", mapping((p.key, p.default) for p in program.parameters)),
            ("PARAMETER_UNITS", mapping((p.key, base_unit(p.dimension)) for p in program.parameters)),
            ("STATES", repr(tuple(s.name for s in program.states))),
            ("SLOW", repr(tuple(self.slow))),
            ("NOISY", repr(tuple(a.name for a in program.diffusion))),
            ("INPUTS", repr(tuple(i.name for i in program.inputs))),
            ("STORED", repr(program.stored)),
            ("CURRENT", repr(program.current)),
            ("EXPOSURES", repr(tuple(e.name for e in program.exposures))),
            ("EXPOSURE_UNITS", repr(tuple(unit(e.name) for e in program.exposures))),
            ("COUPLINGS", mapping((c.id, (c.reduce, c.weights, c.speed)) for c in program.couplings)),
        )

    def _mark(self, span: Span) -> str:
        self.spans.append(span)
        return mark(len(self.spans) - 1)

    def _loads(self, exprs: Sequence[Expr], *, exact: bool = False) -> list[Line]:
        """Lines that fetch the parameters and derived parameters that the expressions read."""
        found = {n.id for e in exprs for n in names(e)}
        lines = []
        for table, array in ((self.parameters, "p"), (self.derived_parameters, "d")):
            for name, index in table.items():
                if name in found:
                    value = f"{array}[{index}, i]"
                    cast = exact or self.precision == "float64"
                    lines.append(Line(self.mangle(name), value if cast else f"REAL({value})", ""))
        return lines

    def _line(self, assign: Assign, printer: NumbaPrinter) -> Line:
        return Line(self.mangle(assign.name), printer.spell(assign.value), self._mark(assign.span))

    def _derive(self) -> Block:
        """All derived parameters of a region, in float64."""
        program = self.program
        assigns = program.derived_parameters
        found = {n.id for a in assigns for n in names(a.value)}
        loads = [Line(self.mangle(n), f"p[{k}, i]", "") for n, k in self.parameters.items() if n in found]
        lines = [self._line(a, self.exact) for a in assigns]
        return Block((*loads, *lines), tuple(self.mangle(a.name) for a in assigns))

    def _stage_block(self, results: Sequence[Expr], spans: Sequence[Span] = ()) -> Block:
        """What is computed of one region at one stage: only the assignments that the results need."""
        program = self.program
        derived = needed(program.derived, results)
        exprs = [a.value for a in derived] + list(results)
        timed = needed(program.timed, exprs)
        lines = []
        if timed:
            clock = [a.value for a in timed]
            lines += self._loads(clock, exact=True)
            for a in timed:
                spelled = self.exact.spell(a.value)
                lines.append(Line(self.mangle(a.name), f"REAL({spelled})", self._mark(a.span)))
        lines += self._loads(exprs)
        lines += [self._line(a, self.stage) for a in derived]
        spelled_results = []
        for k, result in enumerate(results):
            if spans:
                target = f"rate_{k}"
                lines.append(Line(target, self.stage.spell(result), self._mark(spans[k])))
                spelled_results.append(target)
            else:
                spelled_results.append(self.stage.spell(result))
        return Block(tuple(lines), tuple(spelled_results))

    def _coupling(self, index: int) -> CouplingBlock:
        program = self.program
        coupling = program.couplings[index]
        edge = [a.value for a in coupling.edge] + [coupling.pre]
        node = [a.value for a in coupling.node] + [coupling.post]
        at_edge = {n.id for e in edge for n in names(e)}
        at_node = {n.id for e in node for n in names(e)}
        target = [self._end(n) for n in sorted(at_edge | at_node) if n.endswith("@i")]
        target += self._loads(node)
        source = [self._end(n) for n in sorted(at_edge) if n.endswith("@j")]
        edge_lines = [self._line(a, self.stage) for a in coupling.edge]
        if coupling.factors:
            target, source = target + edge_lines, []
        else:
            source += edge_lines
        return CouplingBlock(
            id=coupling.id,
            index=index,
            input=[i.name for i in program.inputs].index(coupling.input),
            gx=self.mangle(f"{coupling.id}.gx"),
            reduce=coupling.reduce,
            target=tuple(target),
            source=tuple(source),
            factors=tuple(self._factor(factor) for factor in coupling.factors),
            pre=self.stage.spell(coupling.pre),
            node=tuple(self._line(a, self.stage) for a in coupling.node),
            post=self.stage.spell(coupling.post),
            mark=self._mark(coupling.span),
        )

    def _factor(self, factor: Factor) -> FactorLine:
        return FactorLine(
            self.mangle(factor.target) if factor.target else "",
            f"ring[{self.stored[factor.source]}, then, j]" if factor.source else "",
        )

    def _end(self, name: str) -> Line:
        """The load of a variable or parameter at one end of an edge."""
        variable, _, end = name.partition("@")
        if end == "j" and variable in self.stored:
            return Line(self.mangle(name), f"ring[{self.stored[variable]}, then, j]", "")
        if end == "i" and variable in self.current:
            return Line(self.mangle(name), f"here[{self.current[variable]}, i]", "")
        array, index = (
            ("p", self.parameters[variable])
            if variable in self.parameters
            else ("d", self.derived_parameters[variable])
        )
        value = f"{array}[{index}, {end}]"
        return Line(self.mangle(name), value if self.precision == "float64" else f"REAL({value})", "")


def needed(assigns: Sequence[Assign], results: Sequence[Expr]) -> tuple[Assign, ...]:
    """The assignments that the results read, directly or through others, in order."""
    wanted = {n.id for e in results for n in names(e)}
    kept = []
    for assign in reversed(assigns):
        if assign.name in wanted:
            kept.append(assign)
            wanted |= {n.id for n in names(assign.value)}
    return tuple(reversed(kept))
