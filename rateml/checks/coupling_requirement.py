"""RML511: a coupling type requires something that a coupling does not have.

It may require ``v_j`` (the delayed value of v at the source), ``v_i`` (its current value at the target),
``gx`` (the weighted sum, for ``post``) and ``n_node`` (the number of nodes).

Example::

    <Requirement name="x" dimension="none"/>

Fix: ``x_j`` or ``x_i``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.couplings import FIXED, formal_of
from rateml.checks.declarations import sites
from rateml.diagnostics import Code, Diagnostic, Edit, Fix
from rateml.model.nodes import ComponentType, Ident, Model


def coupling_requirement(model: Model) -> Iterator[Diagnostic]:
    """Requirements of coupling types that are not of the form ``v_i`` or ``v_j``."""
    for type in model.types:
        if type.role != "coupling":
            continue
        for requirement in type.requirements:
            name = requirement.name
            if name.text and name.text not in FIXED and formal_of(requirement) is None:
                help = f"write '{name}_j' for the source's value or '{name}_i' for the target's; also gx and n_node"
                known = {r.name.text for r in type.requirements}
                fixes = tuple(_rename(type, name, f"{name}_{end}") for end in "ji" if f"{name}_{end}" not in known)
                yield Code.BAD_COUPLING_REQUIREMENT.at(name.span, name=name, help=help, fixes=fixes)


def _rename(type: ComponentType, name: Ident, new: str) -> Fix:
    """Another name, here and wherever the type uses it."""
    uses = [n.span for site in sites(type) for n in site.names if n.id == name.text]
    return Fix(f"call it '{new}'", tuple(Edit(span, new) for span in (name.span, *uses)), guess=True)
