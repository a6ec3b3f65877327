"""Rules about component types, each asked once of a type that it has nothing against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import TypeAlias

from rateml.diagnostics import Diagnostic
from rateml.model.nodes import ComponentType, Model

_Find: TypeAlias = Callable[[Model, ComponentType], Iterator[Diagnostic]]


def unless_silent(find: _Find) -> _Find:
    """Look for the faults of a type, but not again where there were none.

    Whether there is one must depend on the type alone, not on where it stands or on the model: an editor's file
    changes around it. What is told of a fault may depend on all of these.
    """
    name = f"{find.__module__}.{find.__qualname__}"

    @wraps(find)
    def look(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
        if name in type.silent:
            return
        silent = True
        for found in find(model, type):
            silent = False
            yield found
        if silent:
            type.silent.add(name)

    return look


def each_type(find: _Find) -> Callable[[Model], Iterator[Diagnostic]]:
    """The rule that looks for faults in every type, with ``unless_silent``."""
    look = unless_silent(find)

    @wraps(find)
    def rule(model: Model) -> Iterator[Diagnostic]:
        for type in model.types:
            yield from look(model, type)

    return rule
