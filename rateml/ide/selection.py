"""Growing selections: from a name to its expression, its value, its attribute, its tag, its element, what is around."""

from __future__ import annotations

from collections.abc import Iterator

from rateml.ide.analysis import Analysis
from rateml.ide.context import context_at
from rateml.ide.expressions import expression_of
from rateml.syntax.expr import children
from rateml.text import Span


def selections(analysis: Analysis, offset: int) -> tuple[Span, ...]:
    """The spans around an offset, the smallest first, each within the next."""
    chosen: list[Span] = []
    for span in _spans(analysis, offset):
        fits = not chosen or (span.start <= chosen[-1].start and chosen[-1].end <= span.end)
        if span.start <= offset <= span.end and fits and (not chosen or span != chosen[-1]):
            chosen.append(span)
    return tuple(chosen)


def _spans(analysis: Analysis, offset: int) -> Iterator[Span]:
    here = context_at(analysis, offset)
    file = analysis.file
    if here.kind == "value" and here.attribute is not None:
        yield from reversed(list(_in_expression(analysis, offset)))
        yield here.attribute.value_span
        yield here.attribute.span
    elif here.end > here.start:
        yield Span(here.start, here.end, file)
        if here.attribute is not None:
            yield here.attribute.span
    if here.element is not None:
        yield here.element.tag_span
        yield here.element.span
    for element in reversed(here.path):
        closing = element.close_span
        if closing is not None:
            yield Span(element.tag_span.end, analysis.text.rfind("</", 0, closing.start), file)
        yield element.span
    yield Span(0, len(analysis.text), file)


def _in_expression(analysis: Analysis, offset: int) -> Iterator[Span]:
    """The nodes of the expression around an offset, from the whole to the smallest."""
    node = expression_of(analysis, offset)
    while node is not None:
        yield node.span
        node = next((c for c in children(node) if c.span.start <= offset <= c.span.end), None)
