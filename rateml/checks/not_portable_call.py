"""RML629: PyLEMS does not find the function that a Child calls.

PyLEMS 0.6.9 makes a call only where the Component has an element for it, and takes the name of that element for
the name of its type.

Example::

    <Child name="gate" type="Sigmoid"/>
    <Component id="one" type="Model"><gate slope="2"/></Component>

Fix: name the type: ``<gate type="Sigmoid" slope="2"/>``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.edits import add_attribute, attribute_of
from rateml.checks.function_calls import function_calls
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Model


def not_portable_call(model: Model) -> Iterator[Diagnostic]:
    """Every call that has no element in a component, or one without its type."""
    for call in function_calls(model):
        child, type = call.child.name, call.child.type.text
        related = (Related(child.span, "the Child is here"),)
        for component in (c for c in model.components if c.type.text == call.caller.name.text):
            values = next((v for v in component.children if v.name.text == child.text), None)
            if values is None:
                help = f'add <{child} type="{type}"/> inside <Component>'
                yield Code.NOT_PORTABLE_CALL.at(component.id.span, child=child, help=help, related=related)
            elif child.text != type and attribute_of(model, values.span, "type") is None:
                help, fixes = f'write type="{type}"', add_attribute(model, values.span, "type", type)
                yield Code.NOT_PORTABLE_CALL.at(values.name.span, child=child, help=help, fixes=fixes, related=related)
