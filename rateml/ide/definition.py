"""Where a name is declared, where it is used, and of which type it is."""

from __future__ import annotations

from rateml.checks.cascade import innermost
from rateml.ide.analysis import Analysis
from rateml.ide.links import include_at
from rateml.ide.names import Occurrence, Symbol, declaration_of, occurrence_at, of_symbol, owner_of
from rateml.model.nodes import Model
from rateml.text import Span


def definition(analysis: Analysis, offset: int) -> Span | None:
    """The declaration of the name at an offset, or the start of the file that an Include names."""
    included = include_at(analysis, offset)
    if included is not None:
        return Span(0, 0, included)
    found = occurrence_at(analysis, offset)
    if found is None or analysis.model is None:
        return None
    declared = declaration_of(analysis.model, found.symbol)
    return declared.span if declared else None


def type_definition(analysis: Analysis, offset: int) -> Span | None:
    """The component type of a Component or Child, the dimension of a quantity."""
    found = occurrence_at(analysis, offset)
    model = analysis.model
    if found is None or model is None:
        return None
    declared = declaration_of(model, _type_of(model, found.symbol) or found.symbol)
    return declared.span if declared else None


def _type_of(model: Model, symbol: Symbol) -> Symbol | None:
    if symbol.kind == "component":
        component = model.component(symbol.name)
        return Symbol("type", component.type.text) if component else None
    owner = owner_of(model, symbol)
    if symbol.kind == "child" and owner is not None:
        return next((Symbol("type", c.type.text) for c in owner.children if c.name.text == symbol.name), None)
    declared = declaration_of(model, symbol)
    if owner is None or declared is None:
        return None
    attribute = innermost(model.roots, declared.span).attribute("dimension")
    return Symbol("dimension", attribute.value) if attribute else None


def references(analysis: Analysis, offset: int, *, declaration: bool = True) -> tuple[Occurrence, ...]:
    """Every place where the name at an offset is written, in the file and in those it includes."""
    found = occurrence_at(analysis, offset)
    if found is None or analysis.model is None:
        return ()
    every = of_symbol(analysis.model, found.symbol)
    return tuple(o for o in every if declaration or not o.declares)


def highlights(analysis: Analysis, offset: int) -> tuple[Occurrence, ...]:
    """The references that are in this file."""
    return tuple(o for o in references(analysis, offset) if o.span.file == analysis.file)
