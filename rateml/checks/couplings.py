"""What coupling types ask for and what their components give: shared by the rules on couplings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rateml.checks.declarations import Declared, by_name, dynamics_of
from rateml.checks.once import once
from rateml.model.dimension import Dimension
from rateml.model.nodes import Component, ComponentType, Model, Requirement
from rateml.text import Span

FIXED = ("gx", "n_node")


@dataclass(frozen=True, slots=True)
class Coupling:
    """A coupling component with its type and the model it couples."""

    component: Component
    type: ComponentType
    target: Component
    model: ComponentType


@once
def couplings(model: Model) -> tuple[Coupling, ...]:
    """Every coupling component, as far as the file has one model component."""
    return tuple(_couplings(model))


def _couplings(model: Model) -> Iterator[Coupling]:
    targets = model.of_role("model")
    target_type = model.type(targets[0].type.text) if targets else None
    if target_type is None:
        return
    for component in model.of_role("coupling"):
        type = model.type(component.type.text)
        if type is not None:
            yield Coupling(component, type, targets[0], target_type)


def formal_of(requirement: Requirement) -> str | None:
    """``v`` of a requirement ``v_i`` or ``v_j``; None for any other."""
    name = requirement.name.text
    return name[:-2] if name not in FIXED and len(name) > 2 and name.endswith(("_i", "_j")) else None


@once
def formals(type: ComponentType) -> Mapping[str, tuple[Requirement, ...]]:
    """The variables a coupling type asks for, each with the requirements that name it."""
    found: dict[str, tuple[Requirement, ...]] = {}
    for requirement in type.requirements:
        formal = formal_of(requirement)
        if formal:
            found[formal] = (*found.get(formal, ()), requirement)
    return found


@once
def bindable(type: ComponentType) -> Mapping[str, Declared]:
    """The states and derived variables of a model type."""
    return {n: d for n, d in by_name(type).items() if d.kind in ("state variable", "derived variable")}


def pre_dimension(type: ComponentType) -> Dimension | None:
    """The dimension of what is summed: of ``pre``, or of the only ``v_j`` without one."""
    for variable in dynamics_of(type).derived:
        if variable.name.text == "pre":
            return variable.dimension
    sources = [r for r in type.requirements if formal_of(r) and r.name.text.endswith("_j")]
    return sources[0].dimension if len(sources) == 1 and len(formals(type)) == 1 else None


def post_dimension(type: ComponentType) -> Dimension | None:
    """The dimension of what a coupling feeds into its input."""
    for variable in dynamics_of(type).derived:
        if variable.name.text == "post":
            return variable.dimension
    return pre_dimension(type)


def bound_to(coupling: Coupling, formal: str) -> tuple[str, Span]:
    """The variable a formal is bound to, and the place to speak of it."""
    for binding in coupling.component.bind:
        if binding.formal.text == formal:
            return binding.actual.text, binding.actual.span
    return formal, coupling.component.id.span
