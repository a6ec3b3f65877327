"""What expressions of parameters alone come to with the values that components give, in plain floats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from rateml.checks.declarations import dynamics_of
from rateml.model.nodes import Attribute, Component, ComponentType, ConditionalDerivedVariable, Model
from rateml.syntax.expr import Binary, Call, Expr, Logic, Name, Neg, Num, Relation, names

_ONE: Final[Mapping[str, Callable[[float], float]]] = {
    "exp": math.exp,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "sign": lambda x: float((x > 0) - (x < 0)),
    "H": lambda x: 0.5 * ((x > 0) - (x < 0) + 1),
    "atan": math.atan,
    "erf": math.erf,
    "erfc": math.erfc,
}
_TWO: Final[Mapping[str, Callable[[float, float], float]]] = {
    "min": min,
    "max": max,
    "pow": lambda x, y: x**y,
    "mod": lambda x, y: x - y * math.floor(x / y),
    "atan2": math.atan2,
}
_RELATIONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "lt": lambda a, b: a < b,
    "gt": lambda a, b: a > b,
    "leq": lambda a, b: a <= b,
    "geq": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "neq": lambda a, b: a != b,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """A type with the values of one of its components, or of one call of a function."""

    component: Component
    type: ComponentType
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class Undefined:
    """An expression without a finite value; ``problem`` says why, ``{text}`` in it is the expression."""

    expr: Expr
    problem: str


def scopes(model: Model) -> Iterator[Scope]:
    """Every component with its type, and every function call with its function."""
    for component in model.components:
        type = model.type(component.type.text)
        if type is None:
            continue
        yield Scope(component, type, _values(type, component.values))
        functions = {c.name.text: model.type(c.type.text) for c in type.children}
        given = {c.name.text: c.values for c in component.children}
        for name, function in functions.items():
            if function is not None and function.role == "function":
                yield Scope(component, function, _values(function, given.get(name, ())))


def _values(type: ComponentType, given: tuple[Attribute, ...]) -> dict[str, float]:
    found = {c.name.text: c.value.value for c in type.constants}
    for value in given:
        found[value.name.text] = value.value.value
        if type.role == "coupling":
            found.setdefault(f"{value.name.text}_i", value.value.value)
            found.setdefault(f"{value.name.text}_j", value.value.value)
    return found


@dataclass(slots=True)
class Evaluation:
    """Evaluates what is known; None is what depends on states, inputs or time."""

    values: dict[str, float]
    faults: list[Undefined] = field(default_factory=list)

    def run(self, type: ComponentType) -> None:
        """Derived parameters first, as far as they can be put in order, then everything else."""
        waiting = list(type.derived_parameters)
        while waiting:
            ready = [p for p in waiting if not any(q.name.text in _names(p.value) for q in waiting)]
            for p in ready:
                value = self.value(p.value)
                if value is not None:
                    self.values[p.name.text] = value
            if not ready:
                break
            waiting = [p for p in waiting if p not in ready]
        dynamics = dynamics_of(type)
        for variable in dynamics.derived:
            if isinstance(variable, ConditionalDerivedVariable):
                self.cases(variable)
            elif variable.value is not None:
                self.value(variable.value)
        for derivative in dynamics.derivatives:
            self.value(derivative.value)
            if derivative.diffusion is not None:
                self.value(derivative.diffusion)
        for assignment in dynamics.on_start:
            self.value(assignment.value)

    def cases(self, variable: ConditionalDerivedVariable) -> None:
        for case in variable.cases:
            holds = self.holds(case.condition) if case.condition is not None else True
            if holds is not False:
                self.value(case.value)
            if holds:
                return

    def holds(self, expr: Expr) -> bool | None:
        match expr:
            case Relation(op, left, right):
                one, other = self.value(left), self.value(right)
                return None if one is None or other is None else _RELATIONS[op](one, other)
            case Logic(op, left, right):
                first, second = self.holds(left), self.holds(right)
                decisive = op == "or"
                if decisive in (first, second):
                    return decisive
                return None if None in (first, second) else not decisive
        return None

    def value(self, expr: Expr) -> float | None:
        match expr:
            case Num(value):
                return value
            case Name(id):
                return self.values.get(id)
            case Neg(operand):
                inner = self.value(operand)
                return None if inner is None else -inner
            case Binary():
                return self.binary(expr)
            case Call():
                return self.call(expr)
        return None

    def binary(self, expr: Binary) -> float | None:
        one, other = self.value(expr.left), self.value(expr.right)
        if expr.op == "/" and other == 0 and not isinstance(expr.right, Num):
            self.faults.append(Undefined(expr.right, "'{text}' is 0, and it is divided by,"))
            return None
        if one is None or other is None:
            return None
        try:
            match expr.op:
                case "+":
                    return one + other
                case "-":
                    return one - other
                case "*":
                    return one * other
                case "/":
                    return one / other
                case "^":
                    found = one**other
        except (ArithmeticError, ValueError):
            found = math.nan
        if isinstance(found, float) and math.isfinite(found):
            return found
        self.undefined(expr)
        return None

    def call(self, expr: Call) -> float | None:
        args = [self.value(arg) for arg in expr.args]
        known = [arg for arg in args if arg is not None]
        if len(known) != len(args):
            return None
        try:
            if len(known) == 2 and expr.func in _TWO:
                return float(_TWO[expr.func](*known))
            if len(known) == 1 and expr.func in _ONE:
                return float(_ONE[expr.func](*known))
            match expr.func, known:
                case "log" | "ln", [x]:
                    return math.log(x)
                case "sqrt", [x]:
                    return math.sqrt(x)
                case "asin", [x]:
                    return math.asin(x)
                case "acos", [x]:
                    return math.acos(x)
        except (ArithmeticError, ValueError, TypeError):
            self.undefined(expr)
        return None

    def undefined(self, expr: Expr) -> None:
        self.faults.append(Undefined(expr, "'{text}' has no finite value"))


def _names(expr: Expr) -> set[str]:
    return {name.id for name in names(expr)}
