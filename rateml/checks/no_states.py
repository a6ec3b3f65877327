"""RML314: a model type has Dynamics without a single state variable.

Nothing would move: there is nothing to integrate.

Example::

    <ComponentType name="Model" rml:role="model"><Dynamics/></ComponentType>

Fix: add a StateVariable and its TimeDerivative.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import Model


def no_states(model: Model) -> Iterator[Diagnostic]:
    """Model types that do not move."""
    for type in model.types:
        if type.role == "model" and type.dynamics is not None and not type.dynamics.states:
            help = "add a StateVariable and its TimeDerivative"
            yield Code.NO_STATES.at(type.name.span, name=type.name, help=help)
