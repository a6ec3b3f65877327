"""RML206: a declared name already means something else.

``t`` and ``dt`` are the time and the step; a function's name is that function; Python's keywords and the
attributes of PyLEMS's own objects would break the simulators that read the file. ``type`` is an attribute of
every Component, so a parameter of that name could have no value.

Example::

    <Parameter name="lambda" dimension="none"/>

Fix: choose another name, such as ``lambda_``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import declarations
from rateml.checks.each_type import each_type
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import ComponentType, Model
from rateml.syntax.reserved import reserved


@each_type
def reserved_name(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """Every declared name."""
    for declared in declarations(type):
        reason = reserved(declared.name.text)
        if reason:
            yield Code.RESERVED_NAME.at(
                declared.name.span,
                name=declared.name,
                reason=reason,
                help=f"choose another name, such as '{declared.name}_'",
            )
