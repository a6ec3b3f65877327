"""The values that components, function calls and sweeps give to parameters."""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.axes import own_parameters
from rateml.model.dimension import Quantity
from rateml.model.nodes import Model, Parameter


def given_values(model: Model) -> Iterator[tuple[Parameter, Quantity]]:
    """Every parameter that is given a value, with that value."""
    for component in model.components:
        type = model.type(component.type.text)
        if type is None:
            continue
        parameters = {p.name.text: p for p in type.parameters}
        for value in component.values:
            if value.name.text in parameters:
                yield parameters[value.name.text], value.value
        functions = {c.name.text: model.type(c.type.text) for c in type.children}
        for call in component.children:
            function = functions.get(call.name.text)
            own = {p.name.text: p for p in function.parameters} if function else {}
            for value in call.values:
                if value.name.text in own:
                    yield own[value.name.text], value.value


def listed_values(model: Model) -> Iterator[tuple[Parameter, Quantity]]:
    """Every value written in an axis of ``rml:sweep``, with its parameter."""
    for component in model.components:
        type = model.type(component.type.text)
        parameters = own_parameters(model, type) if type is not None and component.sweep else {}
        for axis in component.sweep:
            for written in axis.written if axis.name.text in parameters else ():
                yield parameters[axis.name.text], written
