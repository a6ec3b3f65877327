"""The expression tree: small frozen nodes, each with the span it was written at.

Equality is by shape: spans and the spelling of numbers do not take part, so two occurrences of one
subexpression compare equal wherever they stand. The same nodes carry a model's mathematics from the
parser to the printers; ``Choose`` is the one node that only lowering makes.

A tree that was parsed may be thousands of nodes tall, for ``a + b + c + …`` leans to the left. Until lowering
has cut it (``ir.cut``), only ``walk``, ``fold`` and what is built on them may go through it: recursion, and
with it ``==`` and ``hash``, would overflow the stack. ``shape`` stands in for these two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, TypeVar

from rateml.text import Span

ArithmeticOp: TypeAlias = Literal["+", "-", "*", "/", "^"]
RelationOp: TypeAlias = Literal["lt", "gt", "leq", "geq", "eq", "neq"]
LogicOp: TypeAlias = Literal["and", "or"]
MIRRORED: Final[dict[RelationOp, RelationOp]] = {"lt": "gt", "gt": "lt", "leq": "geq", "geq": "leq"}
"""What an order becomes when its sides are exchanged."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Num:
    """A number; ``text`` is how the author spelled it."""

    value: float
    span: Span = field(compare=False)
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A reference to a declared name."""

    id: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Neg:
    operand: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    op: ArithmeticOp
    left: Expr
    right: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Relation:
    op: RelationOp
    left: Expr
    right: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Logic:
    op: LogicOp
    left: Expr
    right: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """``func(args)``; ``func_span`` covers the function's name alone."""

    func: str
    args: tuple[Expr, ...]
    span: Span = field(compare=False)
    func_span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Choose:
    """``then`` where ``test`` holds, else ``otherwise``: a conditional derived variable after lowering."""

    test: Expr
    then: Expr
    otherwise: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Missing:
    """Where the parser expected an operand and found none."""

    span: Span = field(compare=False)


Expr: TypeAlias = Num | Name | Neg | Binary | Relation | Logic | Call | Choose | Missing


def children(expr: Expr) -> tuple[Expr, ...]:
    """The direct operands of a node, in the order they are written."""
    if isinstance(expr, (Name, Num)):
        return ()
    if isinstance(expr, (Binary, Relation, Logic)):
        return (expr.left, expr.right)
    match expr:
        case Neg(operand):
            return (operand,)
        case Call(_, args):
            return args
        case Choose(test, then, otherwise):
            return (test, then, otherwise)
        case _:
            return ()


def walk(expr: Expr) -> Iterator[Expr]:
    """The node and everything below it, parents first, in the order they are written."""
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        yield node
        below = children(node)
        if below:
            waiting.extend(below[::-1])


def fold(expr: Expr, combine: Callable[[Expr, tuple[_T, ...]], _T]) -> _T:
    """What ``combine`` makes of the node and of the results of its operands; operands first, left to right."""
    waiting = [expr]
    order: list[tuple[Expr, int]] = []
    while waiting:
        node = waiting.pop()
        below = children(node)
        order.append((node, len(below)))
        waiting.extend(below)
    done: list[_T] = []
    for node, count in reversed(order):
        first = len(done) - count
        results = tuple(done[first:])
        del done[first:]
        done.append(combine(node, results))
    return done[0]


def shape(expr: Expr) -> tuple[object, ...]:
    """A flat value that is equal for equal expressions."""
    return tuple(_label(node) for node in walk(expr))


def _label(node: Expr) -> tuple[object, ...]:
    match node:
        case Num(value):
            return (Num, value)
        case Name(id):
            return (Name, id)
        case Binary(op) | Relation(op) | Logic(op):
            return (type(node), op)
        case Call(func, args):
            return (Call, func, len(args))
        case _:
            return (type(node),)


def height(expr: Expr) -> int:
    """How many operations at most depend on one another; 0 for a name or a number."""
    return fold(expr, lambda _, below: 1 + max(below, default=-1))


def names(expr: Expr) -> Iterator[Name]:
    """Every reference in the expression, in the order they are written."""
    return (node for node in walk(expr) if isinstance(node, Name))


def rebuild(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same node with ``change`` applied to each direct operand."""
    match expr:
        case Neg(operand, span):
            return Neg(change(operand), span)
        case Binary(op, left, right, span):
            return Binary(op, change(left), change(right), span)
        case Relation(op, left, right, span):
            return Relation(op, change(left), change(right), span)
        case Logic(op, left, right, span):
            return Logic(op, change(left), change(right), span)
        case Call(func, args, span, func_span):
            return Call(func, tuple(change(arg) for arg in args), span, func_span)
        case Choose(test, then, otherwise, span):
            return Choose(change(test), change(then), change(otherwise), span)
        case _:
            return expr


def with_operands(expr: Expr, operands: tuple[Expr, ...]) -> Expr:
    """The same node with other operands, as many as it has."""
    following = iter(operands)
    return rebuild(expr, lambda _: next(following)) if operands else expr
