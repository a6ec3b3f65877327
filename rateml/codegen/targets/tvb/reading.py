"""What the expressions of a Program depend on, and which angles TVB may leave unwrapped."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable

from rateml.ir.program import Assign
from rateml.syntax.expr import Binary, Call, Expr, Name, Neg, Num, children, names

_CIRCULAR = frozenset({"sin", "cos", "tan"})


def roots(assigns: Iterable[Assign], exprs: Iterable[Expr]) -> frozenset[str]:
    """The names that the expressions read, directly or through the assignments, which are not assigned themselves."""
    values = {a.name: a.value for a in assigns}
    found: set[str] = set()
    waiting = [n.id for e in exprs for n in names(e)]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in values:
            waiting.extend(n.id for n in names(values[name]))
        else:
            found.add(name)
    return frozenset(found)


def shifts(assigns: Iterable[Assign], exprs: Iterable[Expr], angle: str, period: float) -> bool:
    """Whether ``period`` more of ``angle``, a name in them, may change the expressions: not inside sine and cosine."""
    turns = period / (2.0 * math.pi)
    whole = round(turns) >= 1 and abs(turns - round(turns)) < 1e-12
    values = {a.name: a.value for a in assigns}

    @functools.cache
    def multiple_of(name: str) -> int | None:
        return multiple(values[name])

    @functools.cache
    def changed(name: str) -> bool:
        return changes(values[name])

    def multiple(expr: Expr) -> int | None:
        """The whole number that the angle is multiplied by, where the expression is otherwise free of it."""
        match expr:
            case Name(id) if id == angle:
                return 1
            case Name(id) if id in values:
                return multiple_of(id)
            case Neg(operand):
                inner = multiple(operand)
                return None if inner is None else -inner
            case Binary("+" | "-", left, right):
                one, other = multiple(left), multiple(right)
                if one is None or other is None:
                    return None
                return one + other if expr.op == "+" else one - other
            case Binary("*", Num(value), right) if value.is_integer():
                inner = multiple(right)
                return None if inner is None else int(value) * inner
        return None if changes(expr) else 0

    def changes(expr: Expr) -> bool:
        match expr:
            case Name(id):
                return id == angle or (id in values and changed(id))
            case Call(func, (argument,)) if whole and func in _CIRCULAR:
                return multiple(argument) is None
        return any(changes(operand) for operand in children(expr))

    return any(changes(e) for e in exprs)
