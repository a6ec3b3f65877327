"""RML610: something is declared in a component type and never used.

A parameter that no equation contains changes nothing, whatever its value: often a slip of the pen in the
equation. Parameters, derived parameters, constants, requirements, derived variables that are not exposed, and
children whose result nothing selects are looked at.

Example::

    <Parameter name="gamma" dimension="none"/>        (and no expression with gamma)

Fix: use it or remove it.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.couplings import formals
from rateml.checks.declarations import Declared, declarations, dynamics_of, sites
from rateml.checks.edits import attribute_of, cut_attribute, cut_element
from rateml.diagnostics import Code, Diagnostic, Edit, Fix
from rateml.model.nodes import ComponentType, DerivedVariable, Model
from rateml.syntax.tree import RML
from rateml.text import Span


def unused_name(model: Model) -> Iterator[Diagnostic]:
    """Every declaration of every type that has a component or is called."""
    live = {c.type.text for c in model.components} | {c.type.text for t in model.types for c in t.children}
    for type in model.types:
        if type.name.text not in live:
            continue
        used = _used(model, type)
        spans = _spans(model, type)
        for declared in declarations(type):
            if declared.kind != "state variable" and declared.name.text not in used:
                kind = declared.kind.capitalize()
                fixes = _remove(model, type, declared, spans.get(declared.name.span))
                yield Code.UNUSED_NAME.at(declared.name.span, kind=kind, name=declared.name, fixes=fixes)


def _used(model: Model, type: ComponentType) -> set[str]:
    used = {name.id for site in sites(type) for name in site.names}
    used |= {e.name.text for e in type.exposures}
    dynamics = dynamics_of(type)
    used |= {v.select.text.partition("/")[0] for v in dynamics.derived if isinstance(v, DerivedVariable) and v.select}
    for state in dynamics.states:
        period = attribute_of(model, state.span, "periodic", RML)
        used |= {period.value} if period else set()
    if type.role == "model":
        fed = {c.input.text for c in model.of_role("coupling") if c.input}
        # An input that nothing drives is told already.
        used |= {r.name.text for r in type.requirements if r.name.text not in fed and not r.optional}
        for child in type.children:
            function = model.type(child.type.text)
            used |= {r.name.text for r in function.requirements} if function else set()
        for component in model.of_role("coupling"):
            coupling = model.type(component.type.text)
            bound = {b.formal.text: b.actual.text for b in component.bind}
            used |= {bound.get(formal, formal) for formal in (formals(coupling) if coupling else ())}
    if type.role == "coupling":
        used |= {"pre", "post"} | {name[:-2] for name in used if name.endswith(("_i", "_j"))}
        variables = {v.name.text for v in dynamics.derived}
        if "pre" not in variables:
            used |= {r.name.text for r in type.requirements if r.name.text.endswith("_j")}
        if "post" not in variables:
            used.add("gx")
    return used


def _remove(model: Model, type: ComponentType, declared: Declared, span: Span | None) -> tuple[Fix, ...]:
    """Take the declaration away, and a parameter's values with it; nothing where others refer to it."""
    name = declared.name.text
    if span is None or declared.kind in ("requirement", "child"):
        return ()
    edits: list[Edit] = [cut_element(model, span)]
    if declared.kind == "parameter":
        owners: list[Span] = [c.span for c in model.components if c.type.text == type.name.text]
        if any(a.name.text == name for c in model.components if c.span in owners for a in c.sweep):
            return ()
        if type.role == "function":
            return ()
        for owner in owners:
            attribute = attribute_of(model, owner, name)
            edits += [cut_attribute(model, owner, attribute)] if attribute else []
    return (Fix(f"remove '{name}'", tuple(edits)),)


def _spans(model: Model, type: ComponentType) -> dict[Span, Span]:
    """The elements of a type by where their names stand."""
    element = model.element(type.span)
    every = ((e.attribute("name"), e.span) for e in (element.walk() if element else ()))
    return {name.value_span: span for name, span in every if name is not None}
