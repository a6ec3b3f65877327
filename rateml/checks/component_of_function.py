"""RML521: a Component is of a function type.

A function has no parameter set of its own: each call of it is a Child of a model type, and the values of
its parameters stand inside the model's Component.

Example::

    <Component id="s" type="Sigmoid" gain="2"/>

Fix: declare ``<Child name="s" type="Sigmoid"/>`` in the model type and write ``<s gain="2"/>`` inside the
model's Component.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Model


def component_of_function(model: Model) -> Iterator[Diagnostic]:
    """Components whose type plays the role of a function."""
    for component in model.of_role("function"):
        type = model.type(component.type.text)
        related = (Related(type.name.span, "the type is here"),) if type else ()
        help = f'call it: <Child name="{component.id}" type="{component.type}"/> in the model type'
        yield Code.COMPONENT_OF_FUNCTION.at(component.type.span, name=component.type, help=help, related=related)
