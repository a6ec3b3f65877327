"""Repairs that need a decision: a derivative to fill in, values to begin with, a Parameter for the noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rateml.checks.declarations import by_name
from rateml.checks.edits import add_attribute, add_element, dimension_name
from rateml.diagnostics import Code, Diagnostic, Edit
from rateml.ide.analysis import Analysis
from rateml.ide.complete_tags import unit_for
from rateml.ide.refactor import Refactoring
from rateml.model.dimension import TIME
from rateml.model.nodes import ComponentType, Model, StateVariable
from rateml.syntax.expr import Name, Num


def missing_parts(analysis: Analysis, touched: Sequence[Diagnostic]) -> Iterator[Refactoring]:
    """What can be added for diagnostics of the file that have no fix of their own."""
    model = analysis.model
    if model is None or analysis.document.diagnostics:
        return
    for d in touched:
        if d.code is Code.MISSING_DERIVATIVE:
            yield from _derivative(model, d)
        elif d.code is Code.MISSING_VALUE:
            yield from _values(model, d)
        elif d.code is Code.FIXED_DIFFUSION:
            yield from _noise(analysis, model, d)


def _state(model: Model, d: Diagnostic) -> tuple[ComponentType, StateVariable] | None:
    """The state variable that a diagnostic stands in."""
    for type in model.types:
        for state in type.dynamics.states if type.dynamics else ():
            if state.span.file == d.span.file and state.span.start <= d.span.start < state.span.end:
                return type, state
    return None


def _derivative(model: Model, d: Diagnostic) -> Iterator[Refactoring]:
    found = _state(model, d)
    if found is None or found[0].dynamics is None:
        return
    text = f'<TimeDerivative variable="{found[1].name.text}" value="0"/>'
    edits = add_element(model, model.element(found[0].dynamics.span), "TimeDerivative", text)
    if edits:
        yield Refactoring(f"add the derivative of '{found[1].name.text}'", "quickfix", edits)


def _values(model: Model, d: Diagnostic) -> Iterator[Refactoring]:
    """A value for each parameter of a Component that has none: the lower end of its range, or 0."""
    for component in model.components:
        type = model.type(component.type.text)
        inside = component.span.file == d.span.file and component.span.start <= d.span.start < component.span.end
        element = model.element(component.span)
        if not inside or type is None or element is None:
            continue
        given = {v.name.text for v in component.values}
        text = ""
        for p in type.parameters:
            if p.name.text and p.name.text not in given:
                unit = unit_for(model, p.dimension)
                value = p.low.text.strip() if p.low else f"0 {unit}".rstrip()
                text += f' {p.name.text}="{value}"'
        at = max((a.span for a in element.attributes), default=element.name_span)
        if text:
            edit = Edit(at._replace(start=at.end), text)
            yield Refactoring("give every parameter a value to begin with", "quickfix", (edit,))


def _noise(analysis: Analysis, model: Model, d: Diagnostic) -> Iterator[Refactoring]:
    """A Parameter in place of a diffusion that is a number or a Constant."""
    for type in model.types:
        states = {s.name.text: s for s in (type.dynamics.states if type.dynamics else ())}
        constants = {c.name.text: c.value.text for c in type.constants}
        for derivative in type.dynamics.derivatives if type.dynamics else ():
            span = derivative.span
            if derivative.diffusion is None or not (span.file == d.span.file and span.start <= d.span.start < span.end):
                continue
            expr, state = derivative.diffusion, states.get(derivative.variable.text)
            value = constants.get(expr.id) if isinstance(expr, Name) else analysis.slice(expr.span)
            if state is None or value is None or not isinstance(expr, (Name, Num)):
                return
            name = f"D_{state.name.text}"
            dimension = dimension_name(model, state.dimension * state.dimension / TIME)
            text = f'<Parameter name="{name}" dimension="{dimension}"/>'
            taken = name in by_name(type)
            added = () if taken else add_element(model, model.element(type.span), "Parameter", text)
            if not added or dimension is None:
                return
            given = (
                fix.edits[0]
                for c in model.components
                if c.type.text == type.name.text
                for fix in add_attribute(model, c.span, name, value)
            )
            edits = (*added, Edit(expr.span, name), *given)
            yield Refactoring(f"make the noise on '{state.name.text}' a parameter", "refactor.rewrite", edits)
