"""Exposures and the variables they expose."""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import by_name, dynamics_of, place_of
from rateml.diagnostics import Code, Diagnostic, Edit, Fix, Related, did_you_mean, rename
from rateml.model.nodes import ComponentType, Ident, Model
from rateml.text import Span


def unknown_exposure(model: Model) -> Iterator[Diagnostic]:
    """An Exposure and the variable it exposes do not find each other.

    An Exposure has the name of a state or derived variable of its type, and that variable repeats the name
    in its ``exposure`` attribute. The order of the Exposures is the order of the output. A coupling type
    exposes ``pre`` and ``post``.

    Example: ``<Exposure name="rate" …/>`` next to ``<StateVariable name="r" exposure="rate" …/>``

    Fix: ``<Exposure name="r" …/>`` and ``exposure="r"``.
    """
    for type in model.types:
        variables = _variables(type)
        exposed = {e.name.text: e.name for e in reversed(type.exposures)}
        for name, exposure in variables.values():
            if exposure is not None:
                yield from _attribute(type, name, exposure, exposed)
            elif name.text not in exposed and type.role == "coupling" and name.text in ("pre", "post"):
                problem = f"'{name.text}' of {place_of(type)} is not exposed"
                help = f'add <Exposure name="{name.text}" …/> and exposure="{name.text}"'
                yield Code.UNKNOWN_EXPOSURE.at(name.span, problem=problem, help=help)
        for name in exposed.values():
            if name.text:
                yield from _element(type, name, variables)


def _variables(type: ComponentType) -> dict[str, tuple[Ident, Ident | None]]:
    dynamics = dynamics_of(type)
    every = [(s.name, s.exposure) for s in dynamics.states] + [(d.name, d.exposure) for d in dynamics.derived]
    return {name.text: (name, exposure) for name, exposure in reversed(every)}


def _attribute(type: ComponentType, name: Ident, exposure: Ident, exposed: dict[str, Ident]) -> Iterator[Diagnostic]:
    if exposure.text != name.text:
        problem = f"variable '{name.text}' must be exposed under its own name, not as '{exposure.text}'"
        fix = Fix(f"write '{name.text}'", (Edit(exposure.span, name.text),))
        yield Code.UNKNOWN_EXPOSURE.at(exposure.span, problem=problem, fixes=(fix,))
    elif exposure.text not in exposed:
        problem = f"{place_of(type)} declares no Exposure '{exposure.text}'"
        help = f'add <Exposure name="{exposure.text}" dimension="…"/>'
        yield Code.UNKNOWN_EXPOSURE.at(exposure.span, problem=problem, help=help)


def _element(
    type: ComponentType, name: Ident, variables: dict[str, tuple[Ident, Ident | None]]
) -> Iterator[Diagnostic]:
    if type.role == "coupling" and name.text not in ("pre", "post"):
        yield Code.COUPLING_EXPOSURE.at(name.span, name=name)
        return
    if name.text not in variables:
        if any(exposure and exposure.text == name.text for _, exposure in variables.values()):
            return  # told at the variable that calls itself so
        other = by_name(type).get(name.text)
        related = (Related(other.name.span, f"'{name.text}' is a {other.kind}"),) if other else ()
        problem = f"{place_of(type)} has no state or derived variable '{name.text}' to expose"
        help = "" if other else did_you_mean(name.text, variables)
        fixes = () if other else rename(name.span, name.text, variables)
        yield Code.UNKNOWN_EXPOSURE.at(name.span, problem=problem, help=help, fixes=fixes, related=related)
        return
    variable, exposure = variables[name.text]
    if exposure is None:
        after = Span(variable.span.end + 1, variable.span.end + 1, variable.span.file)
        fix = Fix(f'add exposure="{name.text}"', (Edit(after, f' exposure="{name.text}"'),))
        problem = f"variable '{name.text}' does not say exposure=\"{name.text}\""
        related = (Related(name.span, "the Exposure is here"),)
        yield Code.UNKNOWN_EXPOSURE.at(variable.span, problem=problem, fixes=(fix,), related=related)
