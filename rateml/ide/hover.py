"""What is under the cursor, in Markdown."""

from __future__ import annotations

from typing import NamedTuple

from rateml.ide.analysis import Analysis
from rateml.ide.context import Context, context_at
from rateml.ide.documentation import attribute_doc, element_doc, function_doc, symbol_doc
from rateml.ide.expressions import place_of_value
from rateml.ide.names import occurrence_at
from rateml.syntax.functions import FUNCTIONS
from rateml.text import Span


class Hover(NamedTuple):
    """``equation`` names the variable whose typeset equation a client may show as well: its type and its name."""

    markdown: str
    span: Span
    equation: tuple[str, str] | None = None


def hover(analysis: Analysis, offset: int) -> Hover | None:
    """Documentation of the name, function, element or attribute at an offset."""
    found = occurrence_at(analysis, offset)
    if found is not None and analysis.model is not None:
        text = symbol_doc(analysis.model, found.symbol)
        if text:
            symbol = found.symbol
            equation = (symbol.owner, symbol.name) if symbol.kind in ("state variable", "derived variable") else None
            return Hover(text, found.span, equation)
    here = context_at(analysis, offset)
    return _in_expression(analysis, here) or _markup(analysis, here)


def _in_expression(analysis: Analysis, here: Context) -> Hover | None:
    if place_of_value(here) is None:
        return None
    text, start, end = analysis.text, here.offset, here.offset
    while start > here.start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    while end < here.end and (text[end].isalnum() or text[end] == "_"):
        end += 1
    word = text[start:end]
    span = Span(start, end, analysis.file)
    if word in FUNCTIONS:
        return Hover(function_doc(word) or "", span)
    if word == "t":
        return Hover("the time, in ms", span)
    return None


def _markup(analysis: Analysis, here: Context) -> Hover | None:
    element = here.element
    if element is None:
        return None
    span = Span(here.start, here.end, analysis.file)
    if here.kind in ("element name", "closing name"):
        text = element_doc(element.name.local)
        return Hover(text, span) if text else None
    if here.attribute is not None and here.kind in ("attribute name", "value"):
        name = here.attribute.name
        known = f"rml:{name.local}" if name.prefix else name.text
        text = attribute_doc(element.name.local, known)
        return Hover(text, here.attribute.name_span if here.kind == "attribute name" else span) if text else None
    return None
