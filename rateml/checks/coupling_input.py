"""Which input a coupling feeds, and inputs that nothing feeds."""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.couplings import couplings
from rateml.diagnostics import Code, Diagnostic, did_you_mean, rename
from rateml.model.nodes import Model


def coupling_input(model: Model) -> Iterator[Diagnostic]:
    """A coupling does not say which input of the model it feeds, or names something that is none.

    ``rml:input`` names a Requirement of the model type; several couplings on one input add. ``rml:model``
    may be left out: there is only one model component.

    Example: ``rml:input="c_theta"``
    """
    for coupling in couplings(model):
        component, wanted = coupling.component, [r.name.text for r in coupling.model.requirements]
        if component.input is None:
            help = "add rml:input, one of " + ", ".join(wanted) if wanted else "the model has no Requirement to feed"
            yield Code.MISSING_INPUT.at(component.id.span, component=component.id, help=help)
        elif component.input.text not in wanted:
            name, at = component.input.text, component.input.span
            help, fixes = did_you_mean(name, wanted), rename(at, name, wanted)
            yield Code.UNKNOWN_INPUT.at(at, name=name, type=coupling.model.name, help=help, fixes=fixes)
        targets = [c.id.text for c in model.of_role("model")]
        if component.model is not None and component.model.text not in targets:
            at, known = component.model.span, targets
            fixes = (*rename(at, component.model.text, known),)
            help = f"the model component is '{known[0]}'"
            yield Code.UNKNOWN_MODEL.at(at, name=component.model, help=help, fixes=fixes)


def undriven_port(model: Model) -> Iterator[Diagnostic]:
    """No coupling feeds an input of the model.

    Such an input is a port: 0 unless it is driven at run time. If that is what it is for, say so with
    ``rml:optional="true"`` on its Requirement.
    """
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
                yield Code.UNDRIVEN_PORT.at(requirement.name.span, name=requirement.name, help=help)
