"""What a coupling type may require, and what it sums."""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.couplings import FIXED, formal_of, pre_dimension
from rateml.checks.declarations import dynamics_of
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import Model


def coupling_requirement(model: Model) -> Iterator[Diagnostic]:
    """A coupling type requires something that a coupling does not have.

    It may require ``v_j`` (the delayed value of v at the source), ``v_i`` (its current value at the
    target), ``gx`` (the weighted sum, for ``post``) and ``n_node`` (the number of nodes).

    Example: ``<Requirement name="x" …/>``

    Fix: ``x_j`` or ``x_i``.
    """
    for type in model.types:
        if type.role != "coupling":
            continue
        for requirement in type.requirements:
            name = requirement.name
            if name.text and name.text not in FIXED and formal_of(requirement) is None:
                help = f"write '{name}_j' for the source's value or '{name}_i' for the target's; also gx and n_node"
                yield Code.BAD_COUPLING_REQUIREMENT.at(name.span, name=name, help=help)


def missing_pre(model: Model) -> Iterator[Diagnostic]:
    """A coupling type has no ``pre`` and not exactly one variable that could stand in for it.

    Without a ``pre``, what is summed is ``v_j`` of the only variable that is required.

    Fix: add a DerivedVariable ``pre`` and its Exposure, or require one ``v_j``.
    """
    for type in model.types:
        if type.role != "coupling" or pre_dimension(type) is not None:
            continue
        named_wrong = any(r.name.text not in FIXED and formal_of(r) is None for r in type.requirements)
        lost = any(e.name.text == "pre" for e in type.exposures)
        if named_wrong or lost:
            continue
        post = next((d for d in dynamics_of(type).derived if d.name.text != "post"), None)
        help = 'add <DerivedVariable name="pre" exposure="pre" …/> and <Exposure name="pre" …/>'
        if post is not None and not type.exposures:
            help = f"'{post.name}' would have to be called 'pre' and be exposed"
        yield Code.MISSING_PRE.at(type.name.span, name=type.name, help=help)
