"""RML205: a component type declares one name twice, or the file one dimension or unit.

Parameters, derived parameters, constants, requirements, states, derived variables and children share one
scope per type. Exposures have a list of their own: they repeat the name of what they expose. A Child may not
be called like a Component either, for both name parameters as ``name.parameter``.

Example::

    <Parameter name="a" dimension="none"/>
    <StateVariable name="a" dimension="none"/>

Fix: rename one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import declarations, place_of
from rateml.checks.edits import cut_element, text_of
from rateml.checks.repeated import repeated
from rateml.diagnostics import Code, Diagnostic, Fix, Related
from rateml.model.nodes import Model
from rateml.text import Span


def duplicate_name(model: Model) -> Iterator[Diagnostic]:
    """The names within each type."""
    for type in model.types:
        for group in ([d.name for d in declarations(type)], [e.name for e in type.exposures]):
            found = list(repeated(sorted(group, key=lambda n: n.span.start)))
            spans = _spans(model, type.span) if found else {}
            for name, first in found:
                related = (Related(first.span, "first declared here"),)
                one, other = spans.get(first.span), spans.get(name.span)
                fixes: tuple[Fix, ...] = ()
                if one and other and text_of(model, one) == text_of(model, other):
                    fixes = (Fix("remove it: it repeats the first", (cut_element(model, other),)),)
                yield Code.DUPLICATE_NAME.at(name.span, name=name, place=place_of(type), related=related, fixes=fixes)
        for child in type.children:
            twin = model.component(child.name.text)
            if twin is not None:
                related = (Related(twin.id.span, "this component has the name too"),)
                yield Code.DUPLICATE_NAME.at(child.name.span, name=child.name, place="this file", related=related)


def _spans(model: Model, type: Span) -> dict[Span, Span]:
    """The elements of a type by where their names stand."""
    element = model.element(type)
    every = ((e.attribute("name"), e.span) for e in (element.walk() if element else ()))
    return {name.value_span: span for name, span in every if name is not None}
