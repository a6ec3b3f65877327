"""What expressions of parameters alone come to with the values that components give, in plain floats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rateml.checks.declarations import dynamics_of
from rateml.checks.dependencies import in_order, parameter_graph
from rateml.model.nodes import Attribute, Component, ComponentType, ConditionalDerivedVariable, Model
from rateml.syntax.expr import Binary, Call, Expr, Logic, Name, Neg, Num, Relation, fold

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
        parameters = {p.name.text: p for p in reversed(type.derived_parameters)}
        for name in in_order(parameter_graph(type)):
            value = self.value(parameters[name].value)
            if value is not None:
                self.values[name] = value
        dynamics = dynamics_of(type)
        for variable in dynamics.derived:
            if isinstance(variable, ConditionalDerivedVariable):
                self.cases(variable)
            elif variable.value is not None:
                self.value(variable.value)
        for derivative in dynamics.derivatives:
            self.value(derivative.value)
            if derivative.diffusion is not None:
                self.intensity(derivative.diffusion, type)
        for assignment in dynamics.on_start:
            self.value(assignment.value)

    def intensity(self, diffusion: Expr, type: ComponentType) -> None:
        """That of a noise has a root; of a parameter alone the value itself is to blame."""
        value = self.value(diffusion)
        alone = isinstance(diffusion, Name) and any(p.name.text == diffusion.id for p in type.parameters)
        if value is not None and value < 0 and not alone:
            self.faults.append(Undefined(diffusion, "'{text}' is a noise intensity, and below 0"))

    def cases(self, variable: ConditionalDerivedVariable) -> None:
        for case in variable.cases:
            holds = self.holds(case.condition) if case.condition is not None else True
            if holds is not False:
                self.value(case.value)
            if holds:
                return

    def holds(self, expr: Expr) -> bool | None:
        found = fold(expr, self.of_node)
        return found if isinstance(found, bool) else None

    def value(self, expr: Expr) -> float | None:
        return _real(fold(expr, self.of_node))

    def of_node(self, expr: Expr, below: tuple[float | bool | None, ...]) -> float | bool | None:
        """What a node comes to whose operands come to ``below``: a bool for conditions alone."""
        match expr:
            case Num(value):
                return value
            case Name(id):
                return self.values.get(id)
            case Logic():
                decisive = expr.op == "or"
                if any(found is decisive for found in below):
                    return decisive
                return not decisive if all(isinstance(found, bool) for found in below) else None
        operands = [_real(found) for found in below]
        match expr:
            case Neg():
                return None if operands[0] is None else -operands[0]
            case Relation(op):
                one, other = operands
                return None if one is None or other is None else _RELATIONS[op](one, other)
            case Binary():
                return self.binary(expr, *operands)
            case Call():
                return self.call(expr, operands)
        return None

    def binary(self, expr: Binary, one: float | None, other: float | None) -> float | None:
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

    def call(self, expr: Call, args: Sequence[float | None]) -> float | None:
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


def _real(found: float | bool | None) -> float | None:
    return None if isinstance(found, bool) else found
