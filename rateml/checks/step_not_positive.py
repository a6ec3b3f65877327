"""RML519: the time step is zero or less.

``rml:dt`` on a model type suggests the step of integration.

Example::

    <ComponentType name="Model" rml:role="model" rml:dt="0 ms">

Fix: ``rml:dt="0.1 ms"``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import Model


def step_not_positive(model: Model) -> Iterator[Diagnostic]:
    """``rml:dt`` of every type."""
    for type in model.types:
        if type.dt is not None and type.dt.value <= 0:
            yield Code.STEP_NOT_POSITIVE.at(type.dt.span, help='such as "0.1 ms"')
