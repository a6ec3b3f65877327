"""Components: which there are, of which type, and the values they give."""

from __future__ import annotations

from collections.abc import Iterator

from rateml.diagnostics import Code, Diagnostic, Related, did_you_mean, rename
from rateml.model.nodes import Component, ComponentType, Model, Parameter
from rateml.text import Span


def one_model(model: Model) -> Iterator[Diagnostic]:
    """The file does not have exactly one Component of a model type.

    That component is what runs; couplings attach to it.

    Fix: add ``<Component id="…" type="…"/>`` for the model type, or remove all but one.
    """
    if any(model.type(c.type.text) is None for c in model.components):
        return
    found = model.of_role("model")
    if not found:
        at = Span(model.span.start, model.span.start + len("<Lems"), model.span.file)
        types = [t.name.text for t in model.types if t.role == "model"]
        help = f'add <Component id="…" type="{types[0]}" …/>' if types else "add a ComponentType and its Component"
        yield Code.MODEL_COUNT.at(at, count="none", help=help)
    for extra in found[1:]:
        related = (Related(found[0].id.span, "the first is here"),)
        yield Code.MODEL_COUNT.at(extra.id.span, count=len(found), related=related)


def unknown_type(model: Model) -> Iterator[Diagnostic]:
    """A Component names a type that the file does not define, or one that has no components.

    Fix: correct the spelling. Types with the role ``function`` are used by Child elements.
    """
    usable = [t.name.text for t in model.types if t.role != "function"]
    for component in model.components:
        type, at = model.type(component.type.text), component.type.span
        if type is None and component.type.text:
            name = component.type.text
            help, fixes = did_you_mean(name, usable), rename(at, name, usable)
            yield Code.UNKNOWN_TYPE.at(at, name=name, help=help, fixes=fixes)
        elif type is not None and type.role == "function":
            yield Code.NOT_YET.at(at, what="components of function types", done="compiled")


def component_values(model: Model) -> Iterator[Diagnostic]:
    """A Component leaves a parameter of its type without a value, or gives one the type does not have.

    Every Parameter needs a value: there are no defaults. Constants and derived parameters have theirs.

    Fix: add the attribute, or correct its name.
    """
    for component in model.components:
        type = model.type(component.type.text)
        if type is not None:
            yield from _names(component, type)


def _names(component: Component, type: ComponentType) -> Iterator[Diagnostic]:
    wanted = {p.name.text: p for p in type.parameters if p.name.text}
    given = {v.name.text for v in component.values}
    missing = [name for name in wanted if name not in given]
    explained: set[str] = set()
    for value in component.values:
        name, at = value.name.text, value.name.span
        if name not in wanted:
            fixes = rename(at, name, missing)
            explained.update(fix.edits[0].text for fix in fixes)
            help = did_you_mean(name, missing)
            yield Code.UNKNOWN_VALUE.at(at, name=name, type=type.name, help=help, fixes=fixes)
    left = [name for name in missing if name not in explained]
    if left:
        shown = ", ".join(f"'{name}'" for name in left)
        related = tuple(Related(wanted[name].name.span, "declared here") for name in left[:3])
        yield Code.MISSING_VALUE.at(component.id.span, component=component.id, names=shown, related=related)


def parameter_kinds(model: Model) -> Iterator[Diagnostic]:
    """A value does not fit its parameter: not whole, not 0 or 1, or outside the declared range.

    ``rml:type`` restricts a parameter to whole numbers or to 0 and 1. ``rml:min`` and ``rml:max`` are what
    its author expects; a value outside is allowed and warned about.

    Fix: change the value, or the declaration.
    """
    for type in model.types:
        for low, high, name in [(p.low, p.high, p.name) for p in type.parameters] + (
            [(s.low, s.high, s.name) for s in type.dynamics.states] if type.dynamics else []
        ):
            if low and high and low.value > high.value:
                yield Code.REVERSED_RANGE.at(high.span, name=name, related=(Related(low.span, "it starts here"),))
    for component in model.components:
        type_ = model.type(component.type.text)
        parameters = {p.name.text: p for p in type_.parameters} if type_ else {}
        for value in component.values:
            parameter = parameters.get(value.name.text)
            if parameter is not None:
                yield from _kind(parameter, value.value.value, value.value.text, value.value.span)


def _kind(parameter: Parameter, value: float, text: str, at: Span) -> Iterator[Diagnostic]:
    if parameter.kind == "boolean" and value not in (0.0, 1.0):
        yield Code.BAD_PARAMETER_VALUE.at(at, name=parameter.name, kind="0 or 1", text=text)
    elif parameter.kind == "integer" and value != int(value):
        yield Code.BAD_PARAMETER_VALUE.at(at, name=parameter.name, kind="a whole number", text=text)
    low, high = parameter.low, parameter.high
    for bound, outside in ((low, low and value < low.value), (high, high and value > high.value)):
        if bound is not None and outside and not (low and high and low.value > high.value):
            related = (Related(bound.span, "the range ends here"),)
            yield Code.OUT_OF_RANGE.at(at, name=parameter.name, text=text, related=related)
