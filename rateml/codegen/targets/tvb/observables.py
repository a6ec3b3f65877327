"""What TVB's monitors can see of a model: expressions of its states, which TVB evaluates by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from rateml.codegen.printers.tvb import CALLS, ERROR_FUNCTIONS, TvbPrinter
from rateml.codegen.targets.tvb.limits import unobservable
from rateml.codegen.targets.tvb.reading import shifts
from rateml.ir.program import Program
from rateml.syntax.expr import Binary, Call, Expr, Name, Num, fold, names, walk, with_operands

_OWN: Final = ERROR_FUNCTIONS | {name for name, spelled in CALLS.items() if not spelled.startswith("numpy.")}
"""Functions that TVB, which knows numpy and the states alone, cannot call here."""


MOST_NODES: Final = 500
"""How many operations, names and numbers an expression for TVB may have."""


@dataclass(frozen=True)
class Observables:
    """``choices`` are all of them, ``default`` the exposures, ``missing`` exposures with the reason."""

    choices: tuple[str, ...]
    default: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]


def observables(program: Program, name: Callable[[str], str]) -> Observables:
    missing = dict(unobservable(program))
    printer = TvbPrinter(name, arrays=True)
    states = [name(s.name) for s in program.states]
    sizes = _sizes(program)
    found = []
    for exposure in program.exposures:
        if exposure.name in missing:
            continue
        if sizes.get(exposure.name, 1) > MOST_NODES:
            missing[exposure.name] = "as an expression of the states it is too long"
            continue
        expr = _inlined(program, exposure.name)
        own = next((n.func for n in walk(expr) if isinstance(n, Call) and n.func in _OWN), None)
        if own is not None:
            missing[exposure.name] = f"it calls {own}, which TVB's monitors do not know"
            continue
        found.append(printer.spell(expr))
    default = tuple(dict.fromkeys(found)) or tuple(states)
    return Observables(tuple(dict.fromkeys((*default, *states))), default, tuple(missing.items()))


def _sizes(program: Program) -> Mapping[str, int]:
    """How long each derived variable is as an expression of the states alone."""
    sizes: dict[str, int] = {}
    for assign in program.derived:
        sizes[assign.name] = sum(sizes.get(n.id, 1) if isinstance(n, Name) else 1 for n in walk(assign.value))
    return sizes


def _inlined(program: Program, variable: str) -> Expr:
    """A variable as an expression of the states alone."""
    known: dict[str, Expr] = {c.name: Num(c.value, c.span) for c in program.constants}
    for assign in program.derived:
        known[assign.name] = _substituted(assign.value, known)
    expr = known.get(variable)
    if expr is None:
        return Name(variable, program.states[0].span)
    read = {n.id for n in names(expr)}
    for state in program.states:
        if state.period is not None and state.name in read:
            own, period = Name(state.name, state.span), Num(state.period, state.span)
            if shifts((), [expr], state.name, state.period):
                turns = Call("floor", (Binary("/", own, period, state.span),), state.span, state.span)
                wrapped = Binary("-", own, Binary("*", period, turns, state.span), state.span)
                expr = _substituted(expr, {state.name: wrapped})
    return expr


def _substituted(expr: Expr, known: Mapping[str, Expr]) -> Expr:
    def change(node: Expr, operands: tuple[Expr, ...]) -> Expr:
        return known.get(node.id, node) if isinstance(node, Name) else with_operands(node, operands)

    return fold(expr, change)
