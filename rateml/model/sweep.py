"""The two little languages of attributes: ``rml:bind`` and ``rml:sweep``."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final

from rateml.diagnostics import Code, Diagnostic, did_you_mean, rename, replace
from rateml.model.dimension import Quantity
from rateml.model.nodes import Binding, Ident, SweepAxis
from rateml.model.quantity import parse_quantity
from rateml.model.read import Reader
from rateml.syntax.tree import XmlAttribute
from rateml.text import Span

MAX_POINTS: Final = 1_000_000
"""More values on one axis than any sweep could use: refused before they take up memory."""

_BINDING: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*([A-Za-z][A-Za-z0-9_]*)\s*")
_LOOSE_BINDING: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*(?::|→|->|=>|:=|==)\s*([A-Za-z][A-Za-z0-9_]*)\s*")
_NAME: Final = r"[A-Za-z][A-Za-z0-9_]*"
_AXIS: Final = re.compile(rf"\s*({_NAME}(?:\.{_NAME})?)\s*=\s*([A-Za-z]+)\s*\(([^()]*)\)\s*")
_FORMS: Final = ("linspace", "logspace", "list")


def _pieces(text: str, separator: str) -> Iterator[tuple[int, str]]:
    """The parts between separators, each with where it starts."""
    at = 0
    for piece in text.split(separator):
        yield at, piece
        at += len(piece) + 1


def _trimmed(attribute: XmlAttribute, at: int, piece: str) -> Span:
    start = at + len(piece) - len(piece.lstrip())
    end = at + len(piece.rstrip())
    return attribute.offsets.span(start, end) if end > start else attribute.offsets.span(at, at)


def read_bind(reader: Reader, attribute: XmlAttribute) -> tuple[Binding, ...]:
    """``x=theta; y=V``."""
    found: list[Binding] = []
    for at, piece in _pieces(attribute.value, ";"):
        match = _BINDING.fullmatch(piece)
        if match is None:
            span, loose = _trimmed(attribute, at, piece), _LOOSE_BINDING.fullmatch(piece)
            fixes = (replace(span, f"{loose[1]}={loose[2]}"),) if loose else ()
            reader.faults.append(Code.BAD_BINDING.at(span, help="such as 'x=theta; y=V'", fixes=fixes))
            continue
        formal, actual = (
            Ident(match[i], attribute.offsets.span(at + match.start(i), at + match.end(i))) for i in (1, 2)
        )
        found.append(Binding(formal, actual))
    return tuple(found)


def read_sweep(reader: Reader, attribute: XmlAttribute) -> tuple[SweepAxis, ...]:
    """``a=linspace(lo, hi, n); b=logspace(lo, hi, n); f.c=list(x, y, …)``, the first axis slowest.

    ``f.c`` is the parameter ``c`` of the Child ``f``.
    """
    found: list[SweepAxis] = []
    for at, piece in _pieces(attribute.value, ";"):
        span = _trimmed(attribute, at, piece)
        match = _AXIS.fullmatch(piece)
        if match is None:
            problem = "an axis is 'name=linspace(low, high, count)', 'name=logspace(…)' or 'name=list(…)'"
            reader.faults.append(Code.BAD_SWEEP.at(span, problem=problem))
            continue
        form_span = attribute.offsets.span(at + match.start(2), at + match.end(2))
        if match[2] not in _FORMS:
            problem = f"there is no '{match[2]}': an axis is a linspace, a logspace or a list"
            fixes = rename(form_span, match[2], _FORMS)
            help = did_you_mean(match[2], _FORMS)
            reader.faults.append(Code.BAD_SWEEP.at(form_span, problem=problem, help=help, fixes=fixes))
            continue
        arguments = [
            (text.strip(), _trimmed(attribute, at + match.start(3) + offset, text))
            for offset, text in _pieces(match[3], ",")
        ]
        name = Ident(match[1], attribute.offsets.span(at + match.start(1), at + match.end(1)))
        axis = _axis(reader, name, match[2], arguments, span, form_span)
        if axis:
            found.append(axis)
    return tuple(found)


def _axis(
    reader: Reader, name: Ident, form: str, arguments: list[tuple[str, Span]], span: Span, form_span: Span
) -> SweepAxis | None:
    ranged = form != "list"
    if ranged and len(arguments) != 3:
        problem = f"{form} takes a low end, a high end and a count"
        reader.faults.append(Code.BAD_SWEEP.at(form_span, problem=problem))
        return None
    written: list[Quantity] = []
    for text, at in arguments[:2] if ranged else arguments:
        quantity = parse_quantity(text, at, reader.units)
        if isinstance(quantity, Diagnostic):
            reader.faults.append(quantity)
            return None
        written.append(quantity)
    if not ranged:
        return SweepAxis(name, tuple(q.value for q in written), span, tuple(written))
    count, count_span = arguments[2]
    points = int(count) if re.fullmatch(r"[0-9]{1,9}", count) else 0
    reader.points += points
    if not 1 <= points <= MAX_POINTS or reader.points > MAX_POINTS:
        problem = f"the count must be a whole number from 1 to {MAX_POINTS:,}"
        if points and reader.points > MAX_POINTS:
            problem = f"the axes of a file have at most {MAX_POINTS:,} points together"
        reader.faults.append(Code.BAD_SWEEP.at(count_span, problem=problem))
        return None
    low, high = written
    if form == "logspace" and not (low.value > 0 and high.value > 0):
        wrong = low if low.value <= 0 else high
        problem = "both ends of a logspace must be greater than zero"
        reader.faults.append(Code.BAD_SWEEP.at(wrong.span, problem=problem))
        return None
    return SweepAxis(name, axis_values(form, low.value, high.value, points), span, tuple(written))


def axis_values(form: str, low: float, high: float, points: int) -> tuple[float, ...]:
    """``points`` values from ``low`` to ``high``, both exact: evenly spaced, or by equal factors for ``logspace``."""
    if points == 1:
        return (low,)
    if form == "logspace":
        first, last = math.log(low), math.log(high)
        inner = tuple(math.exp(first + (last - first) * i / (points - 1)) for i in range(1, points - 1))
    else:
        step = (high - low) / (points - 1)
        inner = tuple(low + step * i for i in range(1, points - 1))
    return (low, *inner, high)
