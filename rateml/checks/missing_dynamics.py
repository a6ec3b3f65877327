"""RML301: a type has no Dynamics, or two.

A model and a function need their equations. A coupling type may go without: it then sums its only variable.

Example::

    <ComponentType name="Model" rml:role="model"/>

Fix: add a ``<Dynamics>`` element, or join the two.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import place_of
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import Model


def missing_dynamics(model: Model) -> Iterator[Diagnostic]:
    """Types without equations; two Dynamics are told when the file is read."""
    for type in model.types:
        if type.role != "coupling" and type.dynamics is None:
            help = "add a <Dynamics> element with the equations"
            yield Code.DYNAMICS_COUNT.at(type.name.span, place=place_of(type), help=help)
