"""Conditional variables that depend on states, inputs and plain variables alone.

PyLEMS computes conditional variables after the plain ones, so whatever uses one is a step late; jLEMS refuses it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from rateml.ir.program import Assign, Program
from rateml.syntax.expr import Choose, Expr, Logic, Name, names, rebuild

MOST: Final = 64
"""More Cases than this are nothing to read."""


class Case(NamedTuple):
    """The last Case has no test."""

    test: Expr | None
    value: Expr


def multiply_out(program: Program) -> tuple[Mapping[str, tuple[Case, ...]], tuple[Assign, ...]]:
    """The Cases of every derived variable, by name, and the variables that would have more than MOST of them.

    Before: ``a = x < 0 ? 1 : 2``, ``b = a * x``. After: ``b`` has the Cases ``x < 0: 1 * x`` and ``2 * x``. A plain
    variable has one Case. The program is ordered.
    """
    found: dict[str, tuple[Case, ...]] = {}
    refused: list[Assign] = []
    for assign in program.derived:
        cases = _written(assign.value)
        read = (n.id for case in cases for e in case if e is not None for n in names(e))
        conditional = [name for name in dict.fromkeys(read) if len(found.get(name, ())) > 1]
        if len(cases) * math.prod(len(found[name]) for name in conditional) > MOST:
            refused.append(assign)
            conditional = []
        for name in conditional:
            cases = [_under(outer, case, name) for outer in found[name] for case in cases]
        found[assign.name] = tuple(cases)
    return found, tuple(refused)


def _written(value: Expr) -> Sequence[Case]:
    cases = []
    while isinstance(value, Choose):
        cases.append(Case(value.test, value.then))
        value = value.otherwise
    return [*cases, Case(None, value)]


def _under(outer: Case, case: Case, name: str) -> Case:
    """What a Case becomes where ``name`` has the value of ``outer``; Cases before it have been ruled out."""
    values = {name: outer.value}
    test = None if case.test is None else substitute(case.test, values)
    return Case(both(outer.test, test), substitute(case.value, values))


def both(one: Expr | None, other: Expr | None) -> Expr | None:
    """One test and another; None is always true."""
    if one is None or other is None:
        return one or other
    return Logic("and", one, other, one.span)


def substitute(expr: Expr, values: Mapping[str, Expr]) -> Expr:
    """The expression with the given names replaced."""
    if isinstance(expr, Name):
        return values.get(expr.id, expr)
    return rebuild(expr, lambda operand: substitute(operand, values))
