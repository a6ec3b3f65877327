"""RML303: a derived variable, or a derived parameter, is defined by itself.

Derived names are evaluated in the order of their dependencies, so these must not run in a circle. Document
order carries no meaning and cannot break one. A circle may also lead through a function that the model calls.

Example::

    <DerivedVariable name="a" dimension="none" value="b + 1"/>
    <DerivedVariable name="b" dimension="none" value="2 * a"/>

Fix: make one of them a state variable, or write out its definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rateml.checks.declarations import dynamics_of
from rateml.checks.dependencies import cycle_through, model_graph, parameter_graph, possibly_cyclic
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Ident, Model


def dependency_cycle(model: Model) -> Iterator[Diagnostic]:
    """One cycle of each knot of names."""
    for type in model.types:
        yield from _cycles([p.name for p in type.derived_parameters], parameter_graph(type))
        yield from _cycles([d.name for d in dynamics_of(type).derived], model_graph(model, type))


def _cycles(declared: Sequence[Ident], graph: Mapping[str, tuple[str, ...]]) -> Iterator[Diagnostic]:
    graph = possibly_cyclic(graph)
    where = {name.text: name for name in reversed(declared)}
    told: set[str] = set()
    for name in declared:
        cycle = None if name.text in told or name.text not in graph else cycle_through(graph, name.text)
        if cycle and not told.intersection(cycle):
            related = tuple(Related(where[other].span, "and this is part of it") for other in cycle[1:-1])
            yield Code.DEPENDENCY_CYCLE.at(name.span, name=name, cycle=" → ".join(cycle), related=related)
        told.update(cycle or ())
