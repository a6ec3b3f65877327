"""RML601: nothing drives an input of the model.

An input that no coupling feeds is a port: 0 unless it is driven at run time (``--drive``). That is often a
coupling that was forgotten, or one with the wrong ``rml:input``.

Example::

    <Requirement name="stimulus" dimension="none"/>

Fix: add a coupling Component with this ``rml:input``; or, if it is a port on purpose, say so:
``rml:optional="true"`` on the Requirement. ``--fix`` leaves this to you.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.edits import add_attribute
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import Model


def undriven_port(model: Model) -> Iterator[Diagnostic]:
    """Requirements of the model that no coupling names and that are not optional."""
    if any(model.type(c.type.text) is None for c in model.components):
        return
    fed = {c.input.text if c.input else "" for c in model.of_role("coupling")}
    for component in model.of_role("model")[:1]:
        type = model.type(component.type.text)
        if type and not fed <= {r.name.text for r in type.requirements}:
            return  # some coupling names no input of the model: which one it means is not known
        for requirement in type.requirements if type else ():
            if requirement.name.text not in fed and not requirement.optional:
                help = 'add a coupling Component with this rml:input, or rml:optional="true"'
                fixes = add_attribute(model, requirement.span, "rml:optional", "true", guess=True)
                yield Code.UNDRIVEN_PORT.at(requirement.name.span, name=requirement.name, help=help, fixes=fixes)
