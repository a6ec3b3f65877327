"""RML515: a coupling type does not say what it sums.

What is summed over the connections is ``pre``. Without one it is the value ``v_j`` of the only variable that
the type requires, so there must be exactly one.

Example::

    <ComponentType name="Sum" rml:role="coupling">
        <Requirement name="x_j" dimension="none"/>
        <Requirement name="y_j" dimension="none"/>
    </ComponentType>

Fix: add ``<DerivedVariable name="pre" exposure="pre" …/>`` and its Exposure, or require one ``v_j``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.couplings import FIXED, formal_of, pre_dimension
from rateml.checks.declarations import dynamics_of
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import Model


def missing_pre(model: Model) -> Iterator[Diagnostic]:
    """Coupling types of which it is not known what they sum."""
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
