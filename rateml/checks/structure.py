"""What a component type must consist of."""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import dynamics_of, place_of
from rateml.diagnostics import Code, Diagnostic, did_you_mean
from rateml.model.nodes import DerivedVariable, Model


def missing_dynamics(model: Model) -> Iterator[Diagnostic]:
    """A model type has no Dynamics.

    A model needs its equations. A coupling type may go without: it then sums its only variable.

    Fix: add a ``<Dynamics>`` element.
    """
    for type in model.types:
        if type.role != "coupling" and type.dynamics is None:
            yield Code.DYNAMICS_COUNT.at(type.name.span, place=place_of(type))


def no_states(model: Model) -> Iterator[Diagnostic]:
    """A model type has Dynamics without a single state variable.

    Nothing would move: there is nothing to integrate.

    Fix: add a StateVariable and its TimeDerivative.
    """
    for type in model.types:
        if type.role == "model" and type.dynamics is not None and not type.dynamics.states:
            yield Code.NO_STATES.at(type.name.span, name=type.name)


def value_or_select(model: Model) -> Iterator[Diagnostic]:
    """A DerivedVariable has neither ``value`` nor ``select``, or both.

    ``value`` is an expression; ``select`` takes the result of a Child.

    Fix: keep one of the two.
    """
    for type in model.types:
        children = {c.name.text for c in type.children}
        for variable in dynamics_of(type).derived:
            if not isinstance(variable, DerivedVariable):
                continue
            if (variable.value is None) == (variable.select is None):
                both = ", not both" if variable.value else ""
                yield Code.VALUE_XOR_SELECT.at(variable.name.span, name=variable.name, both=both)
            elif variable.select and (child := variable.select.text.partition("/")[0]) not in children:
                help = did_you_mean(child, children) or "select takes the result of a Child"
                yield Code.UNDEFINED_NAME.at(variable.select.span, name=child, place=place_of(type), help=help)
