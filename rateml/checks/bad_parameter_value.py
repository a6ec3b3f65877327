"""RML505: a value does not fit its parameter: it is not whole, not 0 or 1, or a noise intensity below 0.

``rml:type="integer"`` restricts a parameter to whole numbers, ``rml:type="boolean"`` to 0 and 1. A parameter that
is the ``rml:diffusion`` of a state is a variance per time: it is 0 or more.

Example::

    <Parameter name="mode" dimension="none" rml:type="boolean"/>
    <Component id="one" type="Model" mode="2"/>

Fix: change the value, or the declaration.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import dynamics_of
from rateml.checks.given_values import given_values, listed_values
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.dimension import Quantity
from rateml.model.nodes import Model, Parameter, TimeDerivative
from rateml.syntax.expr import Name
from rateml.text import Span


def bad_parameter_value(model: Model) -> Iterator[Diagnostic]:
    """Values of boolean and integer parameters and of noise intensities; of the latter those of sweeps too."""
    noises = dict(_noises(model))
    for parameter, quantity in given_values(model):
        kind, name, text = parameter.kind, parameter.name, quantity.text
        if kind == "boolean" and quantity.value not in (0.0, 1.0):
            yield Code.BAD_PARAMETER_VALUE.at(quantity.span, name=name, kind="0 or 1", text=text)
        elif kind == "integer" and quantity.value != int(quantity.value):
            yield Code.BAD_PARAMETER_VALUE.at(quantity.span, name=name, kind="a whole number", text=text)
        else:
            yield from _below_zero(noises, parameter, quantity)
    for parameter, quantity in listed_values(model):
        yield from _below_zero(noises, parameter, quantity)


def _noises(model: Model) -> Iterator[tuple[Span, TimeDerivative]]:
    """The parameters, by the place of their names, that alone are the noise intensity of a state."""
    for type in model.types:
        parameters = {p.name.text: p.name.span for p in type.parameters}
        for derivative in dynamics_of(type).derivatives:
            if isinstance(derivative.diffusion, Name) and derivative.diffusion.id in parameters:
                yield parameters[derivative.diffusion.id], derivative


def _below_zero(noises: dict[Span, TimeDerivative], parameter: Parameter, quantity: Quantity) -> Iterator[Diagnostic]:
    """A value of another dimension, or without its unit, is told as such."""
    derivative = noises.get(parameter.name.span)
    found = quantity.dimension or (parameter.dimension if parameter.dimension.dimensionless else None)
    if derivative is None or derivative.diffusion is None or quantity.value >= 0 or found != parameter.dimension:
        return
    state = derivative.variable
    yield Code.BAD_PARAMETER_VALUE.at(
        quantity.span,
        name=parameter.name,
        kind="a noise intensity, 0 or more",
        text=quantity.text.strip(),
        help="0 is no noise",
        related=(Related(derivative.diffusion.span, f"the noise on '{state}'"),),
    )
