"""Which derived names depend on which: the graph behind cycles, ``pre`` and ``post``, and bound variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rateml.checks.declarations import derived_exprs, dynamics_of
from rateml.checks.once import once
from rateml.model.nodes import ComponentType, DerivedVariable, Model
from rateml.syntax.expr import names


def model_graph(model: Model, type: ComponentType) -> Mapping[str, tuple[str, ...]]:
    """As ``variable_graph``, with what a function needs of the model in place of its call."""
    graph = dict(variable_graph(type))
    children = {c.name.text: model.type(c.type.text) for c in type.children}
    for variable in reversed(dynamics_of(type).derived):
        if not isinstance(variable, DerivedVariable) or variable.select is None:
            continue
        child, _, exposure = variable.select.text.partition("/")
        function = children.get(child)
        if function is not None and function.role == "function":
            required = {r.name.text for r in function.requirements}
            needed = reachable(variable_graph(function), exposure) & required
            graph[variable.name.text] = tuple(r.name.text for r in function.requirements if r.name.text in needed)
    return graph


@once
def variable_graph(type: ComponentType) -> Mapping[str, tuple[str, ...]]:
    """For every derived variable the names its expressions use, each once."""
    return {
        variable.name.text: tuple(dict.fromkeys(n.id for expr, _ in derived_exprs(variable) for n in names(expr)))
        for variable in reversed(dynamics_of(type).derived)
    }


@once
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


def dependents(graph: Mapping[str, tuple[str, ...]], start: str) -> set[str]:
    """``start`` and every name of the graph that depends on it."""
    return reachable(_turned(graph), start)


def in_order(graph: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The names in an order in which each follows what it depends on, without those for which there is none."""
    return _free(_turned(graph))


def possibly_cyclic(graph: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The graph without what can be no part of a cycle: names that lead nowhere or that nothing leads to."""
    return _peeled(_turned(_peeled(_turned(graph))))


def _turned(graph: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The graph with every arrow reversed, confined to its own names."""
    turned: dict[str, list[str]] = {name: [] for name in graph}
    for name, following in graph.items():
        for other in following:
            if other in turned:
                turned[other].append(name)
    return {name: tuple(following) for name, following in turned.items()}


def _peeled(graph: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Without the names that nothing leads to, over and over."""
    gone = set(_free(graph))
    return {name: tuple(f for f in graph[name] if f not in gone) for name in graph if name not in gone}


def _free(graph: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The names that nothing leads to, then those that only these lead to, and so on."""
    leading = dict.fromkeys(graph, 0)
    for following in graph.values():
        for other in following:
            leading[other] += 1
    free = [name for name, count in leading.items() if not count]
    for name in free:
        for other in graph[name]:
            leading[other] -= 1
            if not leading[other]:
                free.append(other)
    return free


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
