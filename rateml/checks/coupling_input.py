"""RML506: a coupling does not say which input of the model it feeds.

``rml:input`` names a Requirement of the model type. Several couplings on one input add.

Example::

    <Component id="net" type="Sum" rml:bind="x=theta"/>

Fix: ``rml:input="c_theta"``.

RML507: a coupling feeds something that is no input of the model.

The inputs of a model are the Requirements of its type.

Example::

    <Component id="net" type="Sum" rml:input="theta" rml:bind="x=theta"/>

Fix: name a Requirement: ``rml:input="c_theta"``.

RML508: ``rml:model`` names something else than the model component.

A file has one model component, so the attribute may be left out.

Example::

    <Component id="net" type="Sum" rml:model="kuramto" rml:input="c_theta"/>

Fix: write the id of the model component, or remove ``rml:model``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.couplings import couplings
from rateml.checks.edits import add_attribute
from rateml.diagnostics import Code, Diagnostic, did_you_mean, rename, replace
from rateml.model.nodes import Model


def coupling_input(model: Model) -> Iterator[Diagnostic]:
    """``rml:input`` and ``rml:model`` of every coupling."""
    targets = [c.id.text for c in model.of_role("model")]
    fed = {c.input.text for c in model.of_role("coupling") if c.input}
    for coupling in couplings(model):
        component, wanted = coupling.component, [r.name.text for r in coupling.model.requirements]
        if component.input is None:
            help = "add rml:input, one of " + ", ".join(wanted) if wanted else "the model has no Requirement to feed"
            left = [name for name in wanted if name not in fed] if len(wanted) > 1 else wanted
            fixes = (
                add_attribute(model, component.span, "rml:input", left[0], guess=len(wanted) > 1)
                if len(left) == 1
                else ()
            )
            yield Code.MISSING_INPUT.at(component.id.span, component=component.id, help=help, fixes=fixes)
        elif component.input.text not in wanted:
            name, at = component.input.text, component.input.span
            help, fixes = did_you_mean(name, wanted), rename(at, name, wanted)
            if not help:
                help = "its inputs are " + ", ".join(wanted) if wanted else "it has no inputs: add a <Requirement>"
            yield Code.UNKNOWN_INPUT.at(at, name=name, type=coupling.model.name, help=help, fixes=fixes)
        if component.model is not None and component.model.text not in targets:
            at, known = component.model.span, targets
            help = f"the model component is '{known[0]}'"
            yield Code.UNKNOWN_MODEL.at(at, name=component.model, help=help, fixes=(replace(at, known[0]),))
