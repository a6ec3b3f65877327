"""Completion of attribute values: names, units, choices, and the little languages of bind and sweep."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace as with_fields
from typing import Final

from rateml_schema import catalogue

from rateml.checks.couplings import formals
from rateml.checks.declarations import dynamics_of
from rateml.ide.analysis import Analysis
from rateml.ide.complete_expressions import expression_names
from rateml.ide.complete_tags import type_of_component
from rateml.ide.context import Context
from rateml.ide.expressions import place_of_value
from rateml.ide.items import Item, ItemKind
from rateml.model.dimension import UNKNOWN, Dimension, base_unit
from rateml.model.nodes import ComponentType, DerivedVariable, Model
from rateml.syntax.tree import RML, Element
from rateml.text import Span

_PIECE: Final = re.compile(r"[^;=,(\s]*\Z")
_NUMBER: Final = re.compile(r"\s*[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(\s*)([A-Za-z]\w*)?\s*")


def values(analysis: Analysis, here: Context) -> Iterator[Item]:
    """What may stand in the value under the cursor."""
    if place_of_value(here) is not None:
        yield from expression_names(analysis, here)
        return
    element, attribute, model = here.element, here.attribute, analysis.model
    if element is None or attribute is None:
        return
    whole = Span(here.start, here.end, analysis.file)
    local = element.name.local
    name = f"rml:{attribute.name.local}" if attribute.name.namespace == RML else attribute.name.local
    known = catalogue().elements.get(local)
    schema = known.attributes.get(name) if known else None
    if schema is not None and schema.value.choices:
        yield from (Item(c, "choice", whole, c, about=("attribute", local, name)) for c in schema.value.choices)
        return
    if schema is not None and schema.value.type == "xs:boolean":
        yield from (Item(c, "choice", whole, c) for c in ("true", "false"))
        return
    if name == "rml:version":
        yield Item("1.0", "choice", whole, "1.0")
    if name == "file" and local == "Include":
        yield from _files(analysis, whole)
    if model is None:
        return
    if name == "dimension":
        for dimension in model.dimensions:
            yield Item(
                dimension,
                "unit",
                whole,
                dimension,
                base_unit(model.dimensions[dimension]),
                about=("symbol", "dimension", dimension, ""),
            )
    elif name == "type":
        roles = ("function",) if local == "Child" else ("model", "coupling")
        for t in model.types:
            if t.role in roles and t.name.text:
                yield Item(t.name.text, "type", whole, t.name.text, t.role, about=("symbol", "type", t.name.text, ""))
    elif local == "Component":
        yield from _component(analysis, model, element, here, name, whole)
    else:
        type = analysis.type_at(here.offset)
        if type is not None:
            yield from _in_type(analysis, model, type, element, here, name, whole)
        elif here.parent is not None and here.parent.name.local == "Component":
            yield from _call(analysis, model, element, here, name)


def _in_type(
    analysis: Analysis, model: Model, type: ComponentType, element: Element, here: Context, name: str, whole: Span
) -> Iterator[Item]:
    local = element.name.local
    dynamics = dynamics_of(type)
    variables = (*dynamics.states, *dynamics.derived)
    if name == "exposure":
        own = element.attribute("name")
        for exposure in type.exposures:
            rank = 1 if own is not None and exposure.name.text == own.value else 5
            yield _named(exposure.name.text, "exposure", type, whole, rank)
    elif name == "variable":
        done = {d.variable.text for d in dynamics.derivatives} if local == "TimeDerivative" else set()
        for state in dynamics.states:
            yield _named(state.name.text, "state variable", type, whole, 6 if state.name.text in done else 2)
    elif name == "select":
        for child in type.children:
            function = model.type(child.type.text)
            for exposure in function.exposures if function else ():
                text = f"{child.name.text}/{exposure.name.text}"
                yield Item(text, "variable", whole, text, child.type.text)
    elif name == "rml:periodic":
        for constant in type.constants:
            yield _named(constant.name.text, "constant", type, whole)
    elif name == "name" and local == "Exposure":
        exposed = {e.name.text for e in type.exposures if e.span != element.span}
        names = ("pre", "post") if type.role == "coupling" else tuple(v.name.text for v in variables)
        yield from (Item(n, "variable", whole, n) for n in names if n and n not in exposed)
    elif name == "name" and type.role == "coupling" and local == "DerivedVariable":
        there = {v.name.text for v in dynamics.derived if v.span != element.span}
        yield from (Item(n, "variable", whole, n) for n in ("pre", "post") if n not in there)
    elif name == "name" and type.role == "coupling" and local == "Requirement":
        yield from _required(model, type, element, whole)
    elif name == "name" and type.role == "model" and local == "StateVariable":
        there = {v.name.text for v in variables if v.span != element.span}
        yield from (
            Item(e.name.text, "variable", whole, e.name.text) for e in type.exposures if e.name.text not in there
        )
    elif name in ("rml:min", "rml:max", "rml:step", "value"):
        dimension = element.attribute("dimension")
        yield from _units(
            analysis, model, here, model.dimensions.get(dimension.value, UNKNOWN) if dimension else UNKNOWN
        )
    elif name == "rml:dt":
        yield from _units(analysis, model, here, model.dimensions["time"])


def _required(model: Model, type: ComponentType, element: Element, whole: Span) -> Iterator[Item]:
    """What a coupling may ask for: the variables of the model at both ends, and what the network gives."""
    there = {r.name.text for r in type.requirements if r.span != element.span}
    for component in model.of_role("model"):
        target = model.type(component.type.text)
        dynamics = dynamics_of(target) if target else None
        for v in (*dynamics.states, *dynamics.derived) if dynamics else ():
            for end in ("_j", "_i"):
                if v.name.text + end not in there:
                    yield Item(
                        v.name.text + end,
                        "variable",
                        whole,
                        v.name.text + end,
                        "of the source" if end == "_j" else "of the target",
                    )
    for name, detail in (("gx", "the weighted sum of pre"), ("n_node", "the number of regions")):
        if name not in there:
            yield Item(name, "variable", whole, name, detail)


def _component(
    analysis: Analysis, model: Model, element: Element, here: Context, name: str, whole: Span
) -> Iterator[Item]:
    type = type_of_component(analysis, element)
    targets = model.of_role("model")
    target = model.type(targets[0].type.text) if targets else None
    if name == "rml:model":
        yield from (
            Item(c.id.text, "component", whole, c.id.text, c.type.text, about=("symbol", "component", c.id.text, ""))
            for c in targets
        )
    elif name == "rml:input" and target is not None:
        yield from (_named(r.name.text, "requirement", target, whole) for r in target.requirements)
    elif name == "rml:bind" and type is not None:
        yield from _bindings(analysis, type, target, here)
    elif name == "rml:sweep" and type is not None:
        yield from _axes(analysis, model, type, here)
    elif name == "rml:speed":
        yield from _units(analysis, model, here, model.dimensions["speed"])
    elif type is not None:
        parameter = next((p for p in type.parameters if p.name.text == name), None)
        if parameter is not None:
            yield from _units(analysis, model, here, parameter.dimension)


def _call(analysis: Analysis, model: Model, element: Element, here: Context, name: str) -> Iterator[Item]:
    """Values of the parameters of a function call."""
    type = type_of_component(analysis, here.path[-1])
    for child in type.children if type else ():
        function = model.type(child.type.text) if child.name.text == element.name.local else None
        for parameter in function.parameters if function else ():
            if parameter.name.text == name:
                yield from _units(analysis, model, here, parameter.dimension)


def _bindings(analysis: Analysis, type: ComponentType, target: ComponentType | None, here: Context) -> Iterator[Item]:
    before = analysis.text[here.start : here.offset]
    span = _piece(analysis, here, before)
    clause = before.rsplit(";", 1)[-1]
    if "=" in clause:
        dynamics = dynamics_of(target) if target else None
        for v in (*dynamics.states, *dynamics.derived) if dynamics and target else ():
            kind = "derived variable" if isinstance(v, DerivedVariable) else "state variable"
            assert target is not None
            yield _named(v.name.text, kind, target, span)
    else:
        for formal in formals(type):
            yield Item(formal, "variable", span, formal, "asked for by the coupling")


def _axes(analysis: Analysis, model: Model, type: ComponentType, here: Context) -> Iterator[Item]:
    before = analysis.text[here.start : here.offset]
    span = _piece(analysis, here, before)
    clause = before.rsplit(";", 1)[-1]
    if "(" in clause:
        yield from _ends(analysis, model, type, here, clause)
        return
    if "=" in clause:
        for form, arguments in (
            ("linspace", "${1:low}, ${2:high}, ${3:16}"),
            ("logspace", "${1:low}, ${2:high}, ${3:16}"),
            ("list", "$1"),
        ):
            yield Item(form, "function", span, f"{form}({arguments})", "an axis", True)
        return
    for parameter in type.parameters:
        yield _named(parameter.name.text, "parameter", type, span)
    for child in type.children:
        function = model.type(child.type.text)
        for parameter in function.parameters if function else ():
            text = f"{child.name.text}.{parameter.name.text}"
            yield Item(text, "parameter", span, text, child.type.text)


def _ends(analysis: Analysis, model: Model, type: ComponentType, here: Context, clause: str) -> Iterator[Item]:
    """Units of the number in an axis that the cursor is in, but for a count."""
    name, _, form = clause.partition("=")
    axis, _, inside = form.partition("(")
    if inside.count(",") >= 2 and axis.strip() in ("linspace", "logspace"):
        return
    first, _, second = name.strip().rpartition(".")
    child = next((c for c in type.children if c.name.text == first), None)
    owner = model.type(child.type.text) if child else None if first else type
    parameter = next((p for p in owner.parameters if p.name.text == second), None) if owner else None
    if parameter is None:
        return
    after = re.split("[,);]", analysis.text[here.offset : here.end], maxsplit=1)[0]
    start, end = here.offset - len(inside.rsplit(",", 1)[-1]), here.offset + len(after)
    yield from _units(analysis, model, with_fields(here, start=start, end=end), parameter.dimension)


def _piece(analysis: Analysis, here: Context, before: str) -> Span:
    """The word of a little language that the cursor is in."""
    match = _PIECE.search(before)
    start = here.start + (match.start() if match else len(before))
    end = here.offset
    while end < here.end and (analysis.text[end].isalnum() or analysis.text[end] in "_."):
        end += 1
    return Span(start, end, analysis.file)


def _units(analysis: Analysis, model: Model, here: Context, dimension: Dimension) -> Iterator[Item]:
    """Units after a number; all of them when the dimension is not known."""
    match = _NUMBER.fullmatch(analysis.text[here.start : here.end])
    if match is None or dimension.dimensionless:
        return
    gap = "" if match[1] else " "
    start = here.start + match.start(2) if match[2] else here.end
    if here.offset < start:
        return
    for unit in model.units.values():
        if dimension is UNKNOWN or unit.dimension == dimension:
            about = ("symbol", "unit", unit.symbol, "")
            yield Item(
                unit.symbol,
                "unit",
                Span(start, here.end, analysis.file),
                gap + unit.symbol,
                str(unit.dimension),
                about=about,
            )


def _files(analysis: Analysis, whole: Span) -> Iterator[Item]:
    """The XML files beside this one."""
    if not os.path.isabs(analysis.file):
        return
    folder, own = os.path.split(analysis.file)
    try:
        names = sorted(os.listdir(folder))[:1000]
    except OSError:
        return
    yield from (Item(n, "file", whole, n, "file") for n in names if n.endswith(".xml") and n != own)


def _named(name: str, kind: str, type: ComponentType, span: Span, rank: int = 3) -> Item:
    shown: ItemKind = "parameter" if "parameter" in kind else "constant" if kind == "constant" else "variable"
    return Item(name, shown, span, name, kind, rank=rank, about=("symbol", kind, name, type.name.text))
