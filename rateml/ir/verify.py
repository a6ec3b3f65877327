"""What must hold of a Program after lowering and after every pass; a breach is a fault of rateml."""

from __future__ import annotations

from collections.abc import Iterable

from rateml.errors import InternalError
from rateml.ir.program import Program
from rateml.syntax.expr import Call, Expr, Missing, Name, names, walk
from rateml.syntax.functions import FUNCTIONS


def verify(program: Program, after: str) -> None:
    """Raise InternalError unless every name is defined where it is read, and assignments are in order.

    Order is required of everything but the output of ``lower``.
    """
    constants = {c.name for c in program.constants}
    values = constants | {p.key for p in program.parameters}
    ordered = after != "lower"

    def check(expr: Expr, scope: set[str], place: str) -> None:
        for node in walk(expr):
            if isinstance(node, Missing):
                raise InternalError(f"after {after}: {place} has a missing operand")
            if isinstance(node, Name) and node.id not in scope:
                raise InternalError(f"after {after}: {place} reads '{node.id}', which is not defined there")
            if isinstance(node, Call):
                function = FUNCTIONS.get(node.func)
                if function is None or function.arity != len(node.args):
                    raise InternalError(f"after {after}: {place} calls '{node.func}' wrongly")

    def block(assigns: Iterable[tuple[str, Expr]], scope: set[str], place: str) -> set[str]:
        items = list(assigns)
        known = scope if ordered else scope | {name for name, _ in items}
        for name, value in items:
            if name in known and ordered:
                raise InternalError(f"after {after}: {place} '{name}' is defined twice")
            check(value, known, f"{place} '{name}'")
            known = known | {name}
        return known

    parameters = block(((a.name, a.value) for a in program.derived_parameters), values, "derived parameter")
    timed = block(((a.name, a.value) for a in program.timed), parameters | {"t"}, "timed value")
    states = {s.name for s in program.states}
    inputs = {i.name for i in program.inputs}
    stage = block(((a.name, a.value) for a in program.derived), timed | states | inputs, "derived variable")
    for assign in (*program.derivatives, *program.diffusion):
        check(assign.value, stage, f"derivative of '{assign.name}'")
    if [a.name for a in program.derivatives] != [s.name for s in program.states]:
        raise InternalError(f"after {after}: derivatives are not one per state, in order")
    for state in program.states:
        needs = [(a.name, a.value) for a in state.before]
        every = (n.id for value in (*(v for _, v in needs), state.start) for n in names(value))
        scope = parameters | {name for name in every if name.startswith("random.")}
        check(state.start, block(needs, scope, "start value"), f"start of '{state.name}'")
    for condition in program.conditions:
        scope = block(((a.name, a.value) for a in condition.before), parameters | states | {"t"}, "OnCondition value")
        for expr in (condition.test, *(a.value for a in condition.assignments)):
            check(expr, scope, "OnCondition")
    missing = {e.name for e in program.exposures} - stage
    if missing:
        raise InternalError(f"after {after}: exposure of unknown '{sorted(missing)[0]}'")
    variables = {f"{name}@{end}" for name in stage - parameters - inputs - timed for end in "ij"}
    ends = {f"{name}@{end}" for name in parameters if "." in name for end in "ij"}
    for coupling in program.couplings:
        if coupling.input not in inputs:
            raise InternalError(f"after {after}: coupling '{coupling.id}' feeds unknown '{coupling.input}'")
        edge = block(
            ((a.name, a.value) for a in coupling.edge), constants | variables | ends | {"n_node"}, "edge value"
        )
        check(coupling.pre, edge, f"pre of '{coupling.id}'")
        at_target = {name for name in variables if name.endswith("@i")}
        scope = parameters | at_target | {"n_node", f"{coupling.id}.gx"}
        node = block(((a.name, a.value) for a in coupling.node), scope, "node value")
        check(coupling.post, node, f"post of '{coupling.id}'")
