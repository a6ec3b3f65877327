"""RML208: there are two components with one id.

The id names a component's parameters on the command line, as in ``--set net.a=0.5``.

Example::

    <Component id="net" type="Sum" rml:input="c_x"/>
    <Component id="net" type="Sum" rml:input="c_y"/>

Fix: rename one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.repeated import repeated
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Model


def duplicate_component(model: Model) -> Iterator[Diagnostic]:
    """The ids of components."""
    for name, first in repeated(c.id for c in model.components):
        yield Code.DUPLICATE_COMPONENT.at(name.span, name=name, related=(Related(first.span, "the first is here"),))
