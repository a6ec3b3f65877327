"""The calls of functions in a model: what the rules on them share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rateml.checks.once import once
from rateml.model.nodes import Child, ComponentType, Model


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A Child of a model type whose type is a function."""

    child: Child
    caller: ComponentType
    function: ComponentType


@once
def function_calls(model: Model) -> tuple[FunctionCall, ...]:
    """Every call of a function that the file defines."""
    return tuple(_function_calls(model))


def _function_calls(model: Model) -> Iterator[FunctionCall]:
    for type in model.types:
        for child in type.children if type.role == "model" else ():
            function = model.type(child.type.text)
            if function is not None and function.role == "function":
                yield FunctionCall(child, type, function)
