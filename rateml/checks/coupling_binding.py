"""``rml:bind``: the variables of the model that a coupling reads."""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.couplings import Coupling, bindable, couplings, formals
from rateml.checks.declarations import by_name
from rateml.checks.dependencies import reachable, variable_graph
from rateml.diagnostics import Code, Diagnostic, Related, did_you_mean, rename
from rateml.model.nodes import Ident, Model, Requirement
from rateml.text import Span


def coupling_binding(model: Model) -> Iterator[Diagnostic]:
    """A coupling's variable is bound to nothing the model has, or the binding names no such variable.

    A coupling type that requires ``x_j`` or ``x_i`` asks for a variable ``x``. Its component says which
    state or derived variable of the model that is: ``rml:bind="x=theta"``; without a binding it is the one
    of the same name.
    """
    for coupling in couplings(model):
        asked = formals(coupling.type)
        seen: dict[str, Ident] = {}
        for binding in coupling.component.bind:
            formal = binding.formal
            if formal.text not in asked:
                fixes = rename(formal.span, formal.text, asked)
                help = did_you_mean(formal.text, asked)
                yield Code.UNKNOWN_FORMAL.at(formal.span, name=formal, type=coupling.type.name, help=help, fixes=fixes)
            elif formal.text in seen:
                related = (Related(seen[formal.text].span, "first bound here"),)
                yield Code.FORMAL_TWICE.at(formal.span, name=formal, related=related)
            seen.setdefault(formal.text, formal)
        misspelt = any(name not in asked for name in seen)
        for name, required in asked.items():
            if name in seen or not misspelt:
                yield from _actual(coupling, name, required[0])


def bound_to(coupling: Coupling, formal: str) -> tuple[str, Span]:
    """The variable a formal is bound to, and the place to speak of it."""
    for binding in coupling.component.bind:
        if binding.formal.text == formal:
            return binding.actual.text, binding.actual.span
    return formal, coupling.component.id.span


def _actual(coupling: Coupling, formal: str, requirement: Requirement) -> Iterator[Diagnostic]:
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
        help, fixes = f'add rml:bind="{formal}=…", one of ' + ", ".join(known), ()
    yield Code.UNKNOWN_ACTUAL.at(at, problem=problem, help=help, fixes=fixes, related=tuple(related))


def actual_depends_on_input(model: Model) -> Iterator[Diagnostic]:
    """A coupling reads a derived variable that itself depends on an input of the model.

    Its history would need the coupling, and the coupling its history. That can be resolved by delays, but
    is not supported yet.

    Fix: bind a state, or a derived variable of states and parameters.
    """
    for coupling in couplings(model):
        inputs = {r.name.text for r in coupling.model.requirements}
        graph = variable_graph(coupling.model)
        for formal in formals(coupling.type):
            name, at = bound_to(coupling, formal)
            found = sorted(reachable(graph, name) & inputs) if name in graph else []
            if found:
                help = "bind a state variable, or a derived variable of states and parameters"
                yield Code.ACTUAL_DEPENDS_ON_INPUT.at(at, name=name, input=found[0], help=help)
