"""Spells one program for the cuda target."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from rateml.codegen.names import Mangler
from rateml.codegen.printers.cuda import CudaPrinter
from rateml.codegen.printers.infix import InfixPrinter
from rateml.codegen.targets.cuda.angles import FUNCTIONS
from rateml.codegen.targets.numba.context import Block, FactorLine, Line
from rateml.codegen.targets.numba.writer import NumbaWriter
from rateml.ir.deciding import deciding
from rateml.ir.needed import needed
from rateml.ir.program import Assign, Coupling, Factor, Precision, Program
from rateml.syntax.expr import Expr, names
from rateml.text import Span

MOST_PERIOD = 1e4
"""Of an angle that sines and cosines take for near once it is wrapped."""


class CudaWriter(NumbaWriter):
    """The same lines as for the numba target, in C++: ``c``, ``p`` and ``d`` are the tables of one region."""

    def __init__(self, program: Program, precision: Precision, spans: list[Span], reserved: Set[str]) -> None:
        super().__init__(program, precision, spans, reserved)
        self.mangle = Mangler(reserved, r"(rate|a|e)_\d+(_\d+)?", own=("t", "n_node"))
        self.stage = CudaPrinter(self.mangle, precision)
        angles = {s.name for s in program.states if s.period is not None and s.period <= MOST_PERIOD}
        self.settled = CudaPrinter(
            self.mangle, precision, frozenset({f"{a}{end}" for a in angles for end in ("", "@i", "@j")})
        )
        self.exact = CudaPrinter(self._exact_name, "float64")
        self.deciding = deciding(program)
        self.clock = self.exact

    def _line(self, assign: Assign, printer: InfixPrinter) -> Line:
        if assign.name in self.deciding and isinstance(printer, CudaPrinter):
            printer = replace(printer, decides=True)
        return super()._line(assign, printer)

    def _load(self, name: str, node: str) -> str | None:
        table = "c" if node == "i" else "c_j"
        if name in self.parameters:
            return f"{table}[{self.parameters[name]}]"
        if name in self.derived_parameters:
            return f"{table}[{len(self.parameters) + self.derived_parameters[name]}]"
        return None

    def _exact_loads(self, exprs: Sequence[Expr]) -> list[Line]:
        return [Line(self.mangle(name), self._exact_value(name), "") for name in self._found(exprs)]

    def _exact_value(self, name: str) -> str:
        if name in self.parameters:
            return f"p[{self.parameters[name]}]"
        return f"d[{self.derived_parameters[name]}]"

    def _derive(self) -> Block:
        assigns = self.program.derived_parameters
        found = {n.id for a in assigns for n in names(a.value)}
        loads = [Line(self.mangle(n), f"p[{k}]", "") for n, k in self.parameters.items() if n in found]
        lines = [self._line(a, self.exact) for a in assigns]
        return Block((*loads, *lines), tuple(self.mangle(a.name) for a in assigns))

    def _stage_block(self, results: Sequence[Expr], spans: Sequence[Span] = ()) -> Block:
        program = self.program
        derived = needed(program.derived, results)
        exprs = [a.value for a in derived] + list(results)
        stage = self.stage if spans else self.settled  # rates are also those of states within a step
        lines = []
        for a in needed(program.timed, exprs):
            loads = "".join(f"const double {x.target} = {x.value}; " for x in self._exact_loads([a.value]))
            value = f"([&] {{ {loads}return REAL({self.clock.spell(a.value)}); }}())"
            lines.append(Line(self.mangle(a.name), value, self._mark(a.span)))
        lines += self._loads(exprs)
        lines += [self._line(a, stage) for a in derived]
        spelled = []
        for k, result in enumerate(results):
            if spans:
                lines.append(Line(f"rate_{k}", stage.spell(result), self._mark(spans[k])))
                spelled.append(f"rate_{k}")
            else:
                spelled.append(stage.spell(result))
        return Block(tuple(lines), tuple(spelled))

    def _factor(self, factor: Factor, row: int | None) -> FactorLine:
        return replace(super()._factor(factor, row), function=FUNCTIONS.get(factor.function, ""))

    def _end(self, name: str, coupling: Coupling) -> Line:
        variable, _, end = name.partition("@")
        if end == "j" and variable in self.stored and coupling.reduce != "self":
            return Line(self.mangle(name), f"past({self.stored[variable]})", "")
        value = self._load(variable, "i" if coupling.reduce == "self" else end)
        return Line(self.mangle(name), value or self.mangle(variable), "")
