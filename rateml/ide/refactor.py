"""Changes to the mathematics: declaring names, naming a part of an expression, putting a variable into its uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rateml.checks.declarations import Place, Site, by_name, declarations, dynamics_of, environment, sites
from rateml.checks.edits import add_attribute, add_element, cut_element, dimension_name
from rateml.checks.infer import Inference
from rateml.diagnostics import Code, Diagnostic, Edit
from rateml.ide.analysis import Analysis
from rateml.ide.names import Symbol, occurrence_at, of_symbol
from rateml.model.dimension import NONE, UNKNOWN, Dimension
from rateml.model.nodes import ComponentType, DerivedVariable, Model, StateVariable
from rateml.syntax.expr import Expr, Name, Num
from rateml.text import Span

_EVERYTHING: tuple[Place, ...] = ("derived", "derivative", "diffusion")


@dataclass(frozen=True, slots=True)
class Refactoring:
    title: str
    kind: Literal["quickfix", "refactor.extract", "refactor.inline", "refactor.rewrite"]
    edits: tuple[Edit, ...]


def refactorings(analysis: Analysis, start: int, end: int, touched: Sequence[Diagnostic]) -> Iterator[Refactoring]:
    """What can be done with the range of a file; ``touched`` are the diagnostics in it."""
    model = analysis.model
    type = analysis.type_at(start + 1)
    if model is None or type is None or analysis.document.diagnostics:
        return
    for d in touched:
        if d.code is Code.UNDEFINED_NAME:
            yield from _declare(model, type, d)
    yield from _extract(analysis, model, type, start, end)
    yield from _inline(analysis, model, type, start)
    yield from _dynamics(model, type, start)


def _declare(model: Model, type: ComponentType, d: Diagnostic) -> Iterator[Refactoring]:
    """The missing name as something of the type."""
    found = [(s, n) for s in sites(type) for n in s.names if n.span == d.span]
    if not found:
        return
    site, name = found[0]
    dimension = dimension_name(model, _needed(model, type, site, name.id)) or "none"
    element = model.element(type.span)
    unit = next((u.symbol for u in model.units.values() if u.dimension == model.dimensions[dimension]), "")
    value = "1" if dimension == "none" or not unit else f"1 {unit}"
    kinds = [("parameter", "Parameter", f'<Parameter name="{name.id}" dimension="{dimension}"/>')]
    kinds.append(("constant", "Constant", f'<Constant name="{name.id}" dimension="{dimension}" value="{value}"/>'))
    if type.role == "model" and site.place in _EVERYTHING:
        kinds.append(("input", "Requirement", f'<Requirement name="{name.id}" dimension="{dimension}"/>'))
    for word, tag, text in kinds:
        edits = add_element(model, element, tag, text)
        if edits:
            yield Refactoring(f"declare '{name.id}' as a {word}".replace("a input", "an input"), "quickfix", edits)
    if site.place in _EVERYTHING and type.dynamics is not None:
        text = f'<DerivedVariable name="{name.id}" dimension="{dimension}" value="0"/>'
        edits = add_element(model, model.element(type.dynamics.span), "DerivedVariable", text)
        if edits:
            yield Refactoring(f"declare '{name.id}' as a derived variable", "quickfix", edits)


def _needed(model: Model, type: ComponentType, site: Site, name: str) -> Dimension:
    """The dimension with which the expression works out: the plain one where it does, else the first."""
    if site.dimension is None or site.dimension is UNKNOWN:
        return NONE
    for dimension in (NONE, *model.dimensions.values()):
        inference = Inference({**environment(type), name: dimension})
        found = inference.infer(site.expr)
        if not inference.faults and (found is None or found == site.dimension):
            return dimension
    return NONE


def _extract(analysis: Analysis, model: Model, type: ComponentType, start: int, end: int) -> Iterator[Refactoring]:
    """The selected part of an expression as a derived variable of its own."""
    start, end = _bare(analysis.text, start, end)
    if end <= start or type.dynamics is None or type.role == "function":
        return
    for site in sites(type):
        if site.place not in _EVERYTHING:
            continue
        for node in site.nodes:
            if node.span == Span(start, end, analysis.file) and not isinstance(node, (Name, Num)):
                yield from _extracted(analysis, model, type, site, node)
                return


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """A selection without blanks and parentheses around it."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if end - start > 1 and text[start] == "(" and text[end - 1] == ")":
        depth = 0
        for at in range(start, end):
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            if not depth and at < end - 1:
                return start, end
        return _bare(text, start + 1, end - 1)
    return start, end


def _extracted(analysis: Analysis, model: Model, type: ComponentType, site: Site, node: Expr) -> Iterator[Refactoring]:
    dimension = Inference(environment(type)).infer(node)
    named = dimension_name(model, NONE if dimension is None else dimension)
    dynamics = type.dynamics
    if named is None or dimension is UNKNOWN or dynamics is None:
        return
    name = _fresh(type, f"{site.owner.text}_part")
    text = f'<DerivedVariable name="{name}" dimension="{named}" value="{analysis.slice(node.span)}"/>'
    own = next((v for v in dynamics.derived if v.name.span == site.owner.span), None)
    if own is not None:
        at = Span(own.span.start, own.span.start, own.span.file)
        line = analysis.source.position(own.span.start).line
        blank = analysis.text[analysis.source.line_start(line) : own.span.start]
        added: tuple[Edit, ...] = (Edit(at, f"{text}\n{blank if not blank.strip() else ''}"),)
    else:
        added = add_element(model, model.element(dynamics.span), "DerivedVariable", text)
    if added:
        yield Refactoring(f"extract to derived variable '{name}'", "refactor.extract", (*added, Edit(node.span, name)))


def _fresh(type: ComponentType, name: str) -> str:
    taken = {d.name.text for d in declarations(type)}
    number = 1
    while f"{name}{number}" in taken:
        number += 1
    return f"{name}{number}"


def _inline(analysis: Analysis, model: Model, type: ComponentType, start: int) -> Iterator[Refactoring]:
    """A derived variable that is neither shown nor bound, in place of its name."""
    found = occurrence_at(analysis, start)
    if found is None or found.symbol.kind != "derived variable" or found.symbol.owner != type.name.text:
        return
    name = found.symbol.name
    variable = next((v for v in dynamics_of(type).derived if v.name.text == name), None)
    if not isinstance(variable, DerivedVariable) or variable.value is None or variable.exposure is not None:
        return
    element = model.element(variable.span)
    attribute = element.attribute("value") if element else None
    uses = [o for o in of_symbol(model, Symbol("derived variable", name, type.name.text)) if not o.declares]
    inside = {n.span for s in sites(type) for n in s.names if n.id == name}
    if (
        attribute is None
        or not uses
        or any(o.span not in inside for o in uses)
        or any(n.id == name for s in sites(type) if s.owner.text == name and s.place == "derived" for n in s.names)
    ):
        return
    text = analysis.slice(attribute.value_span).strip()
    if not isinstance(variable.value, (Name, Num)):
        text = f"({text})"
    edits = (*(Edit(o.span, text) for o in uses), cut_element(model, variable.span))
    yield Refactoring(
        f"put '{name}' into its {len(uses)} {'use' if len(uses) == 1 else 'uses'}", "refactor.inline", edits
    )


def _dynamics(model: Model, type: ComponentType, start: int) -> Iterator[Refactoring]:
    """An exposure for the variable, initial values for the states."""
    dynamics = type.dynamics
    if dynamics is None or type.role != "model":
        return
    exposed = {e.name.text for e in type.exposures}
    for variable in (*dynamics.states, *dynamics.derived):
        if not variable.span.start <= start <= variable.span.end or variable.exposure is not None:
            continue
        name = variable.name.text
        dimension = dimension_name(model, variable.dimension)
        fix = add_attribute(model, variable.span, "exposure", name)
        text = f'<Exposure name="{name}" dimension="{dimension}"/>'
        added = () if name in exposed else add_element(model, model.element(type.span), "Exposure", text)
        if fix and dimension and name and (added or name in exposed):
            yield Refactoring(f"expose '{name}'", "refactor.rewrite", (*added, *fix[0].edits))
    states = [s for s in dynamics.states if s.name.text and by_name(type)[s.name.text].kind == "state variable"]
    if not dynamics.on_start and states and any(s.span.start <= start <= s.span.end for s in states):
        yield from _start(model, type, states)


def _start(model: Model, type: ComponentType, states: Sequence[StateVariable]) -> Iterator[Refactoring]:
    assert type.dynamics is not None
    element = model.element(type.dynamics.span)
    source = model.sources.get(type.dynamics.span.file)
    if element is None or source is None or not element.children or element.named("OnStart"):
        return
    first = element.children[0].span.start
    line = source.position(first).line
    blank = source.text[source.line_start(line) : first]
    blank = blank if not blank.strip() else ""
    inner = "".join(f'{blank}    <StateAssignment variable="{s.name.text}" value="0"/>\n' for s in states)
    edits = add_element(model, element, "OnStart", f"<OnStart>\n{inner}{blank}</OnStart>")
    if edits:
        yield Refactoring("add initial values", "refactor.rewrite", edits)
