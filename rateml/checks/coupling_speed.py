"""RML512: a delayed coupling has no conduction speed.

The delay of a connection is its length over the speed. Couplings are delayed unless they say otherwise, or take
present values by ``rml:reduce="self"`` or ``"mean"``.

Example::

    <Component id="net" type="Sum" rml:input="c_theta" rml:bind="x=theta"/>

Fix: ``rml:speed="3 m_per_s"``, or ``rml:delayed="false"``.

RML513: a conduction speed is zero or less.

At speed zero nothing would ever arrive.

Example::

    <Component id="net" type="Sum" rml:input="c_theta" rml:speed="0 m_per_s"/>

Fix: a speed greater than zero; for no delay at all ``rml:delayed="false"``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import Model


def coupling_speed(model: Model) -> Iterator[Diagnostic]:
    """``rml:speed`` of every coupling, and axes over it."""
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
