"""The two names of an element's tags, which change together."""

from __future__ import annotations

from rateml.ide.analysis import Analysis
from rateml.ide.context import context_at
from rateml.text import Span


def linked_tags(analysis: Analysis, offset: int) -> tuple[Span, Span] | None:
    """The names in the opening and the closing tag, when the cursor is in one of them and they agree."""
    here = context_at(analysis, offset)
    element = here.element
    if here.kind not in ("element name", "closing name") or element is None or element.close_span is None:
        return None
    opening, closing = element.name_span, element.close_span
    if analysis.slice(opening) != analysis.slice(closing):
        return None
    return opening, closing
