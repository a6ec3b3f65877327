"""RML209: an Exposure and the variable it exposes do not find each other.

An Exposure has the name of a state or derived variable of its type, and that variable repeats the name in its
``exposure`` attribute. The order of the Exposures is the order of the output. A coupling type exposes ``pre``
and ``post``.

Example::

    <Exposure name="rate" dimension="none"/>
    <StateVariable name="r" dimension="none" exposure="rate"/>

Fix: ``<Exposure name="r" dimension="none"/>`` and ``exposure="r"``.

RML516: a coupling exposes something else than ``pre`` and ``post``.

These two are all that a coupling is asked for.

Example::

    <ComponentType name="Sum" rml:role="coupling">
        <Exposure name="total" dimension="none"/>
    </ComponentType>

Fix: remove the Exposure; to record a quantity, expose it in the model type.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import by_name, dynamics_of, place_of
from rateml.checks.edits import add_element, cut_element, dimension_name
from rateml.diagnostics import Code, Diagnostic, Edit, Fix, Related, did_you_mean, rename
from rateml.model.nodes import ComponentType, Ident, Model
from rateml.text import Span


def unknown_exposure(model: Model) -> Iterator[Diagnostic]:
    """Exposures against variables, both ways."""
    for type in model.types:
        variables = _variables(type)
        exposed = {e.name.text: e.name for e in reversed(type.exposures)}
        for name, exposure in variables.values():
            if exposure is not None:
                yield from _attribute(model, type, name, exposure, exposed)
            elif name.text not in exposed and type.role == "coupling" and name.text in ("pre", "post"):
                problem = f"'{name.text}' of {place_of(type)} is not exposed"
                help = f'add <Exposure name="{name.text}" …/> and exposure="{name.text}"'
                edits = (*_say(name), *_declare(model, type, name.text))
                fixes = (Fix(f"expose '{name.text}'", edits),) if len(edits) == 2 else ()
                yield Code.UNKNOWN_EXPOSURE.at(name.span, problem=problem, help=help, fixes=fixes)
        for name in exposed.values():
            if name.text:
                yield from _element(model, type, name, variables)


def _variables(type: ComponentType) -> dict[str, tuple[Ident, Ident | None]]:
    dynamics = dynamics_of(type)
    every = [(s.name, s.exposure) for s in dynamics.states] + [(d.name, d.exposure) for d in dynamics.derived]
    return {name.text: (name, exposure) for name, exposure in reversed(every)}


def _say(name: Ident) -> tuple[Edit, ...]:
    """``exposure="…"`` behind the name of a variable."""
    after = Span(name.span.end + 1, name.span.end + 1, name.span.file)
    return (Edit(after, f' exposure="{name.text}"'),)


def _declare(model: Model, type: ComponentType, name: str) -> tuple[Edit, ...]:
    """The Exposure of a variable."""
    known = by_name(type).get(name)
    dimension = dimension_name(model, known.dimension) if known else None
    if dimension is None:
        return ()
    text = f'<Exposure name="{name}" dimension="{dimension}"/>'
    return add_element(model, model.element(type.span), "Exposure", text)


def _attribute(
    model: Model, type: ComponentType, name: Ident, exposure: Ident, exposed: dict[str, Ident]
) -> Iterator[Diagnostic]:
    if exposure.text != name.text:
        problem = f"variable '{name.text}' must be exposed under its own name, not as '{exposure.text}'"
        fix = Fix(f"write '{name.text}'", (Edit(exposure.span, name.text),))
        yield Code.UNKNOWN_EXPOSURE.at(exposure.span, problem=problem, fixes=(fix,))
    elif exposure.text not in exposed:
        problem = f"{place_of(type)} declares no Exposure '{exposure.text}'"
        help = f'add <Exposure name="{exposure.text}" dimension="…"/>'
        edits = _declare(model, type, exposure.text)
        fixes = (Fix("add the Exposure", edits),) if edits else ()
        yield Code.UNKNOWN_EXPOSURE.at(exposure.span, problem=problem, help=help, fixes=fixes)


def _element(
    model: Model, type: ComponentType, name: Ident, variables: dict[str, tuple[Ident, Ident | None]]
) -> Iterator[Diagnostic]:
    if type.role == "coupling" and name.text not in ("pre", "post"):
        help = "to record a quantity, expose it in the model type"
        yield Code.COUPLING_EXPOSURE.at(name.span, name=name, help=help, fixes=_remove(model, type, name, variables))
        return
    if name.text not in variables:
        if any(exposure and exposure.text == name.text for _, exposure in variables.values()):
            return  # told at the variable that calls itself so
        other = by_name(type).get(name.text)
        related = (Related(other.name.span, f"'{name.text}' is a {other.kind}"),) if other else ()
        problem = f"{place_of(type)} has no state or derived variable '{name.text}' to expose"
        free = [v for v in variables if v not in {e.name.text for e in type.exposures}]
        help = "" if other else did_you_mean(name.text, free)
        fixes = () if other else rename(name.span, name.text, free)
        yield Code.UNKNOWN_EXPOSURE.at(name.span, problem=problem, help=help, fixes=fixes, related=related)
        return
    variable, exposure = variables[name.text]
    if exposure is None:
        fix = Fix(f'add exposure="{name.text}"', _say(variable))
        problem = f"variable '{name.text}' does not say exposure=\"{name.text}\""
        related = (Related(name.span, "the Exposure is here"),)
        yield Code.UNKNOWN_EXPOSURE.at(variable.span, problem=problem, fixes=(fix,), related=related)


def _remove(
    model: Model, type: ComponentType, name: Ident, variables: dict[str, tuple[Ident, Ident | None]]
) -> tuple[Fix, ...]:
    """Take an Exposure away where no variable says that it is exposed."""
    if any(exposure and exposure.text == name.text for _, exposure in variables.values()):
        return ()
    found = [e.span for e in type.exposures if e.name.span == name.span]
    return tuple(Fix("remove the Exposure", (cut_element(model, span),), guess=True) for span in found)
