"""RML319: a function takes a value from its caller that the calling model does not have.

The Requirements of a function are its arguments: each is the state, parameter or other variable of that name
in the model that calls it.

Example::

    <ComponentType name="Sigmoid" rml:role="function"><Requirement name="V" dimension="none"/>…
    <ComponentType name="Model" rml:role="model"><Child name="s" type="Sigmoid"/>…        (and no V)

Fix: declare it in the model, or rename the function's Requirement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rateml.checks.declarations import Declared, by_name, place_of
from rateml.checks.function_calls import function_calls
from rateml.checks.once import once
from rateml.diagnostics import Code, Diagnostic, Related, did_you_mean
from rateml.model.nodes import ComponentType, Model


def unmet_requirement(model: Model) -> Iterator[Diagnostic]:
    """The arguments of every call."""
    for call in function_calls(model):
        known = _arguments(call.caller)
        for requirement in call.function.requirements:
            name = requirement.name
            if name.text and name.text not in known:
                help = did_you_mean(name.text, known) or f"declare '{name}' in the model type"
                related = (Related(name.span, "it is asked for here"),)
                code, place = Code.UNMET_REQUIREMENT, place_of(call.caller)
                at, type = call.child.name.span, call.function.name
                yield code.at(at, type=type, name=name, place=place, help=help, related=related)


@once
def _arguments(caller: ComponentType) -> Mapping[str, Declared]:
    """What a type has to give to a function."""
    return {name: d for name, d in by_name(caller).items() if d.kind != "child"}
