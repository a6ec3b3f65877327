"""RML505: a value does not fit its parameter: it is not whole, or not 0 or 1.

``rml:type="integer"`` restricts a parameter to whole numbers, ``rml:type="boolean"`` to 0 and 1.

Example::

    <Parameter name="mode" dimension="none" rml:type="boolean"/>
    <Component id="one" type="Model" mode="2"/>

Fix: change the value, or the declaration.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.given_values import given_values
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import Model


def parameter_kind(model: Model) -> Iterator[Diagnostic]:
    """Values of boolean and integer parameters."""
    for parameter, quantity in given_values(model):
        kind, name, text = parameter.kind, parameter.name, quantity.text
        if kind == "boolean" and quantity.value not in (0.0, 1.0):
            yield Code.BAD_PARAMETER_VALUE.at(quantity.span, name=name, kind="0 or 1", text=text)
        elif kind == "integer" and quantity.value != int(quantity.value):
            yield Code.BAD_PARAMETER_VALUE.at(quantity.span, name=name, kind="a whole number", text=text)
