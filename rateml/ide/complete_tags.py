"""Completion of markup: elements by the schema, attributes by element and role, missing values of a Component."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rateml_schema import Attribute, catalogue

from rateml.diagnostics import Edit
from rateml.ide.analysis import Analysis
from rateml.ide.context import Context
from rateml.ide.items import Item
from rateml.ide.snippets import SNIPPETS
from rateml.model.dimension import UNKNOWN, Dimension, base_unit
from rateml.model.nodes import ComponentType, Model, Parameter
from rateml.syntax.tree import RML, Element
from rateml.text import Span

_ONCE: Final = ("Dynamics", "OnStart")
_OF_COUPLINGS: Final = ("rml:model", "rml:input", "rml:bind", "rml:delayed", "rml:speed", "rml:weights", "rml:reduce")
_OF_MODELS: Final = ("rml:scheme", "rml:dt")


def contents(analysis: Analysis, here: Context) -> Iterator[Item]:
    """Elements and whole constructs between other elements."""
    span = Span(here.start, here.end, analysis.file)
    parent = here.parent
    if parent is None:
        if analysis.document.root is None:
            yield from (_snippet(s.label, s.detail, s.text, span) for s in SNIPPETS if not s.inside)
        return
    for snippet in SNIPPETS:
        if snippet.inside == parent.name.local:
            yield _snippet(snippet.label, snippet.detail, snippet.text, span)
    for name in _allowed(analysis, parent):
        text = "<" + _opening(analysis, parent, name)
        yield Item(name, "element", span, text, "element", True, 4, ("element", name), _declare_rml(analysis, text))
    if parent.close_span is None:
        name = parent.name.text
        yield Item(f"</{name}>", "element", span, f"</{name}>", "close the element", rank=6)


def _snippet(label: str, detail: str, text: str, span: Span) -> Item:
    return Item(label, "snippet", span, text, detail, True, 3)


def element_names(analysis: Analysis, here: Context) -> Iterator[Item]:
    """The names that may follow a ``<``."""
    span = Span(here.start, here.end, analysis.file)
    bare = here.element is None or (
        not here.element.attributes and not analysis.text.endswith(">", 0, here.element.tag_span.end)
    )
    if here.parent is None:
        if analysis.document.root is None or analysis.document.root is here.element:
            yield Item("Lems", "element", span, "Lems", "the whole file", about=("element", "Lems"))
        return
    for name in _allowed(analysis, here.parent, besides=here.element):
        text = _opening(analysis, here.parent, name) if bare else name
        yield Item(name, "element", span, text, "element", bare, 4, ("element", name), _declare_rml(analysis, text))
    if here.parent.close_span is None and bare:
        name = here.parent.name.text
        yield Item(f"/{name}", "element", span, f"/{name}>", "close the element", rank=6)


def closing_names(analysis: Analysis, here: Context) -> Iterator[Item]:
    """The name of what is open, after ``</``."""
    span = Span(here.start, here.end, analysis.file)
    element = here.element or here.parent
    if element is not None:
        name = element.name.text
        closed = analysis.text.startswith(">", here.end)
        yield Item(name, "element", span, name if closed else f"{name}>", "close the element")


def _allowed(analysis: Analysis, parent: Element, besides: Element | None = None) -> Iterator[str]:
    """The elements that may stand inside another one, without those that are there and may be there but once."""
    known = catalogue().elements.get(parent.name.local)
    there = {child.name.local for child in parent.children if child is not besides}
    for name in known.children if known else ():
        if name not in _ONCE or name not in there:
            yield name
    if parent.name.local == "Component":
        type = type_of_component(analysis, parent)
        for child in type.children if type else ():
            if child.name.text not in there:
                yield child.name.text


def type_of_component(analysis: Analysis, element: Element) -> ComponentType | None:
    """The type that a Component element names."""
    attribute = element.attribute("type")
    return analysis.model.type(attribute.value) if attribute and analysis.model else None


def _opening(analysis: Analysis, parent: Element, name: str) -> str:
    """A tag with the attributes that it needs."""
    element = catalogue().elements.get(name)
    if element is None:
        return f"{name} $0/>"
    needed = [a for a in element.attributes.values() if a.required]
    if name in ("DerivedVariable",):
        needed.append(element.attributes["value"])
    parts = [name, *(f'{a.name}="{_placeholder(a, number)}"' for number, a in enumerate(needed, 1))]
    del analysis, parent
    if element.children and name != "Component":
        return f"{' '.join(parts)}>\n    $0\n</{name}>"
    return f"{' '.join(parts)}/>$0"


def _placeholder(attribute: Attribute, number: int) -> str:
    if attribute.value.choices:
        return f"${{{number}|{','.join(attribute.value.choices)}|}}"
    if attribute.name == "dimension":
        return f"${{{number}:none}}"
    return "1.0" if attribute.name == "rml:version" else f"${number}"


def attributes(analysis: Analysis, here: Context) -> Iterator[Item]:
    """The attributes that an element may still have."""
    element = here.element
    if element is None:
        return
    span = Span(here.start, here.end, analysis.file)
    named = analysis.text[here.end :].lstrip()[:1] == "="
    given = {_known_name(a.name.local, a.name.namespace) for a in element.attributes if a is not here.attribute}
    if element.name.local == "Component":
        yield from _values(analysis, element, type_of_component(analysis, element), given, span, named)
    call = _called(analysis, element, here)
    if call is not None:
        yield from _values(analysis, element, call, given, span, named)
        return
    known = catalogue().elements.get(element.name.local)
    role = _role(analysis, element)
    for attribute in known.attributes.values() if known else ():
        if attribute.name in given or (role == "model" and attribute.name in _OF_COUPLINGS):
            continue
        if role in ("coupling", "function") and attribute.name in _OF_MODELS:
            continue
        text = attribute.name if named else f'{attribute.name}="{_placeholder(attribute, 1)}"'
        yield Item(
            attribute.name,
            "attribute",
            span,
            text,
            "required" if attribute.required else "attribute",
            not named,
            2 if attribute.required else 5,
            ("attribute", element.name.local, attribute.name),
            _declare_rml(analysis, text),
        )
    if element is analysis.document.root and "xmlns:rml" not in {a.name.text for a in element.attributes}:
        yield Item("xmlns:rml", "attribute", span, f'xmlns:rml="{RML}"', "the prefix of RateML", rank=2)


def _known_name(local: str, namespace: str) -> str:
    return f"rml:{local}" if namespace == RML else local


def _role(analysis: Analysis, element: Element) -> str:
    """The role of a type, or of the type of a Component."""
    if element.name.local == "ComponentType":
        role = element.attribute("role", RML)
        return role.value if role else ""
    type = type_of_component(analysis, element) if element.name.local == "Component" else None
    return type.role if type else ""


def _called(analysis: Analysis, element: Element, here: Context) -> ComponentType | None:
    """The function whose parameters an element inside a Component gives."""
    if here.parent is None or here.parent.name.local != "Component" or analysis.model is None:
        return None
    type = type_of_component(analysis, here.parent)
    for child in type.children if type else ():
        if child.name.text == element.name.local:
            return analysis.model.type(child.type.text)
    return None


def _values(
    analysis: Analysis, element: Element, type: ComponentType | None, given: set[str], span: Span, named: bool
) -> Iterator[Item]:
    """Parameters that have no value yet: each, and all at once."""
    model = analysis.model
    if type is None or model is None:
        return
    del element
    missing = [p for p in type.parameters if p.name.text and p.name.text not in given]
    for p in missing:
        text = p.name.text if named else f'{p.name.text}="{_value_of(model, p, 1)}"'
        about = ("symbol", "parameter", p.name.text, type.name.text)
        yield Item(p.name.text, "parameter", span, text, f"parameter, {p.dimension}", not named, 1, about)
    if len(missing) > 1 and not named:
        text = " ".join(f'{p.name.text}="{_value_of(model, p, n)}"' for n, p in enumerate(missing, 1))
        yield Item(
            f"all {len(missing)} missing values",
            "snippet",
            span,
            text,
            ", ".join(p.name.text for p in missing),
            True,
            0,
        )


def _value_of(model: Model, parameter: Parameter, number: int) -> str:
    """A value to begin with: the lower end of the range, or 0 in the base unit."""
    if parameter.low is not None:
        return f"${{{number}:{parameter.low.text.strip()}}}"
    unit = unit_for(model, parameter.dimension)
    return f"${{{number}:0{' ' + unit if unit else ''}}}"


def unit_for(model: Model, dimension: Dimension) -> str:
    """The symbol of the base unit of a dimension, or of any unit of it; empty for none."""
    if dimension is UNKNOWN or dimension.dimensionless:
        return ""
    units = [u for u in model.units.values() if u.dimension == dimension]
    base = [u for u in units if u.to_base("1") == 1.0]
    return (base or units)[0].symbol if units else base_unit(dimension) if base_unit(dimension) in model.units else ""


def _declare_rml(analysis: Analysis, text: str) -> tuple[Edit, ...]:
    """The declaration of the prefix ``rml`` where a text needs it and the root has none."""
    root = analysis.document.root
    if "rml:" not in text or root is None or any(a.name.text == "xmlns:rml" for a in root.attributes):
        return ()
    at = root.name_span.end
    return (Edit(Span(at, at, analysis.file), f' xmlns:rml="{RML}"'),)
