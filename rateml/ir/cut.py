"""Cut tall expressions into parts, so that whatever works on a Program may be plainly recursive.

``a + b + c + …`` makes a tree as tall as it has terms. What a target makes of it would overflow the parsers and
compilers behind it too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rateml.ir.program import Assign, Condition, Coupling, Program, State
from rateml.syntax.expr import Choose, Expr, Logic, Name, Num, Relation, fold, height, names, with_operands

MAX_HEIGHT: Final = 100
"""Leaves room for what passes add: Python reads no more than 200 nested parentheses."""


def cut(program: Program) -> Program:
    """Name what is too tall, from the bottom up: no operation is associated anew, so no result changes by a bit.

    Before: ``dV/dt = a + b + … + z``. After: ``derived part.0 = a + b + … + m`` and ``dV/dt = part.0 + n + … + z``.
    A condition gets a part of 1 or 0: ``part.1 = choose(…, 1, 0)``, read as ``part.1 .neq. 0``. A part of parameters
    alone becomes a derived parameter, one of them and the time a timed value.
    """
    return _Cutting(program).run()


@dataclass(slots=True)
class _Cutting:
    """Collects the parts that belong elsewhere than before the expression they are cut from."""

    program: Program
    number: Iterator[int] = field(default_factory=itertools.count)
    fixed: list[Assign] = field(default_factory=list)
    timed: list[Assign] = field(default_factory=list)

    def run(self) -> Program:
        program = self.program
        derived_parameters = self.assigns(program.derived_parameters)
        derived = self.at_stage(self.assigns(program.derived))
        rates: list[Assign] = []
        for assign in (*program.derivatives, *program.diffusion):
            before, value = self.expr(assign.value)
            derived += self.at_stage(before)
            rates.append(replace(assign, value=value))
        return replace(
            program,
            states=tuple(self.state(s) for s in program.states),
            couplings=tuple(self.coupling(c) for c in program.couplings),
            conditions=tuple(self.condition(c) for c in program.conditions),
            derived=tuple(derived),
            derivatives=tuple(rates[: len(program.derivatives)]),
            diffusion=tuple(rates[len(program.derivatives) :]),
            derived_parameters=(*derived_parameters, *self.fixed),
            timed=(*program.timed, *self.timed),
        )

    def expr(self, expr: Expr) -> tuple[list[Assign], Expr]:
        """The parts that the expression needs, in order, and what is left of it."""
        parts: list[Assign] = []
        if height(expr) <= MAX_HEIGHT:
            return parts, expr

        def bounded(node: Expr, below: tuple[tuple[Expr, int], ...]) -> tuple[Expr, int]:
            low = [self.part(operand, parts) if tall == MAX_HEIGHT else (operand, tall) for operand, tall in below]
            operands = tuple(operand for operand, _ in low)
            return with_operands(node, operands), 1 + max((tall for _, tall in low), default=-1)

        left, _ = fold(expr, bounded)
        return parts, left

    def part(self, expr: Expr, parts: list[Assign]) -> tuple[Expr, int]:
        """What is read in place of an expression that becomes a part, and its height."""
        name = Name(f"part.{next(self.number)}", expr.span)
        if not isinstance(expr, Relation | Logic):
            parts.append(Assign(name.id, expr, expr.span))
            return name, 0
        one, zero = Num(1.0, expr.span), Num(0.0, expr.span)
        parts.append(Assign(name.id, Choose(expr, one, zero, expr.span), expr.span))
        return Relation("neq", name, zero, expr.span), 1

    def assigns(self, assigns: Sequence[Assign]) -> list[Assign]:
        """The assignments, each after its parts."""
        out: list[Assign] = []
        for assign in assigns:
            before, value = self.expr(assign.value)
            out += [*before, replace(assign, value=value)]
        return out

    def at_stage(self, assigns: Sequence[Assign]) -> list[Assign]:
        """What must be computed at every stage; parts that need not be are put where they belong."""
        program = self.program
        fixed = {c.name for c in program.constants} | {p.key for p in program.parameters}
        fixed |= {a.name for a in (*program.derived_parameters, *self.fixed)}
        clock = {"t"} | {a.name for a in (*program.timed, *self.timed)}
        out: list[Assign] = []
        for assign in assigns:
            found = {n.id for n in names(assign.value)}
            if not assign.name.startswith("part.") or not found <= fixed | clock:
                out.append(assign)
            elif found <= fixed:
                self.fixed.append(assign)
                fixed.add(assign.name)
            else:
                self.timed.append(assign)
                clock.add(assign.name)
        return out

    def state(self, state: State) -> State:
        before, value = self.expr(state.start)
        return replace(state, start=value, before=tuple(before))

    def condition(self, condition: Condition) -> Condition:
        before, test = self.expr(condition.test)
        values = []
        for assign in condition.assignments:
            more, value = self.expr(assign.value)
            before += more
            values.append(replace(assign, value=value))
        return replace(condition, test=test, assignments=tuple(values), before=tuple(before))

    def coupling(self, coupling: Coupling) -> Coupling:
        at_edge, pre = self.expr(coupling.pre)
        at_node, post = self.expr(coupling.post)
        edge = (*self.assigns(coupling.edge), *at_edge)
        node = self.at_stage((*self.assigns(coupling.node), *at_node))
        return replace(coupling, edge=edge, pre=pre, node=tuple(node), post=post)
