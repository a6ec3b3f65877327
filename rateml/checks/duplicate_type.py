"""RML207: there are two component types of one name.

Components say by name which type they are of. Types of all included files share one list.

Example::

    <ComponentType name="Sum" rml:role="coupling">…</ComponentType>
    <ComponentType name="Sum" rml:role="model">…</ComponentType>

Fix: rename one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.repeated import repeated
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Model


def duplicate_type(model: Model) -> Iterator[Diagnostic]:
    """The names of types."""
    for name, first in repeated(t.name for t in model.types):
        yield Code.DUPLICATE_TYPE.at(name.span, name=name, related=(Related(first.span, "the first is here"),))
