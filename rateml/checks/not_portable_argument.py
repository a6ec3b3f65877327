"""RML627: a function is called with something else than states and parameters (P7).

LEMS simulators evaluate the function type apart from the model: derived variables and inputs may reach it one
step late or not at all.

Example::

    <ComponentType name="Sigmoid" rml:role="function"><Requirement name="rate" dimension="none"/>…
    <DerivedVariable name="rate" dimension="none" value="2 * x"/>        (of the model that calls it)

Fix: let the function take the states and do the arithmetic itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import by_name
from rateml.checks.function_calls import function_calls
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Model

_EXACT = ("state variable", "parameter")


def not_portable_argument(model: Model) -> Iterator[Diagnostic]:
    """What the requirements of every called function are in the model."""
    for call in function_calls(model):
        known = by_name(call.caller)
        for requirement in call.function.requirements:
            found = known.get(requirement.name.text)
            if found is not None and found.kind not in _EXACT:
                name, child, kind = requirement.name, call.child.name, found.kind
                related = (Related(found.name.span, "declared here"), Related(name.span, "asked for here"))
                code = Code.NOT_PORTABLE_ARGUMENT
                yield code.at(child.span, name=name, child=child, kind=kind, related=related)
