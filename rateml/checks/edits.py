"""Edits that fixes are made of: attributes and elements added and taken away without disturbing the layout."""

from __future__ import annotations

from rateml.checks.vocabulary import Entry, vocabulary
from rateml.diagnostics import Edit, Fix
from rateml.model.dimension import Dimension
from rateml.model.nodes import Model
from rateml.syntax.tree import Element, XmlAttribute
from rateml.text import Span


def add_attribute(model: Model, span: Span, name: str, value: str, *, guess: bool = False) -> tuple[Fix, ...]:
    """The fix that gives the element at ``span`` an attribute, behind those it has."""
    element = model.element(span)
    if element is None:
        return ()
    ends = [a.span.end for a in element.attributes]
    at = max(ends, default=element.name_span.end)
    return (Fix(f'add {name}="{value}"', (Edit(Span(at, at, span.file), f' {name}="{value}"'),), guess),)


def attribute_of(model: Model, span: Span, name: str, namespace: str = "") -> XmlAttribute | None:
    """An attribute of the element at ``span``."""
    element = model.element(span)
    return element.attribute(name, namespace) if element else None


def cut_attribute(model: Model, span: Span, attribute: XmlAttribute) -> Edit:
    """Take an attribute and the space before it out of the tag of the element at ``span``."""
    element = model.element(span)
    before = [a.span.end for a in element.attributes if a.span.end <= attribute.span.start] if element else []
    start = max([*before, element.name_span.end if element else attribute.span.start])
    return Edit(Span(start, attribute.span.end, attribute.span.file), "")


def cut_element(model: Model, span: Span) -> Edit:
    """Take an element away, with its line when nothing else stands there."""
    source = model.sources.get(span.file)
    if source is None:
        return Edit(span, "")
    text, start, end = source.text, span.start, span.end
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    while end < len(text) and text[end] in " \t\r":
        end += 1
    if (start == 0 or text[start - 1] == "\n") and end < len(text) and text[end] == "\n":
        return Edit(Span(start, end + 1, span.file), "")
    return Edit(span, "")


def add_element(model: Model, parent: Element | None, tag: str, text: str) -> tuple[Edit, ...]:
    """Put a new element inside ``parent`` at its canonical place, on a line of its own."""
    if parent is None or not parent.children:
        return ()
    source = model.sources.get(parent.span.file)
    if source is None:
        return ()
    order = vocabulary().get(parent.name.local, Entry(parent.name.local)).children
    rank = {name: number for number, name in enumerate(order)}
    before = [c for c in parent.children if rank.get(c.name.local, 99) <= rank.get(tag, 0)]
    first = parent.children[0]
    indent = _indent(source.text, first.span.start)
    if before:
        at = max(c.span.end for c in before)
        return (Edit(Span(at, at, parent.span.file), f"{indent}{text}"),)
    return (Edit(Span(first.span.start, first.span.start, parent.span.file), f"{text}{indent}"),)


def _indent(text: str, at: int) -> str:
    """The line break and blanks before a place; nothing when something else stands before it."""
    start = at
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    return "\n" + text[start:at] if start > 0 and text[start - 1] == "\n" else ""


def wrap(span: Span, before: str, after: str) -> tuple[Edit, ...]:
    """Text on both sides of a place; an empty one is no edit."""
    start, end = Span(span.start, span.start, span.file), Span(span.end, span.end, span.file)
    return tuple(edit for edit in (Edit(start, before), Edit(end, after)) if edit.text)


def dimension_name(model: Model, dimension: Dimension) -> str | None:
    """How the file calls a dimension."""
    return next((name for name, known in model.dimensions.items() if known == dimension), None)


def text_of(model: Model, span: Span) -> str:
    """What the file says at a place."""
    source = model.sources.get(span.file)
    return source.slice(span) if source else ""


def move_before(model: Model, span: Span, target: Span) -> tuple[Edit, ...]:
    """Put an element, with its lines, before another one; nothing where that might part it from a comment."""
    source = model.sources.get(span.file)
    if source is None:
        return ()
    lines = cut_element(model, span).span
    place = cut_element(model, target).span
    text = source.text
    if lines == span or place == target:
        return ()
    for start in (lines.start, place.start):
        if text[:start].rstrip(" \t\r\n").endswith("-->"):
            return ()
    return (Edit(Span(place.start, place.start, span.file), text[lines.start : lines.end]), Edit(lines, ""))
