"""RML602: a range ends before it starts.

``rml:min`` is the lower end and ``rml:max`` the upper one, of a Parameter's range as of a StateVariable's.

Example::

    <Parameter name="gain" dimension="none" rml:min="1" rml:max="0"/>

Fix: exchange the two.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.each_type import each_type
from rateml.diagnostics import Code, Diagnostic, Edit, Fix, Related
from rateml.model.nodes import ComponentType, Model, Parameter, StateVariable


@each_type
def reversed_range(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """Ranges of parameters and of states."""
    states = type.dynamics.states if type.dynamics else ()
    every: list[Parameter | StateVariable] = [*type.parameters, *states]
    for ranged in every:
        low, high = ranged.low, ranged.high
        if low and high and low.value > high.value:
            related = (Related(low.span, "it starts here"),)
            swap = (Edit(low.span, high.text), Edit(high.span, low.text))
            fixes = (Fix("exchange the ends", swap, guess=True),)
            yield Code.REVERSED_RANGE.at(high.span, name=ranged.name, related=related, fixes=fixes)
