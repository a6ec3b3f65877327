"""Which derived names depend on which: the graph behind cycles, ``pre`` and ``post``, and bound variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rateml.checks.declarations import derived_exprs, dynamics_of
from rateml.model.nodes import ComponentType
from rateml.syntax.expr import names


def variable_graph(type: ComponentType) -> Mapping[str, tuple[str, ...]]:
    """For every derived variable the names its expressions use, each once."""
    return {
        variable.name.text: tuple(dict.fromkeys(n.id for expr, _ in derived_exprs(variable) for n in names(expr)))
        for variable in reversed(dynamics_of(type).derived)
    }


def parameter_graph(type: ComponentType) -> Mapping[str, tuple[str, ...]]:
    """For every derived parameter the names its expression uses, each once."""
    return {p.name.text: tuple(dict.fromkeys(n.id for n in names(p.value))) for p in reversed(type.derived_parameters)}


def reachable(graph: Mapping[str, tuple[str, ...]], start: str, stop: Iterable[str] = ()) -> set[str]:
    """``start`` and every name it depends on; names in ``stop`` are reached and not followed."""
    barred = set(stop)
    found = {start}
    pending = [start]
    while pending:
        for name in graph.get(pending.pop(), ()):
            if name not in found:
                found.add(name)
                if name not in barred:
                    pending.append(name)
    return found


def cycle_through(graph: Mapping[str, tuple[str, ...]], start: str) -> tuple[str, ...] | None:
    """A shortest way from a name back to itself, both ends included; None when there is none."""
    came_from: dict[str, str] = {}
    pending = [start]
    for name in pending:
        for following in graph.get(name, ()):
            if following == start:
                path = [start, name]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return tuple(reversed(path))
            if following in graph and following not in came_from:
                came_from[following] = name
                pending.append(following)
    return None
