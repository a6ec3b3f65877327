"""A Program as one cell of a LEMS simulator: what PyLEMS and jLEMS compute as rateml does, and what they cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rateml.checks.not_portable_function import OTHER_WORDS
from rateml.codegen.targets.lems.cases import MOST as MOST_CASES
from rateml.codegen.targets.lems.cases import Case, multiply_out
from rateml.codegen.targets.lems.events import MOST as MOST_CONDITIONS
from rateml.codegen.targets.lems.events import keep_time, make_simultaneous, wrap_angles
from rateml.diagnostics import Code, Diagnostic
from rateml.ir.program import Assign, Program
from rateml.syntax.expr import Call, height, names, walk
from rateml.syntax.functions import FUNCTIONS
from rateml.text import Span

TALLEST: Final = 90
"""PyLEMS writes Python with up to two parentheses an operation; Python reads 200 within one another."""
_PART: Final = re.compile(r"part\.\d+")
"""What ``ir.cut`` names the parts of what is too tall."""
_FEWER: Final = "let TimeDerivatives use the conditional variables themselves"
_TOGETHER: Final = "put what belongs together into one OnCondition"
_NAME_PARTS: Final = "compute parts of it as DerivedVariables of their own"


@dataclass(frozen=True)
class Cell:
    """``program`` without couplings and noise, its conditions simultaneous; ``cases`` of every derived variable.

    With ``refusals`` the rest is not what the model asks for.
    """

    program: Program
    cases: Mapping[str, tuple[Case, ...]]
    refusals: tuple[Diagnostic, ...]


def make_cell(program: Program) -> Cell:
    """One region of an ordered program, without what its couplings declare."""
    ids = {c.id for c in program.couplings}

    def own(name: str) -> bool:
        owner, dot, _ = name.partition(".")
        return not (dot and owner in ids) and not _PART.fullmatch(name)

    alone = replace(
        program,
        constants=tuple(c for c in program.constants if own(c.name)),
        parameters=tuple(p for p in program.parameters if own(p.key)),
        derived_parameters=tuple(a for a in program.derived_parameters if own(a.name)),
        derived=tuple(a for a in program.derived if own(a.name)),
        timed=(),
        couplings=(),
        diffusion=(),
    )
    early = (*_functions(alone), *_parts(alone))
    if early:
        return Cell(alone, {}, early)
    timed = wrap_angles(keep_time(alone))
    conditions, tangled = make_simultaneous(timed.conditions)
    cases, many = multiply_out(timed)
    cell = replace(timed, conditions=conditions)
    refused = [
        _refuse(
            a.span, f"'{a.name}': it depends on conditional variables in more than {MOST_CASES} combinations", _FEWER
        )
        for a in many
    ]
    refused += [
        _refuse(c.span, f"more than {MOST_CONDITIONS} OnConditions that depend on one another", _TOGETHER)
        for c in tangled
    ]
    return Cell(cell, cases, tuple(refused) or tuple(_tall(cell, cases)))


def _refuse(span: Span, what: str, help: str) -> Diagnostic:
    return Code.NOT_FOR_TARGET.at(span, target="lems", what=what, help=help)


def written(program: Program) -> Iterator[Assign]:
    """Everything with an expression that a LEMS file would have, conditions as if they were assignments."""
    yield from (*program.derived_parameters, *program.derived, *program.derivatives)
    for state in program.states:
        yield Assign(state.name, state.start, state.span)
    for condition in program.conditions:
        yield Assign("", condition.test, condition.span)
        yield from condition.assignments


def _functions(program: Program) -> Iterator[Diagnostic]:
    """The first call of each function that LEMS has not."""
    calls = (n for a in written(program) for n in walk(a.value) if isinstance(n, Call))
    first = {c.func: c for c in sorted(calls, key=lambda c: c.span, reverse=True) if not FUNCTIONS[c.func].core}
    for name, call in first.items():
        words = OTHER_WORDS.get(name)
        help = f"write it as {words}" if words else "use the target numba, or tvb"
        yield _refuse(call.func_span, f"the function '{name}', which LEMS simulators do not have", help)


def _parts(program: Program) -> Iterator[Diagnostic]:
    """The expressions that lowering had to cut."""
    for assign in written(program):
        if any(_PART.fullmatch(n.id) for n in names(assign.value)):
            yield _too_tall(assign.value.span)


def _tall(program: Program, cases: Mapping[str, tuple[Case, ...]]) -> Iterator[Diagnostic]:
    for assign in program.derived:
        if any(height(e) > TALLEST for case in cases[assign.name] for e in case if e is not None):
            yield _too_tall(assign.span)
    for assign in written(replace(program, derived=())):
        if height(assign.value) > TALLEST:
            yield _too_tall(assign.value.span)


def _too_tall(span: Span) -> Diagnostic:
    what = f"an expression in which more than {TALLEST} operations depend on one another: PyLEMS cannot read it"
    return _refuse(span, what, _NAME_PARTS)
