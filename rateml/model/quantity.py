"""Reading quantities: a number and, where it has a dimension, a unit."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import DecimalException
from typing import Final

from rateml.diagnostics import Code, Diagnostic, did_you_mean, rename, replace
from rateml.model.dimension import UNITS, UNKNOWN, Quantity, Unit
from rateml.text import Offsets, Span

_QUANTITY: Final = re.compile(r"\s*([+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)\s*([A-Za-z][A-Za-z0-9_]*)?\s*")
_LOOSE: Final = re.compile(r"\s*([+-]?)(?:([0-9]+)\.?|\.([0-9]+))(?:([eE][+-]?[0-9]+))?\s*([A-Za-z][A-Za-z0-9_]*)?\s*")


def parse_quantity(
    text: str,
    span: Span | None = None,
    units: Mapping[str, Unit] = UNITS,
    offsets: Offsets | None = None,
    suggest: bool = True,
) -> Quantity | Diagnostic:
    """The quantity written in ``text`` (``0.4``, ``0.4 ms``, ``3m_per_s``), or the fault that keeps it from being one.

    ``span`` is where the text stands and ``offsets`` where each of its characters does; both may be left
    out for text that comes from no file. Without ``suggest`` a fault does not say what may be meant.
    """
    span = span or Span(0, len(text))
    offsets = offsets or Offsets(span.file, span.start)
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return _fault(text, span)
    number, symbol = match[1], match[2]
    unit = units.get(symbol) if symbol else None
    if symbol and unit is None:
        at = offsets.span(*match.span(2))
        near = units if suggest else ()
        help = did_you_mean(symbol, near) or "declare it with <Unit>, or use one of the built-in units"
        return Code.UNKNOWN_UNIT.at(at, name=symbol, help=help, fixes=rename(at, symbol, near))
    try:
        known = unit is not None and unit.dimension is not UNKNOWN
        value = unit.to_base(number) if unit and known else float(number)
    except (DecimalException, OverflowError, ValueError):
        value = math.inf
    if not math.isfinite(value):
        return Code.BAD_QUANTITY.at(span, text=text, help="the number is too large for a computer")
    return Quantity(value, unit.dimension if unit else None, text, span)


def _fault(text: str, span: Span) -> Diagnostic:
    loose = _LOOSE.fullmatch(text)
    if loose is None:
        return Code.BAD_QUANTITY.at(span, text=text, help="write a number and a unit, such as '0.4 ms' or '2.5'")
    sign, whole, fraction, exponent, unit = (part or "" for part in loose.groups())
    number = sign + (whole or f"0.{fraction}") + exponent
    meant = f"{number} {unit}" if unit else number
    return Code.BAD_QUANTITY.at(span, text=text, help=f"write '{meant}'", fixes=(replace(span, meant),))
