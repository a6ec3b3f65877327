"""RML612: nothing uses a dimension or unit that the file defines.

Definitions in included files are libraries, and not looked at.

Example::

    <Dimension name="per_time3" t="-3"/>        (and nothing of this dimension)

Fix: remove it.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.definition_uses import dimension_uses, unit_uses
from rateml.checks.edits import cut_element
from rateml.diagnostics import Code, Diagnostic, Fix
from rateml.model.nodes import Model


def unused_definition(model: Model) -> Iterator[Diagnostic]:
    """The Dimension and Unit elements of the file itself."""
    dimensions, units = dimension_uses(model), unit_uses(model, plain=False)
    for root in model.roots[-1:]:
        for kind, attribute, used in (("dimension", "name", dimensions), ("unit", "symbol", units)):
            for element in root.named(kind.capitalize()):
                name = element.attribute(attribute)
                if name is not None and name.value not in used:
                    fixes = (Fix(f"remove the {kind}", (cut_element(model, element.span),)),)
                    yield Code.UNUSED_DEFINITION.at(name.value_span, kind=kind, name=name.value, fixes=fixes)
