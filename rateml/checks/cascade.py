"""One fault, one diagnostic: what follows from a fault already told is left out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

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
    return inner.file == outer.file and outer.start <= inner.start and inner.end <= outer.end


def innermost(roots: Sequence[Element], span: Span) -> Element:
    """The smallest element that holds a span."""
    element = next((root for root in roots if root.span.file == span.file), roots[-1])
    while element.children:
        number = bisect_right(element.children, span.start, key=lambda child: child.span.start) - 1
        if number < 0 or not within(span, element.children[number].span):
            break
        element = element.children[number]
    return element


def _part(roots: Sequence[Element], span: Span) -> Element | None:
    """The child of a root that holds a span."""
    for root in roots:
        if root.span.file == span.file:
            number = bisect_right(root.children, span.start, key=lambda child: child.span.start) - 1
            if number >= 0 and within(span, root.children[number].span):
                return root.children[number]
    return None


def independent_values(
    built: Iterable[Diagnostic], schema: Iterable[Diagnostic], roots: Sequence[Element]
) -> Iterator[Diagnostic]:
    """The faults of values that do not come from a Dimension or Unit the schema already complained about."""
    schema = tuple(schema)
    definitions = [e for root in roots for e in (*root.named("Dimension"), *root.named("Unit"))]
    types = [e for root in roots for e in root.named("ComponentType")]
    broken = any(within(d.span, e.span) for d in schema for e in definitions)
    strange_role = any(within(d.span, e.tag_span) for d in schema for e in types)
    for d in built:
        if broken and d.code in (Code.UNKNOWN_DIMENSION, Code.UNKNOWN_UNIT):
            continue
        if strange_role and d.code in (Code.ATTRIBUTE_OF_OTHER_ROLE, Code.ELEMENT_OF_OTHER_ROLE):
            continue
        yield d


def independent_rules(found: Iterable[Diagnostic], before: Sequence[Diagnostic], model: Model) -> Iterator[Diagnostic]:
    """The findings of rules that do not stand on a part of the file with a fault told ``before``.

    A value that could not be read spoils its element, a structural fault the whole component type or
    component; what refers to a faulty type is no better.
    """
    roots = model.roots
    faults = [d.span for d in before if d.code in _STRUCTURAL]
    found_parts = {part.span: part for f in faults if (part := _part(roots, f)) is not None}
    parts = list(found_parts.values())
    outside = any(_part(roots, f) is None for f in faults)
    strange = any(p.name.local not in ("Dimension", "Unit", "ComponentType", "Component") for p in parts)
    if outside or strange:
        return
    silent = list(found_parts)
    types = {t.name.text: t for t in model.types}
    bad_types = {name for name, t in types.items() if t.span in found_parts}
    if any(types[name].role in ("model", "function") for name in bad_types):
        silent += [c.span for c in model.components]
    if any(types[name].role == "function" for name in bad_types):
        silent += [t.span for t in model.types if t.children]
    silent += [c.span for c in model.components if c.type.text in bad_types]
    unread = {innermost(roots, d.span).span for d in before}
    every = [
        d
        for d in found
        if not any(within(d.span, part) for part in silent)
        and innermost(roots, d.span).span not in unread
        and not (silent and d.code is Code.UNDRIVEN_PORT)
        and not (before and d.code is Code.UNDEFINED_AT_DEFAULTS)
    ]
    others = [d.span for d in (*before, *every) if d.code not in _DIMENSIONS]
    for d in every:
        if d.code not in _DIMENSIONS or not any(within(other, d.span) for other in others):
            yield d
