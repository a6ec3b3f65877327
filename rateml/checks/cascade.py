"""One fault, one diagnostic: what follows from a fault already told is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import Model
from rateml.syntax.tree import Element
from rateml.text import Span

_STRUCTURAL = (
    Code.UNKNOWN_ELEMENT,
    Code.UNKNOWN_ATTRIBUTE,
    Code.MISSING_ATTRIBUTE,
    Code.MISSING_CHILD,
    Code.BAD_VALUE,
    Code.WRONG_ROOT,
    Code.NOT_YET,
    Code.SECOND_ON_START,
    Code.ELEMENT_OF_OTHER_ROLE,
    Code.DYNAMICS_COUNT,
)
_DIMENSIONS = (Code.DIMENSION_MISMATCH, Code.NEEDS_DIMENSIONLESS, Code.NO_SQUARE_ROOT)


def within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def innermost(root: Element, span: Span) -> Element:
    """The smallest element that holds a span."""
    element = root
    while inner := next((c for c in element.children if within(span, c.span)), None):
        element = inner
    return element


def independent_values(
    built: Iterable[Diagnostic], schema: Iterable[Diagnostic], root: Element
) -> Iterator[Diagnostic]:
    """The faults of values that do not come from a Dimension or Unit the schema already complained about."""
    definitions = (*root.named("Dimension"), *root.named("Unit"))
    broken = any(within(d.span, e.span) for d in schema for e in definitions)
    strange_role = any(within(d.span, e.tag_span) for d in schema for e in root.named("ComponentType"))
    for d in built:
        if broken and d.code in (Code.UNKNOWN_DIMENSION, Code.UNKNOWN_UNIT):
            continue
        if strange_role and d.code in (Code.ATTRIBUTE_OF_OTHER_ROLE, Code.ELEMENT_OF_OTHER_ROLE):
            continue
        yield d


def independent_rules(
    found: Iterable[Diagnostic], before: Iterable[Diagnostic], model: Model, root: Element
) -> Iterator[Diagnostic]:
    """The findings of rules that do not stand on a part of the file with a fault told ``before``.

    A value that could not be read spoils its element, a structural fault the whole component type or
    component; what refers to a faulty type is no better.
    """
    faults = [d.span for d in before if d.code in _STRUCTURAL]
    parts = [child for child in root.children if any(within(f, child.span) for f in faults)]
    outside = any(not any(within(f, child.span) for child in root.children) for f in faults)
    strange = any(p.name.local not in ("Dimension", "Unit", "ComponentType", "Component") for p in parts)
    if outside or strange:
        return
    silent = [p.span for p in parts]
    types = {t.name.text: t for t in model.types}
    bad_types = {name for name, t in types.items() if t.span in silent}
    if any(types[name].role == "model" for name in bad_types):
        silent += [c.span for c in model.components]
    silent += [c.span for c in model.components if c.type.text in bad_types]
    unread = {innermost(root, d.span).span for d in before}
    every = [
        d
        for d in found
        if not any(within(d.span, part) for part in silent)
        and innermost(root, d.span).span not in unread
        and not (silent and d.code is Code.UNDRIVEN_PORT)
    ]
    others = [d.span for d in (*before, *every) if d.code not in _DIMENSIONS]
    for d in every:
        if d.code not in _DIMENSIONS or not any(within(other, d.span) for other in others):
            yield d
