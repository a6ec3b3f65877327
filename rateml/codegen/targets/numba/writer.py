"""Spells one program for the numba target."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence, Set

from rateml.codegen.artifact import mark
from rateml.codegen.names import Mangler
from rateml.codegen.printers.infix import InfixPrinter
from rateml.codegen.printers.numba import EXACT_CALLS, NumbaPrinter, lane_calls
from rateml.codegen.targets.numba.context import (
    Block,
    ConditionBlock,
    CouplingBlock,
    FactorLine,
    Line,
    NumbaContext,
    StateLine,
    Steady,
)
from rateml.ir.needed import needed
from rateml.ir.program import Assign, Coupling, Factor, Precision, Program, coupling_names, expressions
from rateml.ir.steady import steady_diffusion
from rateml.model.dimension import base_unit
from rateml.syntax.expr import Call, Expr, Name, names, walk
from rateml.text import Span

_NOWHERE = Span(0, 0)
_ELEMENTARY = frozenset({"exp", "log", "sin", "cos", "tanh"})


class NumbaWriter:
    """Spells one program; ``spans`` collects what the marks stand for, ``reserved`` are the templates' names."""

    def __init__(self, program: Program, precision: Precision, spans: list[Span], reserved: Set[str]) -> None:
        self.program = program
        self.precision: Precision = precision
        self.bits = 32 if precision == "float32" else 64
        self.spans = spans
        self.mangle = Mangler(reserved, r"(k[1-4]|next|more|free|fault|dw|rate)_\d+", own=("t", "n_node"))
        self.stage: InfixPrinter = NumbaPrinter(self.mangle, precision, lane_calls(self.bits))
        self.settled: InfixPrinter = self.stage  # for states at the end of a step
        self.exact: InfixPrinter = NumbaPrinter(self._exact_name, "float64", EXACT_CALLS)
        self.clock: InfixPrinter = NumbaPrinter(self._exact_name, "float64", lane_calls(64))
        self.constants = {c.name: c.value for c in program.constants}
        self.parameters = {p.key: k for k, p in enumerate(program.parameters)}
        self.derived_parameters = {a.name: k for k, a in enumerate(program.derived_parameters)}
        self.timed = {a.name for a in program.timed}
        self.states = {s.name: k for k, s in enumerate(program.states)}
        slow = [s.name for s in program.states if s.slow] if precision == "float32" else []
        self.slow = {name: k for k, name in enumerate(slow)}
        self.stored = {name: k for k, name in enumerate(program.stored)}
        self.noisy = {a.name: k for k, a in enumerate(program.diffusion)}
        table = len(self.parameters) + len(self.derived_parameters)
        self.steady = {a.name: table + k for k, a in enumerate(steady_diffusion(program))}
        self.table_rows = table + len(self.steady)
        self.sums = self._sums()

    def context(self) -> NumbaContext:
        program = self.program
        late = program.late
        early_names = [n for n in program.stored if n not in late]
        late_names = [n for n in program.stored if n in late]
        reached = self._reached()
        exposed = [e.name for e in program.exposures]
        observed = tuple(k for k, name in enumerate(exposed) if name not in reached)
        observed_late = tuple(k for k, name in enumerate(exposed) if name in reached)
        ports = {port.name: k for k, port in enumerate(program.ports)}
        changing = [a for a in program.diffusion if a.name not in self.steady]
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
            bits=self.bits,
            scheme=program.scheme,
            dt=repr(program.dt),
            tau=repr(2.0 * math.pi),
            magic=repr(1.5 * 2.0 ** (23 if self.bits == 32 else 52)),
            functions=frozenset(n.func for e in expressions(program) for n in walk(e) if isinstance(n, Call)),
            elementary=self._elementary(),
            table_rows=self.table_rows,
            rows=len(self.sums),
            stored=program.stored,
            tables=self._tables(late_exposed=bool(observed_late)),
            constants=tuple(
                Line(self.mangle(c.name), self.stage.number(c.value), self._mark(c.span)) for c in program.constants
            ),
            states=tuple(
                StateLine(
                    self.mangle(s.name),
                    k,
                    self.noisy.get(s.name),
                    self.steady.get(s.name),
                    None if s.period is None else self.stage.number(s.period),
                    self.slow.get(s.name),
                )
                for k, s in enumerate(program.states)
            ),
            inputs=tuple(self.mangle(i.name) for i in program.inputs),
            ports=tuple((self.mangle(i.name), ports.get(i.name)) for i in program.inputs),
            derive=self._derive(),
            steady=self._steady(),
            start=Block(
                tuple(self._exact_loads([*(a.value for a in before_start), *starts])),
                tuple(self.exact.spell(e) for e in starts),
            ),
            draws=tuple(draws),
            drawn=tuple(self._line(a, self.exact) for a in before_start),
            field=self._stage_block([a.value for a in program.derivatives], [a.span for a in program.derivatives]),
            spread=self._stage_block([a.value for a in changing], [a.span for a in changing]),
            observe=self._of_names([exposed[k] for k in observed]),
            observed=observed,
            observe_late=self._of_names([exposed[k] for k in observed_late]),
            observed_late=observed_late,
            publish=self._of_names(early_names),
            early=tuple(self.stored[n] for n in early_names),
            publish_late=self._of_names(late_names),
            late=tuple(self.stored[n] for n in late_names),
            here=self._of_names(self._here()),
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

    def _reached(self) -> set[str]:
        """What depends on an input."""
        reached = {i.name for i in self.program.inputs}
        for assign in self.program.derived:
            if any(n.id in reached for n in names(assign.value)):
                reached.add(assign.name)
        return reached

    def _here(self) -> list[str]:
        """The variables that couplings read at the target, or at the source when that is the target itself."""
        own = [
            name.removesuffix("@j")
            for coupling in self.program.couplings
            if coupling.reduce == "self"
            for name in coupling_names(coupling)
            if name.endswith("@j")
        ]
        return list(dict.fromkeys([*self.program.current, *(n for n in own if n in self.stored)]))

    def _sums(self) -> dict[tuple[int, int], int]:
        """The row of every sum over edges: by coupling and factor, or by coupling and -1."""
        keys = [
            (k, f)
            for k, coupling in enumerate(self.program.couplings)
            if coupling.reduce == "sum"
            for f in ([f for f, factor in enumerate(coupling.factors) if factor.source] if coupling.factors else [-1])
        ]
        return {key: row for row, key in enumerate(keys)}

    def _elementary(self) -> dict[int, frozenset[str]]:
        """The functions of our own that the module needs, by precision in bits."""
        program = self.program

        def called(exprs: Iterable[Expr]) -> set[str]:
            found = {n.func for e in exprs for n in walk(e) if isinstance(n, Call)}
            return {"log" if name == "ln" else name for name in found} & _ELEMENTARY

        used = {self.bits: called(expressions(program))}
        if self.noisy:
            used[self.bits] |= {"core", "sin"}
        timed = called(a.value for a in program.timed)
        if timed:
            used[64] = used.get(64, set()) | timed
        return {bits: frozenset(found) for bits, found in sorted(used.items())}

    def _tables(self, *, late_exposed: bool) -> tuple[tuple[str, str], ...]:
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
            ("EXPOSURES", repr(tuple(e.name for e in program.exposures))),
            ("EXPOSURE_UNITS", repr(tuple(unit(e.name) for e in program.exposures))),
            ("COUPLINGS", mapping((c.id, (c.reduce, c.weights, c.speed)) for c in program.couplings)),
            ("LATE", repr(tuple(self._is_late(c) for c in program.couplings))),
            ("WINDOWS", repr(not late_exposed)),
            ("STEPWISE", repr(tuple(c.reduce == "sum" and not c.factors for c in program.couplings))),
        )

    def _is_late(self, coupling: Coupling) -> bool:
        """Whether it sums what depends on an input at its source, which only a delayed edge can have."""
        late = self.program.late
        return coupling.reduce == "sum" and any(n.removesuffix("@j") in late for n in coupling_names(coupling))

    def _mark(self, span: Span) -> str:
        self.spans.append(span)
        return mark(len(self.spans) - 1)

    def _load(self, name: str, node: str) -> str | None:
        """How the settings of a region hold a parameter; None for what is no parameter."""
        if name in self.parameters:
            return f"c[{node}, {self.parameters[name]}, l]"
        if name in self.derived_parameters:
            return f"c[{node}, {len(self.parameters) + self.derived_parameters[name]}, l]"
        return None

    def _found(self, exprs: Sequence[Expr]) -> list[str]:
        found = {n.id for e in exprs for n in names(e)}
        return [name for name in (*self.parameters, *self.derived_parameters) if name in found]

    def _loads(self, exprs: Sequence[Expr]) -> list[Line]:
        """Lines that fetch the parameters and derived parameters that the expressions read."""
        return [Line(self.mangle(name), self._load(name, "i") or "", "") for name in self._found(exprs)]

    def _exact_loads(self, exprs: Sequence[Expr]) -> list[Line]:
        """The same, in float64."""
        return [
            Line(
                self.mangle(name),
                f"p[{self.parameters[name]}, i, l]"
                if name in self.parameters
                else f"d[{self.derived_parameters[name]}, i, l]",
                "",
            )
            for name in self._found(exprs)
        ]

    def _line(self, assign: Assign, printer: InfixPrinter) -> Line:
        return Line(self.mangle(assign.name), printer.spell(assign.value), self._mark(assign.span))

    def _derive(self) -> Block:
        """All derived parameters of a region, in float64."""
        assigns = self.program.derived_parameters
        found = {n.id for a in assigns for n in names(a.value)}
        loads = [Line(self.mangle(n), f"p[{k}, i, l]", "") for n, k in self.parameters.items() if n in found]
        lines = [self._line(a, self.exact) for a in assigns]
        return Block((*loads, *lines), tuple(self.mangle(a.name) for a in assigns))

    def _steady(self) -> Steady:
        assigns = [a for a in self.program.diffusion if a.name in self.steady]
        return Steady(
            tuple(self._exact_loads([a.value for a in assigns])),
            tuple((self.steady[a.name], f"({self.exact.spell(a.value)})") for a in assigns),
        )

    def _of_names(self, variables: Sequence[str]) -> Block:
        return self._stage_block([Name(name, _NOWHERE) for name in variables])

    def _stage_block(self, results: Sequence[Expr], spans: Sequence[Span] = ()) -> Block:
        """What is computed of one region at one stage: only the assignments that the results need."""
        program = self.program
        derived = needed(program.derived, results)
        exprs = [a.value for a in derived] + list(results)
        timed = needed(program.timed, exprs)
        lines = []
        if timed:
            lines += self._exact_loads([a.value for a in timed])
            for a in timed:
                spelled = self.clock.spell(a.value)
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
        target = [self._end(n, coupling) for n in sorted(at_edge | at_node) if n.endswith("@i")]
        target += self._loads(node)
        source = [self._end(n, coupling) for n in sorted(at_edge) if n.endswith("@j")]
        edge_lines = [self._line(a, self.settled) for a in coupling.edge]
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
            factors=tuple(self._factor(factor, self.sums.get((index, f))) for f, factor in enumerate(coupling.factors)),
            row=self.sums.get((index, -1)),
            pre=self.settled.spell(coupling.pre),
            node=tuple(self._line(a, self.settled) for a in coupling.node),
            post=self.settled.spell(coupling.post),
            mark=self._mark(coupling.span),
        )

    def _factor(self, factor: Factor, row: int | None) -> FactorLine:
        return FactorLine(
            self.mangle(factor.target) if factor.target else "",
            self.stored[factor.source] if factor.source else None,
            row,
        )

    def _end(self, name: str, coupling: Coupling) -> Line:
        """The load of a variable or parameter at one end of an edge."""
        variable, _, end = name.partition("@")
        if end == "j" and variable in self.stored and coupling.reduce != "self":
            return Line(self.mangle(name), f"ring[{self.stored[variable]}, then + l]", "")
        value = self._load(variable, "i" if coupling.reduce == "self" else end)
        return Line(self.mangle(name), value or self.mangle(variable), "")
