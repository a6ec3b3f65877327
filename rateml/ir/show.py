"""The IR as text: what ``--dump-after`` prints and what the tests of passes compare."""

from __future__ import annotations

from collections.abc import Iterator

from rateml.ir.program import Assign, Program
from rateml.syntax.expr import Binary, Call, Choose, Expr, Logic, Missing, Name, Neg, Num, Relation

_BINDING = {"+": 4, "-": 4, "*": 5, "/": 5, "^": 7}
_NEG = 6


def show_expr(expr: Expr, outer: int = 0) -> str:
    """The expression in RateML's own notation, with the fewest parentheses that keep its shape."""
    match expr:
        case Num(value):
            text = repr(value)
            return f"({text})" if value < 0 and outer > 0 else text
        case Name(id):
            return id
        case Neg(operand):
            text = f"-{show_expr(operand, _NEG)}"
            return f"({text})" if outer > 0 else text
        case Binary(op, left, right):
            mine = _BINDING[op]
            sides = (mine + 1, mine + 1) if op == "^" else (mine, mine + 1)
            text = f"{show_expr(left, sides[0])} {op} {show_expr(right, sides[1])}"
            return f"({text})" if mine < outer else text
        case Relation(op, left, right):
            text = f"{show_expr(left, 4)} .{op}. {show_expr(right, 4)}"
            return f"({text})" if outer > 3 else text
        case Logic(op, left, right):
            mine = 1 if op == "or" else 2
            text = f"{show_expr(left, mine)} .{op}. {show_expr(right, mine + 1)}"
            return f"({text})" if mine < outer else text
        case Call(func, args):
            return f"{func}({', '.join(show_expr(arg) for arg in args)})"
        case Choose(test, then, otherwise):
            return f"choose({show_expr(test)}, {show_expr(then)}, {show_expr(otherwise)})"
        case Missing():
            return "?"


def show(program: Program) -> str:
    """The whole program, one line per assignment."""
    return "\n".join(_lines(program)) + "\n"


def _lines(program: Program) -> Iterator[str]:
    yield f"program {program.name} ({program.component}) scheme={program.scheme} dt={program.dt!r}"
    for constant in program.constants:
        yield f"constant {constant.name} = {constant.value!r} [{constant.dimension}]"
    for parameter in program.parameters:
        yield f"parameter {parameter.key} = {parameter.default!r} [{parameter.dimension}]"
    yield from _assigns("derived parameter", program.derived_parameters)
    yield from _assigns("timed", program.timed)
    for state in program.states:
        period = f" period {state.period!r}" if state.period is not None else ""
        slow = " slow" if state.slow else ""
        yield f"state {state.name} [{state.dimension}]{period}{slow} starts {show_expr(state.start)}"
        yield from _assigns("  before", state.before)
    for item in program.inputs:
        yield f"input {item.name} [{item.dimension}]"
    for coupling in program.couplings:
        speed = f"speed={coupling.speed!r}" if coupling.speed is not None else "undelayed"
        yield f"coupling {coupling.id} -> {coupling.input} {coupling.reduce} weights={coupling.weights} {speed}"
        yield from _assigns("  edge", coupling.edge)
        yield f"  pre = {show_expr(coupling.pre)}"
        yield from _assigns("  node", coupling.node)
        yield f"  post = {show_expr(coupling.post)}"
    yield from _assigns("derived", program.derived)
    yield from (f"d{a.name}/dt = {show_expr(a.value)}" for a in program.derivatives)
    yield from (f"diffusion {a.name} = {show_expr(a.value)}" for a in program.diffusion)
    for condition in program.conditions:
        body = "; ".join(f"{a.name} = {show_expr(a.value)}" for a in condition.assignments)
        yield f"when {show_expr(condition.test)}: {body}"
        yield from _assigns("  before", condition.before)
    yield "expose " + ", ".join(e.name for e in program.exposures)


def _assigns(kind: str, assigns: tuple[Assign, ...]) -> Iterator[str]:
    return (f"{kind} {a.name} = {show_expr(a.value)}" for a in assigns)
