"""Who uses a value: the model, one coupling, or several of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rateml.legacy.old_model import Values
from rateml.legacy.spelling import substitute, used
from rateml.syntax.expr import Expr, names, walk

_MODEL = -1
_LARGEST = 5_000
"""Nodes of an expression into which others were put: a chain of values may double at every step."""


def reach(start: Iterable[str], values: Values) -> set[str]:
    """The names with everything that the derived parameters among them are computed from."""
    found: set[str] = set()
    todo = list(start)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            if name in values.derived:
                todo += used(values.derived[name].expr)
    return found


def _users(values: Values) -> Mapping[str, list[str]]:
    """The derived parameters that use each name."""
    found: dict[str, list[str]] = {}
    for name, derived in values.derived.items():
        for inner in used(derived.expr):
            found.setdefault(inner, []).append(name)
    return found


def stepwise(values: Values) -> dict[str, Expr]:
    """The derived parameters that lead back to ``n_node`` or ``dt``, written out: no model can compute them.

    One that leads back to itself, or would be too long, keeps the names in it.
    """
    users = _users(values)
    leading = {"n_node", "dt"}
    todo = list(leading)
    while todo:
        for name in users.get(todo.pop(), ()):
            if name not in leading:
                leading.add(name)
                todo.append(name)
    far = {name: d.expr for name, d in values.derived.items() if name in leading}
    missing = {name: {n for n in used(expr) if n in far} for name, expr in far.items()}
    ready = [name for name, inner in missing.items() if not inner]
    sizes: dict[str, int] = {}
    while ready:
        name = ready.pop()
        expr = values.derived[name].expr
        sizes[name] = sum(1 for _ in walk(expr)) + sum(sizes.get(n.id, 0) for n in names(expr))
        if sizes[name] < _LARGEST:
            far[name] = substitute(expr, {n: far[n] for n in used(expr) if n in far})
        for user in users.get(name, ()):
            missing[user].discard(name)
            if not missing[user]:
                ready.append(user)
    return far


def owners(values: Values, model: Iterable[str], couplings: Sequence[Iterable[str]]) -> Mapping[str, int]:
    """The one coupling that alone uses a parameter or derived parameter, by the value's name.

    What follows from a value that is used elsewhere too is nobody's, nor is what such a value follows from.
    """
    by: dict[str, set[int]] = {}
    for number, start in ((_MODEL, model), *enumerate(couplings)):
        for name in reach(start, values):
            if name in values.adjustable or name in values.derived:
                by.setdefault(name, set()).add(number)
    users = _users(values)
    shared = {name for name, who in by.items() if len(who) > 1 or _MODEL in who}
    todo = list(shared)
    while todo:
        name = todo.pop()
        inner = used(values.derived[name].expr) if name in values.derived else ()
        for other in (*inner, *users.get(name, ())):
            if other in by and other not in shared:
                shared.add(other)
                todo.append(other)
    return {name: next(iter(who)) for name, who in by.items() if name not in shared}
