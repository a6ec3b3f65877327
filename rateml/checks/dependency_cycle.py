"""Derived variables or parameters that depend on themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rateml.checks.declarations import dynamics_of
from rateml.checks.dependencies import cycle_through, parameter_graph, variable_graph
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Ident, Model


def dependency_cycle(model: Model) -> Iterator[Diagnostic]:
    """A derived variable, or a derived parameter, is defined by itself.

    Derived names are evaluated in the order of their dependencies, so these must not run in a circle.
    Document order carries no meaning and cannot break one.

    Example: ``a = b + 1`` and ``b = 2 * a``

    Fix: make one of them a state variable, or write out its definition.
    """
    for type in model.types:
        yield from _cycles([p.name for p in type.derived_parameters], parameter_graph(type))
        yield from _cycles([d.name for d in dynamics_of(type).derived], variable_graph(type))


def _cycles(declared: Sequence[Ident], graph: Mapping[str, tuple[str, ...]]) -> Iterator[Diagnostic]:
    where = {name.text: name for name in reversed(declared)}
    told: set[str] = set()
    for name in declared:
        cycle = None if name.text in told else cycle_through(graph, name.text)
        if cycle and not told.intersection(cycle):
            related = tuple(Related(where[other].span, "and this is part of it") for other in cycle[1:-1])
            yield Code.DEPENDENCY_CYCLE.at(name.span, name=name, cycle=" → ".join(cycle), related=related)
        told.update(cycle or ())
