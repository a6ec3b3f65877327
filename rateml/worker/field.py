"""The right-hand sides of one region as functions of plain floats or of whole arrays, made from the tree."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rateml.errors import InternalError
from rateml.ir.program import Assign, Program
from rateml.syntax.expr import Binary, Call, Choose, Expr, Logic, Missing, Name, Neg, Num, Relation

Values: TypeAlias = dict[str, Any]
"""What names stand for: floats, or arrays of one shape."""
_Evaluate: TypeAlias = Callable[[Values], Any]

_CALLS: Final[Mapping[str, Callable[..., Any]]] = {
    "exp": np.exp,
    "log": np.log,
    "ln": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "abs": np.abs,
    "ceil": np.ceil,
    "floor": np.floor,
    "min": np.minimum,
    "max": np.maximum,
    "pow": np.power,
    "mod": lambda x, y: x - y * np.floor(x / y),
    "sign": np.sign,
    "H": lambda x: 0.5 * (np.sign(x) + 1.0),
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
}
_RELATIONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "lt": np.less,
    "gt": np.greater,
    "leq": np.less_equal,
    "geq": np.greater_equal,
    "eq": np.equal,
    "neq": np.not_equal,
}


def closure(expr: Expr) -> _Evaluate:
    """A function that evaluates an expression by the rules of IEEE arithmetic, on arrays too."""
    match expr:
        case Num(value):
            constant = np.float64(value)
            return lambda env: constant
        case Name(id):
            return lambda env: env[id]
        case Neg(operand):
            inner = closure(operand)
            return lambda env: -inner(env)
        case Binary(op, left, right):
            return _binary(op, closure(left), closure(right))
        case Relation(relation, left, right):
            compare, a, b = _RELATIONS[relation], closure(left), closure(right)
            return lambda env: compare(a(env), b(env))
        case Logic(logic, left, right):
            join, a, b = (np.logical_and if logic == "and" else np.logical_or), closure(left), closure(right)
            return lambda env: join(a(env), b(env))
        case Choose(test, then, otherwise):
            chosen, a, b = closure(test), closure(then), closure(otherwise)
            return lambda env: np.where(chosen(env), a(env), b(env))
        case Call("erf" | "erfc", (argument,)):
            return _error_function(expr.func, closure(argument))
        case Call(func, args):
            call, inner_args = _CALLS[func], [closure(a) for a in args]
            return lambda env: call(*(a(env) for a in inner_args))
        case Missing():
            raise InternalError("a missing operand has no value")


def _binary(op: str, a: _Evaluate, b: _Evaluate) -> _Evaluate:
    match op:
        case "+":
            return lambda env: a(env) + b(env)
        case "-":
            return lambda env: a(env) - b(env)
        case "*":
            return lambda env: a(env) * b(env)
        case "/":
            return lambda env: np.true_divide(a(env), b(env))
        case _:
            return lambda env: np.power(np.float64(1.0) * a(env), b(env))


def _error_function(name: str, argument: _Evaluate) -> _Evaluate:
    function = np.vectorize(math.erf if name == "erf" else math.erfc, otypes=[np.float64])
    return lambda env: function(argument(env))


@dataclass(frozen=True)
class Field:
    """The derivatives of one region that receives constant inputs; no noise."""

    states: tuple[str, ...]
    fixed: Mapping[str, Any]
    inner: tuple[tuple[str, _Evaluate], ...]
    derivatives: tuple[_Evaluate, ...]
    conditions: tuple[tuple[tuple[tuple[str, _Evaluate], ...], _Evaluate, tuple[tuple[str, _Evaluate], ...]], ...]
    periods: tuple[float | None, ...]

    def at(self, x: Sequence[Any] | NDArray[np.float64], t: float) -> list[Any]:
        """The derivatives at a state, each a float or an array."""
        env: Values = {**self.fixed, "t": np.float64(t), **dict(zip(self.states, x, strict=True))}
        for name, value in self.inner:
            env[name] = value(env)
        return [derivative(env) for derivative in self.derivatives]

    def constrain(self, x: NDArray[np.float64], t: float) -> NDArray[np.float64]:
        """A state after the OnConditions, in document order."""
        if not self.conditions:
            return x
        env: Values = {**self.fixed, "t": np.float64(t), **dict(zip(self.states, x, strict=True))}
        for before, test, assignments in self.conditions:
            for name, value in before:
                env[name] = value(env)
            if test(env):
                env |= {name: value(env) for name, value in assignments}
        return np.array([env[name] for name in self.states])

    def wrap(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """A state with whole turns of its angles taken off."""
        turns = [0.0 if p is None else p * np.floor(v / p) for v, p in zip(x, self.periods, strict=True)]
        wrapped: NDArray[np.float64] = x - np.array(turns)
        return wrapped


def make_field(program: Program, values: Mapping[str, float], inputs: Mapping[str, float]) -> Field:
    """The field of a lowered program with ``values`` for parameters and constants."""
    env: Values = {name: np.float64(value) for name, value in values.items()}
    env |= {name: np.float64(value) for name, value in inputs.items()}
    for assign in program.derived_parameters:
        env[assign.name] = closure(assign.value)(env)
    inner = (*program.timed, *program.derived)
    return Field(
        tuple(s.name for s in program.states),
        env,
        _assigns(inner),
        tuple(closure(a.value) for a in program.derivatives),
        tuple((_assigns(c.before), closure(c.test), _assigns(c.assignments)) for c in program.conditions),
        tuple(s.period for s in program.states),
    )


def _assigns(assigns: Sequence[Assign]) -> tuple[tuple[str, _Evaluate], ...]:
    return tuple((a.name, closure(a.value)) for a in assigns)
