"""RML603: a value lies outside the range of its parameter.

``rml:min`` and ``rml:max`` are what the author of the type expects. They limit nothing: a value outside is
allowed and warned about.

Example::

    <Parameter name="tau" dimension="time" rml:min="1 ms" rml:max="30 ms"/>
    <Component id="one" type="Model" tau="40 ms"/>

Fix: change the value, or widen the range.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.given_values import given_values
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Model


def value_out_of_range(model: Model) -> Iterator[Diagnostic]:
    """Values below ``rml:min`` or above ``rml:max``."""
    for parameter, quantity in given_values(model):
        low, high = parameter.low, parameter.high
        if low and high and low.value > high.value:
            continue
        for bound in (low, high):
            if bound and (quantity.value < bound.value if bound is low else quantity.value > bound.value):
                related = (Related(bound.span, "the range ends here"),)
                at, name, text = quantity.span, parameter.name, quantity.text
                yield Code.OUT_OF_RANGE.at(at, name=name, text=text, related=related)
