"""RML607: the ``pre`` of a coupling type reads nothing of the source.

``pre`` is what one node sends to another. The source's values, delayed, are those whose names end in ``_j``; one
that uses none of them sends the same whatever the source does. Neither delays nor ``rml:speed`` play a part then.

Example::

    <Requirement name="r_i" dimension="none"/>
    <DerivedVariable name="pre" dimension="none" exposure="pre" value="r_i"/>

Fix: require the source's value and use it: ``r_j``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import by_name, dynamics_of
from rateml.checks.dependencies import reachable, variable_graph
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import ComponentType, Model


def source_free_pre(model: Model) -> Iterator[Diagnostic]:
    """What ``pre`` reads, of every coupling type that sums over connections."""
    for type in model.types:
        pre = next((v for v in dynamics_of(type).derived if v.name.text == "pre"), None)
        if type.role != "coupling" or pre is None:
            continue
        components = [c for c in model.of_role("coupling") if c.type.text == type.name.text]
        if components and all(c.reduce == "self" for c in components):
            continue  # the node is its own source
        read = reachable(variable_graph(type), "pre", stop=("post",))
        if any(name.endswith("_j") for name in read):
            continue
        if read & {"gx", "post"} or not read <= _known(type):
            continue  # told already, and what was meant may well be the source
        speeds = [c.speed for c in components if c.delayed and c.speed is not None]
        related = tuple(Related(s.span, "this speed has no effect") for s in speeds)
        help = _help(type, read)
        yield Code.SOURCE_FREE_PRE.at(pre.name.span, name=type.name, help=help, related=related)


def _known(type: ComponentType) -> set[str]:
    return {*by_name(type), *(f"{p.name}_i" for p in type.parameters)}


def _help(type: ComponentType, read: set[str]) -> str:
    own = [r.name.text for r in type.requirements if r.name.text in read and r.name.text.endswith("_i")]
    meant = f"did you mean {own[0][:-2]}_j?" if own else "use the source's value, such as x_j"
    return f"delays and the source's state play no part; {meant}"
