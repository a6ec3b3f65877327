"""RML509: a binding names a variable that the coupling type does not ask for.

A coupling type that requires ``x_j`` or ``x_i`` asks for a variable ``x``; ``rml:bind`` says which state or
derived variable of the model that is.

Example::

    <Requirement name="x_j" dimension="none"/>
    <Component id="net" type="Sum" rml:bind="y=theta" rml:input="c"/>

Fix: the name before ``=`` is the coupling's, the one behind it the model's: ``x=theta``.

RML510: a coupling's variable is bound to nothing that the model has.

Without a binding a variable of the coupling is the model's variable of the same name. It must be a state or
a derived variable.

Example::

    <Component id="net" type="Sum" rml:bind="x=thta" rml:input="c"/>

Fix: name a state or derived variable of the model: ``rml:bind="x=theta"``.

RML518: one variable of a coupling is bound twice.

Each variable that the coupling type asks for is one variable of the model.

Example::

    <Component id="net" type="Sum" rml:bind="x=theta; x=V" rml:input="c"/>

Fix: remove one of the bindings.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.couplings import Coupling, bindable, bound_to, couplings, formals
from rateml.checks.declarations import by_name
from rateml.checks.edits import add_attribute
from rateml.diagnostics import Code, Diagnostic, Edit, Fix, Related, did_you_mean, rename
from rateml.model.nodes import Ident, Model, Requirement
from rateml.syntax.tree import RML
from rateml.text import Span


def coupling_binding(model: Model) -> Iterator[Diagnostic]:
    """What is bound, and what would have to be."""
    for coupling in couplings(model):
        asked = formals(coupling.type)
        seen: dict[str, Ident] = {}
        bound: dict[str, str] = {}
        taken = {b.formal.text for b in coupling.component.bind}
        free = [name for name in asked if name not in taken]
        for number, binding in enumerate(coupling.component.bind):
            formal = binding.formal
            if formal.text not in asked:
                fixes = rename(formal.span, formal.text, free)
                help = did_you_mean(formal.text, free) or "it asks for " + ", ".join(asked)
                yield Code.UNKNOWN_FORMAL.at(formal.span, name=formal, type=coupling.type.name, help=help, fixes=fixes)
            elif formal.text in seen:
                related = (Related(seen[formal.text].span, "first bound here"),)
                gap = Span(
                    coupling.component.bind[number - 1].actual.span.end, binding.actual.span.end, formal.span.file
                )
                same = bound[formal.text] == binding.actual.text
                fixes = (Fix("remove the second", (Edit(gap, ""),)),) if same else ()
                yield Code.FORMAL_TWICE.at(formal.span, name=formal, related=related, fixes=fixes)
            seen.setdefault(formal.text, formal)
            bound.setdefault(formal.text, binding.actual.text)
        misspelt = any(name not in asked for name in seen)
        for name, required in asked.items():
            if name in seen or not misspelt:
                yield from _actual(model, coupling, name, required[0])


def _actual(model: Model, coupling: Coupling, formal: str, requirement: Requirement) -> Iterator[Diagnostic]:
    name, at = bound_to(coupling, formal)
    known = bindable(coupling.model)
    if name in known:
        return
    written = any(b.formal.text == formal for b in coupling.component.bind)
    related = [Related(requirement.name.span, f"'{formal}' is asked for here")]
    other = by_name(coupling.model).get(name)
    if other is not None:
        related.append(Related(other.name.span, f"'{name}' is a {other.kind}"))
    if written:
        problem = f"model type '{coupling.model.name}' has no state or derived variable '{name}'"
        help, fixes = did_you_mean(name, known), rename(at, name, known)
    else:
        problem = f"coupling '{coupling.component.id}' does not say what '{formal}' is"
        help = f'add rml:bind="{formal}=…", one of ' + ", ".join(known)
        fitting = [n for n, d in known.items() if d.dimension == requirement.dimension]
        fixes = _bind(model, coupling, f"{formal}={fitting[0]}") if len(fitting) == 1 else ()
    yield Code.UNKNOWN_ACTUAL.at(at, problem=problem, help=help, fixes=fixes, related=tuple(related))


def _bind(model: Model, coupling: Coupling, text: str) -> tuple[Fix, ...]:
    element = model.element(coupling.component.span)
    attribute = element.attribute("bind", RML) if element else None
    if attribute is None:
        return add_attribute(model, coupling.component.span, "rml:bind", text, guess=True)
    end = attribute.value_span.end
    return (Fix(f"bind {text}", (Edit(Span(end, end, attribute.span.file), f"; {text}"),), guess=True),)
