"""Renaming: every place a name is written, and a binding where a coupling found a variable by its old name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from rateml.checks.couplings import couplings, formal_of
from rateml.checks.declarations import by_name
from rateml.diagnostics import Edit
from rateml.ide.analysis import Analysis
from rateml.ide.names import ROLE_NAMES, Occurrence, Symbol, built_in, occurrence_at, of_symbol, owner_of
from rateml.model.nodes import Component, ComponentType, Model
from rateml.syntax.reserved import reserved
from rateml.syntax.tree import RML
from rateml.text import Span

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class Refused(ValueError):
    """Why something cannot be renamed, or not so."""


class Renamable(NamedTuple):
    """The part of the text that is the name, and the name."""

    span: Span
    name: str


def prepare_rename(analysis: Analysis, offset: int) -> Renamable:
    """The name at an offset; Refused when there is none or it cannot be renamed."""
    model, found = _found(analysis, offset)
    _refuse(model, found.symbol)
    span = found.span
    return Renamable(
        Span(span.start, span.end - len(found.suffix), span.file), analysis.slice(span).removesuffix(found.suffix)
    )


def rename(analysis: Analysis, offset: int, name: str) -> tuple[Edit, ...]:
    """The edits, of this file and those it includes, that give the name at an offset another one."""
    model, found = _found(analysis, offset)
    _refuse(model, found.symbol)
    symbol = found.symbol
    if found.formal:
        name += symbol.name[-2:]
    if name == symbol.name:
        return ()
    _fits(model, symbol, name)
    edits = [
        *(_edit(o, name) for s in _together(model, symbol) for o in of_symbol(model, s)),
        *_bindings(model, symbol, name),
    ]
    return tuple(dict.fromkeys(sorted(edits, key=lambda e: (e.span.file, e.span.start))))


def _found(analysis: Analysis, offset: int) -> tuple[Model, Occurrence]:
    if analysis.old:
        raise Refused("names of a file in another dialect cannot be renamed: migrate it first")
    found = occurrence_at(analysis, offset)
    if found is None or analysis.model is None:
        raise Refused("there is no name of the model here")
    return analysis.model, found


def _refuse(model: Model, symbol: Symbol) -> None:
    """What cannot be renamed at all."""
    owner = owner_of(model, symbol)
    if built_in(symbol):
        raise Refused(f"'{symbol.name}' is built in")
    if owner is None:
        return
    if owner.role == "coupling" and symbol.name in ROLE_NAMES:
        raise Refused(f"'{symbol.name}' has a meaning of its own in a coupling")
    if owner.role == "function" and symbol.kind == "requirement":
        raise Refused(f"function '{owner.name.text}' takes '{symbol.name}' from its callers by this name")
    for child in owner.children:
        function = model.type(child.type.text)
        if function is not None and any(r.name.text == symbol.name for r in function.requirements):
            raise Refused(f"function '{child.type.text}' takes '{symbol.name}' from here by this name")


def _fits(model: Model, symbol: Symbol, name: str) -> None:
    """Whether the new name can be one, and is free."""
    if not _NAME.fullmatch(name):
        raise Refused(f"'{name}' is not a name: a letter, then letters, digits and underscores")
    owner = owner_of(model, symbol)
    taken: object = None
    match symbol.kind:
        case "type":
            taken = model.type(name)
        case "component":
            taken = model.component(name)
        case "dimension":
            taken = model.dimensions.get(name)
        case "unit":
            taken = model.units.get(name)
        case _ if owner is not None:
            if symbol.kind != "exposure" and (reason := reserved(name)):
                raise Refused(f"'{name}' is reserved: {reason}")
            if owner.role == "coupling" and name in ROLE_NAMES:
                raise Refused(f"'{name}' has a meaning of its own in a coupling")
            _suffixed(owner, symbol, name)
            taken = by_name(owner).get(name) if symbol.kind != "exposure" else None
            taken = taken or next((e for e in owner.exposures if e.name.text == name), None)
    if taken is not None:
        raise Refused(f"'{name}' is already declared")


def _suffixed(owner: ComponentType, symbol: Symbol, name: str) -> None:
    """In a coupling ``_i`` and ``_j`` say whose value is meant."""
    if owner.role != "coupling":
        return
    was, would = symbol.name[-2:], name[-2:]
    ending = was if symbol.kind == "requirement" and was in ("_i", "_j") else ""
    if ending and (would != ending or len(name) < 3):
        raise Refused(f"the name must end in {ending}, which says whose value it is")
    if not ending and would in ("_i", "_j"):
        raise Refused(f"a name in {would} would be a value of one end of a connection")
    own = {p.name.text for p in owner.parameters}
    if any(f"{name}{end}" in by_name(owner) for end in ("_i", "_j")) or (not ending and name in own):
        raise Refused(f"'{name}' is already declared")


def _together(model: Model, symbol: Symbol) -> Iterator[Symbol]:
    """The symbol, and of a requirement ``v_i`` also ``v_j``: they are one variable at the two ends."""
    yield symbol
    owner = owner_of(model, symbol)
    if owner is None or owner.role != "coupling" or symbol.kind != "requirement":
        return
    for requirement in owner.requirements:
        name = requirement.name.text
        if name != symbol.name and formal_of(requirement) == symbol.name[:-2]:
            yield Symbol("requirement", name, owner.name.text)


def _edit(o: Occurrence, name: str) -> Edit:
    if o.formal:
        return Edit(o.span, name[:-2])
    if o.symbol.kind == "requirement" and o.symbol.name[-2:] in ("_i", "_j") and name[-2:] in ("_i", "_j"):
        return Edit(o.span, name[:-2] + o.symbol.name[-2:])
    return Edit(o.span, name + o.suffix)


def _bindings(model: Model, symbol: Symbol, name: str) -> Iterator[Edit]:
    """Bindings for couplings that find their variable by a name that changes."""
    for c in couplings(model):
        bound = {b.formal.text for b in c.component.bind}
        formals = {f for r in c.type.requirements if (f := formal_of(r)) and f not in bound}
        if symbol.owner == c.model.name.text and symbol.kind in ("state variable", "derived variable"):
            if symbol.name in formals:
                yield from _bind(model, c.component, symbol.name, name)
        elif symbol.owner == c.type.name.text and symbol.kind == "requirement" and symbol.name[:-2] in formals:
            yield from _bind(model, c.component, name[:-2], symbol.name[:-2])


def _bind(model: Model, component: Component, formal: str, actual: str) -> Iterator[Edit]:
    element = model.element(component.span)
    if element is None:
        return
    bind = element.attribute("bind", RML)
    if bind is not None:
        at = bind.value_end
        yield Edit(Span(at, at, bind.file), f"; {formal}={actual}" if bind.value.strip() else f"{formal}={actual}")
        return
    at = max((a.end for a in element.attributes), default=element.name_span.end)
    yield Edit(Span(at, at, element.span.file), f' rml:bind="{formal}={actual}"')
