"""``Dimension`` and ``Unit`` elements: the names a file adds to the built-in ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rateml.diagnostics import Code, Diagnostic, Edit, Fix, Related
from rateml.model.dimension import DIMENSIONS, UNITS, Dimension, Unit
from rateml.model.nodes import Ident
from rateml.model.read import NAME, Reader
from rateml.syntax.tree import Element
from rateml.text import Span

_MAX_EXPONENT: Final = 30
_MAX_POWER: Final = 100


def read_definitions(roots: Sequence[Element]) -> Reader:
    """A reader that knows the dimensions and units of the files; order does not matter."""
    dimensions = dict(DIMENSIONS)
    units = dict(UNITS)
    reader = Reader(dimensions, units)  # a program with them can be pickled, which a view of them could not
    seen: dict[str, Span] = {}
    for element in (e for root in roots for e in root.named("Dimension")):
        name = reader.name(element)
        if not NAME.fullmatch(name.text):
            continue
        exponents, faults = _integers(element, ("m", "l", "t", "i", "k", "n"), _MAX_EXPONENT)
        reader.faults.extend(faults)
        dimension = Dimension(*exponents)
        if name.text in seen:
            same = dimensions.get(name.text) == dimension and not faults
            reader.faults.append(_twice(name, seen[name.text], element if same else None))
        elif not faults and DIMENSIONS.get(name.text, dimension) != dimension:
            problem = f"'{name.text}' is built in and means something else"
            reader.faults.append(Code.BAD_DEFINITION.at(name.span, problem=problem, help="choose another name"))
        else:
            dimensions[name.text] = dimension
        seen.setdefault(name.text, name.span)
    seen = {}
    for element in (e for root in roots for e in root.named("Unit")):
        name = reader.name(element, "symbol")
        dimension = reader.dimension(element)
        if not NAME.fullmatch(name.text):
            continue
        (power,), faults = _integers(element, ("power",), _MAX_POWER)
        scale = _scale(element, faults)
        reader.faults.extend(faults)
        unit = Unit(name.text, dimension, power, scale)
        if name.text in seen:
            reader.faults.append(_twice(name, seen[name.text], element if units.get(name.text) == unit else None))
        elif not faults and dimension in DIMENSIONS.values() and not _same(unit, UNITS.get(name.text, unit)):
            problem = f"'{name.text}' is a built-in unit and means something else"
            reader.faults.append(Code.BAD_DEFINITION.at(name.span, problem=problem, help="choose another symbol"))
        else:
            units[name.text] = unit
        seen.setdefault(name.text, name.span)
    return reader


def _same(unit: Unit, known: Unit) -> bool:
    return (unit.dimension, unit.power, unit.scale) == (known.dimension, known.power, known.scale)


def _twice(name: Ident, first: Span, same: Element | None) -> Diagnostic:
    """``same`` is the element when it only repeats the first."""
    related = (Related(first, "first declared here"),)
    fixes = (Fix("remove it: it repeats the first", (Edit(same.span, ""),)),) if same else ()
    return Code.DUPLICATE_NAME.at(name.span, name=name, place="this file", related=related, fixes=fixes)


def _integers(element: Element, names: tuple[str, ...], limit: int) -> tuple[list[int], list[Diagnostic]]:
    found: list[int] = []
    faults: list[Diagnostic] = []
    for name in names:
        attribute = element.attribute(name)
        value = 0
        if attribute is not None:
            try:
                value = int(attribute.value)
            except ValueError:
                value = limit + 1
            if abs(value) > limit:
                problem = f"'{name}' must be a whole number between -{limit} and {limit}"
                faults.append(Code.BAD_DEFINITION.at(attribute.value_span, problem=problem))
                value = 0
        found.append(value)
    return found, faults


def _scale(element: Element, faults: list[Diagnostic]) -> float:
    attribute = element.attribute("scale")
    if attribute is None:
        return 1.0
    try:
        scale = float(attribute.value)
    except ValueError:
        scale = math.nan
    if not (math.isfinite(scale) and scale > 0):
        faults.append(
            Code.BAD_DEFINITION.at(attribute.value_span, problem="'scale' must be a number greater than zero")
        )
        return 1.0
    return scale
