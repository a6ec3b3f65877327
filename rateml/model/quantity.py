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
_RATIO: Final = re.compile(r"\s*+(?:1|([A-Za-z]+))?\s*+/\s*+([A-Za-z]+[0-9]*)\s*+")
"""A unit written as a fraction."""
_DIVIDED: Final = re.compile(
    rf"\s*+([+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?:\s*+\*|\s++(?=1)|(?!\s*+1))({_RATIO.pattern})"
)
"""A number with such a unit: ``3 m/s``, ``2/ms``, ``2 1/ms``, ``2 * 1/ms``."""


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
        return _fault(text, span, units)
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


def unit_name(text: str) -> str:
    """How a unit that may be written as a fraction is called: ``m/s`` is m_per_s, ``1/ms`` per_ms."""
    ratio = _RATIO.fullmatch(text)
    return f"{ratio[1] or ''}_per_{ratio[2]}".removeprefix("_") if ratio else text


def _fault(text: str, span: Span, units: Mapping[str, Unit]) -> Diagnostic:
    plain = text.replace("\N{MINUS SIGN}", "-").strip()
    if plain != text.strip() and _QUANTITY.fullmatch(plain):
        help = f"write '{plain}', with the sign of a keyboard"
        return Code.BAD_QUANTITY.at(span, text=text, help=help, fixes=(replace(span, plain),))
    loose = _LOOSE.fullmatch(text)
    divided = _DIVIDED.fullmatch(text)
    if divided and unit_name(divided[2]) in units:
        meant = f"{divided[1]} {unit_name(divided[2])}"
        return Code.BAD_QUANTITY.at(span, text=text, help=f"write '{meant}'", fixes=(replace(span, meant),))
    if loose is None:
        return Code.BAD_QUANTITY.at(span, text=text, help="write a number and a unit, such as '0.4 ms' or '2.5'")
    sign, whole, fraction, exponent, unit = (part or "" for part in loose.groups())
    number = sign + (whole or f"0.{fraction}") + exponent
    meant = f"{number} {unit}" if unit else number
    return Code.BAD_QUANTITY.at(span, text=text, help=f"write '{meant}'", fixes=(replace(span, meant),))
