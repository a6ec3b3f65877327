"""RML503: a Component leaves a parameter of its type without a value.

Every Parameter needs a value: there are no defaults in the type. The parameters of a function that the model
calls stand in an element named like the Child, inside the model's Component.

Example::

    <ComponentType name="Model" rml:role="model"><Parameter name="tau" dimension="time"/></ComponentType>
    <Component id="one" type="Model"/>

Fix: add the attribute: ``tau="10 ms"``.

RML504: a Component gives a value to something that is no parameter of its type.

Only Parameters take values. Constants and derived parameters have theirs in the type.

Example::

    <Component id="one" type="Model" tua="10 ms"/>

Fix: correct the name, or declare a Parameter of that name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rateml.diagnostics import Code, Diagnostic, Related, did_you_mean, rename
from rateml.model.nodes import Attribute, Component, ComponentType, Ident, Model


def component_values(model: Model) -> Iterator[Diagnostic]:
    """Compare what components give with what their types ask for, function calls included."""
    for component in model.components:
        type = model.type(component.type.text)
        if type is not None and type.role != "function":
            yield from _names(component.id, component.values, type)
            yield from _calls(model, component, type)


def _calls(model: Model, component: Component, type: ComponentType) -> Iterator[Diagnostic]:
    given = {values.name.text: values for values in component.children}
    for child in type.children:
        function = model.type(child.type.text)
        if function is None or function.role != "function":
            continue
        values = given.get(child.name.text)
        if values is not None:
            yield from _names(values.name, values.values, function)
        elif function.parameters:
            names = ", ".join(f"'{p.name}'" for p in function.parameters)
            attributes = " ".join(f'{p.name}="…"' for p in function.parameters)
            help = f"add <{child.name} {attributes}/> inside <Component>"
            names = f"{names} of its Child '{child.name}'"
            related = (Related(child.name.span, "the Child is here"),)
            at = component.id.span
            yield Code.MISSING_VALUE.at(at, component=component.id, names=names, help=help, related=related)


def _names(owner: Ident, values: Sequence[Attribute], type: ComponentType) -> Iterator[Diagnostic]:
    wanted = {p.name.text: p for p in type.parameters if p.name.text}
    given = {v.name.text for v in values}
    missing = [name for name in wanted if name not in given]
    explained: set[str] = set()
    for value in values:
        name, at = value.name.text, value.name.span
        if name not in wanted:
            fixes = rename(at, name, missing)
            explained.update(fix.edits[0].text for fix in fixes)
            help = did_you_mean(name, missing) or _why(name, type)
            yield Code.UNKNOWN_VALUE.at(at, name=name, type=type.name, help=help, fixes=fixes)
    left = [name for name in missing if name not in explained]
    if left:
        shown = ", ".join(f"'{name}'" for name in left)
        related = tuple(Related(wanted[name].name.span, "declared here") for name in left[:3])
        help = "add " + " ".join(f'{name}="…"' for name in left[:3])
        yield Code.MISSING_VALUE.at(owner.span, component=owner, names=shown, help=help, related=related)


def _why(name: str, type: ComponentType) -> str:
    if any(c.name.text == name for c in type.constants):
        return f"'{name}' is a Constant: its value stands in the type"
    if any(d.name.text == name for d in type.derived_parameters):
        return f"'{name}' is a DerivedParameter: it follows from others"
    return "its parameters are " + ", ".join(p.name.text for p in type.parameters) if type.parameters else ""
