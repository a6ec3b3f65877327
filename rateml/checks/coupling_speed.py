"""Conduction speeds and time steps."""

from __future__ import annotations

from collections.abc import Iterator

from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import Model


def coupling_speed(model: Model) -> Iterator[Diagnostic]:
    """A delayed coupling has no conduction speed, or one that is not greater than zero.

    The delay of a connection is its length over the speed.

    Fix: ``rml:speed="3 m_per_s"``, or ``rml:delayed="false"``.
    """
    for component in model.of_role("coupling"):
        if component.speed is not None and component.speed.value <= 0:
            yield Code.SPEED_NOT_POSITIVE.at(component.speed.span, help='for no delay write rml:delayed="false"')
        if component.speed is None and component.delayed:
            help = 'add rml:speed="3 m_per_s", or rml:delayed="false"'
            yield Code.MISSING_SPEED.at(component.id.span, component=component.id, help=help)
        for axis in component.sweep:
            if axis.name.text == "speed":
                for written in axis.written:
                    if written.value <= 0:
                        yield Code.SPEED_NOT_POSITIVE.at(written.span)


def step_not_positive(model: Model) -> Iterator[Diagnostic]:
    """The step suggested by ``rml:dt`` is zero or less.

    Fix: ``rml:dt="0.1 ms"``.
    """
    for type in model.types:
        if type.dt is not None and type.dt.value <= 0:
            yield Code.STEP_NOT_POSITIVE.at(type.dt.span, help='such as "0.1 ms"')
