"""Parameters, constants and their values, as elements of the new file."""

from __future__ import annotations

import math
from collections.abc import Iterable

from rateml.legacy.old_model import Adjustable, Derived, Fixed
from rateml.legacy.pace import POINTS, Speed
from rateml.legacy.reading import Reading
from rateml.legacy.writing import New, Piece, Value, spell, text
from rateml.syntax.tree import Element
from rateml.text import Span

Attributes = list[tuple[str, Value]]


def described(reading: Reading, element: Element) -> Attributes:
    """The description of an old element, where it says something."""
    words = reading.text(element, "description")
    return [("description", text(words, reading.place(element, "description")))] if words else []


def new_parameter(reading: Reading, parameter: Adjustable) -> New:
    new = New("Parameter", parameter.at, [("name", text(parameter.name, parameter.at)), ("dimension", text("none"))])
    limits = parameter.limits
    if limits is not None:
        for name, number in (("rml:min", limits.low), ("rml:max", limits.high), ("rml:step", limits.step)):
            if number is not None:
                new.attributes.append((name, text(number.text, number.at)))
    new.attributes += described(reading, parameter.element)
    return new


def new_constant(reading: Reading, constant: Fixed) -> New:
    new = New("Constant", constant.at, [("name", text(constant.name, constant.at)), ("dimension", text("none"))])
    new.attributes.append(("value", text(constant.value.text, constant.value.at)))
    new.attributes += described(reading, constant.element)
    return new


def new_derived(reading: Reading, derived: Derived) -> New:
    new = New("DerivedParameter", derived.at, [("name", text(derived.name, derived.at)), ("dimension", text("none"))])
    new.attributes.append(("value", spell(derived.expr)))
    new.attributes += described(reading, derived.element)
    return new


def constant(name: str, value: str, at: Span, dimension: str = "none") -> New:
    attributes: Attributes = [("name", text(name, at)), ("dimension", text(dimension)), ("value", text(value, at))]
    return New("Constant", at, attributes)


def pi(at: Span) -> New:
    """RateML 1 has no constants of its own."""
    return constant("pi", repr(math.pi), at)


def component_values(parameters: Iterable[Adjustable]) -> Attributes:
    return [(p.name, text(p.value.text, p.value.at)) for p in parameters]


def sweep(parameters: Iterable[Adjustable], speed: Speed | None = None) -> Attributes:
    """The ranges of parameters, and of the speed, as axes of the old driver's number of values."""
    axes: list[Piece] = []

    def add(axis: str, at: Span) -> None:
        axes.extend([Piece("; ")] * bool(axes) + [Piece(axis, at)])

    if speed is not None and speed.axis:
        add(f"speed=list({', '.join(f'{v} mm_per_ms' for v in speed.axis)})", speed.at)
    for p in parameters:
        if p.axis is not None:
            low, high = p.axis
            add(f"{p.name}=linspace({low.text}, {high.text}, {POINTS})", low.at.to(high.at))
    return [("rml:sweep", axes)] if axes else []
