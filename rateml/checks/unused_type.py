"""RML611: nothing uses a component type.

A coupling type without a Component couples nothing, and a function that no Child calls computes nothing.
Types of included files are libraries, and not looked at.

Example::

    <ComponentType name="Sum" rml:role="coupling">…</ComponentType>        (and no Component of it)

Fix: add a Component or a Child of this type, or remove it.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.edits import cut_element
from rateml.diagnostics import Code, Diagnostic, Fix
from rateml.model.nodes import Model


def unused_type(model: Model) -> Iterator[Diagnostic]:
    """Types of the file itself that no Component and no Child names."""
    used = {c.type.text for c in model.components} | {c.type.text for t in model.types for c in t.children}
    for type in model.types:
        if type.name.text and type.name.text not in used and type.span.file == model.file:
            what = "a Child that calls it" if type.role == "function" else "a Component of it"
            fixes = (Fix("remove the type", (cut_element(model, type.span),)),)
            yield Code.UNUSED_TYPE.at(type.name.span, name=type.name, help=f"add {what}", fixes=fixes)
