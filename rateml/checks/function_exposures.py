"""RML317: a function type does not have exactly one Exposure.

The exposure is the function's result, which a DerivedVariable of the model takes by ``select``.

Example::

    <ComponentType name="Sigmoid" rml:role="function">
        <Requirement name="V" dimension="none"/>
        <Dynamics><DerivedVariable name="y" dimension="none" value="1 / (1 + exp(-V))"/></Dynamics>
    </ComponentType>

Fix: ``<Exposure name="y" dimension="none"/>`` and ``exposure="y"`` on the variable.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import dynamics_of
from rateml.checks.edits import add_attribute, add_element, dimension_name
from rateml.diagnostics import Code, Diagnostic, Fix, Related
from rateml.model.nodes import ComponentType, Model


def function_exposures(model: Model) -> Iterator[Diagnostic]:
    """Count the exposures of function types."""
    for type in model.types:
        if type.role != "function" or len(type.exposures) == 1:
            continue
        count = len(type.exposures) or "none"
        related = tuple(Related(e.name.span, "an Exposure is here") for e in type.exposures[:3])
        help = "expose the variable that is the result"
        fixes = () if type.exposures else _expose(model, type)
        code = Code.FUNCTION_EXPOSURES
        yield code.at(type.name.span, name=type.name, count=count, help=help, related=related, fixes=fixes)


def _expose(model: Model, type: ComponentType) -> tuple[Fix, ...]:
    """Expose the only variable of a function."""
    variables = dynamics_of(type).derived
    if len(variables) != 1 or variables[0].exposure is not None:
        return ()
    name, dimension = variables[0].name.text, dimension_name(model, variables[0].dimension)
    text = f'<Exposure name="{name}" dimension="{dimension}"/>'
    say = add_attribute(model, variables[0].span, "exposure", name)
    declare = add_element(model, model.element(type.span), "Exposure", text)
    if dimension is None or not say or not declare:
        return ()
    return (Fix(f"expose '{name}'", (*say[0].edits, *declare)),)
