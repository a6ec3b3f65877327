"""A number with a unit inside an expression: what is told of it, and its declaration as a Constant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace as with_fields
from typing import Final

from rateml.checks.declarations import by_name
from rateml.checks.edits import add_element, dimension_name
from rateml.diagnostics import Code, Diagnostic, Edit, Fix, replace
from rateml.model.nodes import ComponentType, Model
from rateml.text import Span

_NUMBER: Final = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?=[ \t]*\Z)")
_LONGEST: Final = 60
"""Characters before a unit in which its number is looked for."""


def with_constants(found: Iterable[Diagnostic], model: Model) -> Iterator[Diagnostic]:
    """The diagnostics, with another help and other fixes where a unit stands behind a number.

    The parser, which knows no units, takes the unit for a name that is to be multiplied.
    """
    for d in found:
        yield (_of_quantity(d, model) or d) if d.code is Code.UNEXPECTED_TOKEN else d


def _of_quantity(d: Diagnostic, model: Model) -> Diagnostic | None:
    source = model.sources.get(d.span.file)
    type = next(
        (t for t in model.types if t.span.file == d.span.file and t.span.start < d.span.start < t.span.end), None
    )
    if source is None or type is None:
        return None
    symbol = source.slice(d.span)
    unit = model.units.get(symbol)
    first = max(0, d.span.start - _LONGEST)
    number = _NUMBER.search(source.text[first : d.span.start])
    if unit is None or number is None or symbol in by_name(type):
        return None
    quantity = f"{number[0]} {symbol}"
    place = Span(first + number.start(), d.span.end, d.span.file)
    before = source.text[first : place.start].rstrip()
    after = source.text[place.end : place.end + _LONGEST].lstrip()
    power = before.endswith("^") or after.startswith("^")  # of the unit, or of the quantity? Who wrote it knows.
    known = next((c.name.text for c in type.constants if c.value.text.split() == quantity.split()), None)
    if known is not None and not power:
        return with_fields(d, help=f"it is declared: {known}", fixes=(replace(place, known),))
    dimension = None if power else dimension_name(model, unit.dimension)
    help = "a number with a unit is declared, as a Constant or Parameter, and used by its name"
    return with_fields(d, help=help, fixes=_declaring(model, type, place, quantity, dimension) if dimension else ())


def _declaring(model: Model, type: ComponentType, place: Span, quantity: str, dimension: str) -> tuple[Fix, ...]:
    name = _fresh(type)
    text = f'<Constant name="{name}" dimension="{dimension}" value="{quantity}"/>'
    added = add_element(model, model.element(type.span), "Constant", text)
    return (Fix(f"declare '{quantity}' as a constant", (Edit(place, name), *added)),) if added else ()


def _fresh(type: ComponentType) -> str:
    number = 1
    while f"constant{number}" in by_name(type):
        number += 1
    return f"constant{number}"
