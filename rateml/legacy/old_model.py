"""What an old file declares: parameters, constants, states, variables and couplings, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rateml.diagnostics import Code, Related
from rateml.legacy.detect import MODEL, type_name
from rateml.legacy.folding import compute, number, plain
from rateml.legacy.reading import Limits, Number, Reading, is_none
from rateml.legacy.spelling import used
from rateml.syntax.expr import Binary, Expr, Num
from rateml.syntax.tree import Element
from rateml.text import Span


@dataclass(frozen=True, slots=True)
class Adjustable:
    """What becomes a Parameter: a value with limits, or with a range to sweep (``axis``), or both."""

    element: Element
    name: str
    at: Span
    value: Number
    limits: Limits | None = None
    axis: tuple[Number, Number] | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """What stays a Constant."""

    element: Element
    name: str
    at: Span
    value: Number


@dataclass(frozen=True, slots=True)
class Derived:
    """What becomes a DerivedParameter, or something special such as the speed."""

    element: Element
    name: str
    at: Span
    expr: Expr


@dataclass
class Values:
    """The parameters and constants of a ComponentType, by name."""

    adjustable: dict[str, Adjustable] = field(default_factory=dict)
    fixed: dict[str, Fixed] = field(default_factory=dict)
    derived: dict[str, Derived] = field(default_factory=dict)

    @property
    def numbers(self) -> dict[str, float]:
        """The values of the constants."""
        return {name: c.value.value for name, c in self.fixed.items()}

    @property
    def defaults(self) -> dict[str, float]:
        """The values of constants and parameters."""
        return {**self.numbers, **{name: p.value.value for name, p in self.adjustable.items()}}

    def names(self) -> set[str]:
        return {*self.adjustable, *self.fixed, *self.derived}


@dataclass(frozen=True, slots=True)
class Case:
    """``condition`` is None for the default; ``said`` is the condition of a last Case, which never counted."""

    element: Element
    condition: Expr | None
    value: Expr
    said: Expr | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """A derived variable: a value, or cases."""

    element: Element
    name: str
    at: Span
    value: Expr | None = None
    cases: tuple[Case, ...] = ()

    def exprs(self) -> Iterable[Expr]:
        every = (self.value, *(e for case in self.cases for e in (case.condition, case.value)))
        return (e for e in every if e is not None)


@dataclass(frozen=True, slots=True)
class OldCoupling:
    """``sources`` are the states that the source sends, by the name in ``pre``; ``outputs`` the ``c_popN`` it makes."""

    element: Element
    values: Values
    sources: Mapping[str, str]
    outputs: tuple[tuple[Element, str, Expr | None], ...]
    pre: Expr | None


def read_values(reading: Reading, type: Element, outer: Mapping[str, float] | None = None) -> Values:
    """The Parameters, Constants and DerivedParameters of the model; of a coupling only its Constants."""
    values = Values()
    parameters: dict[str, Element] = {}
    if outer is None:
        parameters = {reading.name(e): e for e in reading.last(type.named("Parameter"))}
    own: dict[str, tuple[Number, Limits | None]] = {}
    for element in reading.last(type.named("Constant")):
        _constant(reading, element, values, parameters, own, outer or {})
    swept = {}
    for name, element in parameters.items():
        found = _parameter(reading, element, name, own.get(name), values.numbers)
        if found is not None:
            swept[name] = found
    values.adjustable = {**swept, **values.adjustable}
    if outer is None:
        for element in reading.last(type.named("DerivedParameter")):
            name, expr = reading.name(element), reading.expr(element)
            if name in values.names():
                winner = "the other one"
                reading.tell(Code.OLD_DUPLICATE, reading.place(element, "name"), name=name, winner=winner)
            elif name and expr is not None:
                values.derived[name] = Derived(element, name, reading.place(element, "name"), expr)
    return values


def _constant(
    reading: Reading,
    element: Element,
    values: Values,
    parameters: Mapping[str, Element],
    own: dict[str, tuple[Number, Limits | None]],
    outer: Mapping[str, float],
) -> None:
    if reading.text(element, "value").startswith("["):
        _no_number(reading, element)
        return
    name, expr = reading.name(element), reading.expr(element)
    known = {**outer, **values.numbers}
    limits = reading.limits(element, known)
    if not name or expr is None:
        return
    at, place = reading.place(element, "name"), reading.place(element, "value")
    value = compute(expr, known)
    adjustable = {*values.adjustable, *values.derived, *parameters} & used(expr).keys()
    if value is None and adjustable and name not in parameters:
        values.derived[name] = Derived(element, name, at, expr)
        if limits:
            range = reading.text(element, "dimension")
            reason = "the value follows from others"
            reading.tell(Code.OLD_LEFT_OUT, reading.place(element, "dimension"), what=f"'{range}'", reason=reason)
        return
    if value is None:
        _no_number(reading, element)
        return
    told = Number(number(expr, value), place, value)
    if told.text == plain(value) and _is_computed(expr):
        reading.tell(Code.OLD_COMPUTED, place, text=reading.text(element, "value"), value=told.text)
    if name in parameters:
        own[name] = told, limits
        related = (Related(reading.place(parameters[name], "name"), "the parameter"),)
        reading.tell(Code.OLD_DUPLICATE, at, name=name, winner="the Parameter, with this value", related=related)
    elif limits is not None:
        values.adjustable[name] = Adjustable(element, name, at, told, limits)
    else:
        values.fixed[name] = Fixed(element, name, at, told)


def _no_number(reading: Reading, element: Element) -> None:
    help = "RateML 1 has no vectors: write one number, or arithmetic with the constants above it"
    place = reading.place(element, "value")
    reading.tell(Code.OLD_NOT_A_NUMBER, place, text=reading.text(element, "value"), help=help)


def _is_computed(expr: Expr) -> bool:
    """Whether a value is more than a number with its sign."""
    return number(expr, 0.0) == "0" and number(expr, 1.0) == "1"


def _parameter(
    reading: Reading,
    element: Element,
    name: str,
    own: tuple[Number, Limits | None] | None,
    numbers: Mapping[str, float],
) -> Adjustable | None:
    before = len(reading.faults)
    axis = reading.pair(element, numbers)
    at = reading.place(element, "name")
    if not name or len(reading.faults) > before:
        return None
    if own is None and axis is None:
        help = "write dimension='low, high', or a Constant of the same name"
        reading.tell(Code.OLD_NO_VALUE, at, name=name, help=help)
        return None
    value, limits = own or (None, None)
    if axis is not None:
        value = value or axis[0]
        axis = axis if axis[0].value != axis[1].value else None
    assert value is not None
    return Adjustable(element, name, at, value, limits, axis)


def read_variables(reading: Reading, dynamics: Element) -> list[Variable]:
    """The derived variables, plain ones first, as the 2022 generator computes them."""
    found = []
    for element in reading.last(dynamics.named("DerivedVariable")):
        name, expr = reading.name(element), reading.expr(element)
        if name and expr is not None:
            found.append(Variable(element, name, reading.place(element, "name"), expr))
    for element in reading.last(dynamics.named("ConditionalDerivedVariable")):
        name, cases = reading.name(element), tuple(_cases(reading, element))
        if not element.named("Case"):
            reading.tell(Code.MISSING_CHILD, element.name_span, element=element.name.text, child="Case")
        elif name and len(cases) == len(element.named("Case")):
            found.append(Variable(element, name, reading.place(element, "name"), None, cases))
    return found


def _cases(reading: Reading, element: Element) -> Iterable[Case]:
    cases = element.named("Case")
    for case in cases:
        value = reading.expr(case)
        condition: Expr | None = None
        text = reading.text(case, "condition")
        default = is_none(text) or text.lower() == "else"
        if not default:
            condition = reading.expr(case, "condition")
        if value is None or (condition is None and not default):
            continue
        if case is cases[-1]:
            yield Case(case, None, value, condition)
        else:
            yield Case(case, condition, value)


def read_couplings(reading: Reading, root: Element, states: list[str], model: Values) -> list[OldCoupling]:
    """Every type whose name contains ``coupling``."""
    types = [t for t in root.named("ComponentType") if "coupling" in type_name(t) and type_name(t) != MODEL]
    return [_coupling(reading, type, states, model) for type in reading.last(types)]


def _coupling(reading: Reading, type: Element, states: list[str], model: Values) -> OldCoupling:
    sources: dict[str, str] = {}
    for element in reading.last(type.named("Parameter")):
        name, text = reading.name(element), reading.text(element, "dimension")
        if text.isdecimal() and len(text) < 6 and int(text) < len(states):
            sources[name] = states[int(text)]
        else:
            known = ", ".join(f"{k} is {s}" for k, s in enumerate(states[:8]))
            help = f"write the number of a state variable, counted from 0: {known}"
            reading.tell(Code.OLD_STATE_INDEX, reading.place(element, "dimension"), text=text, help=help)
    outputs: list[tuple[Element, str, Expr | None]] = []
    for element in reading.last(type.named("DerivedParameter")):
        name = reading.name(element)
        factor = None if is_none(reading.text(element, "value")) else reading.expr(element)
        outputs.append((element, name, factor))
    values = read_values(reading, type, model.numbers)
    dynamics = {}
    for block in type.named("Dynamics"):
        for element in reading.last(block.named("DerivedVariable")):
            dynamics[reading.text(element, "name")] = element
    parts = []
    for name in ("post", "pre"):
        element_ = dynamics.get(name)
        if element_ is not None and not is_none(reading.text(element_, "value")):
            parts.append(reading.expr(element_))
        else:
            parts.append(None)
    return OldCoupling(type, values, sources, tuple(outputs), _product(*parts))


def _product(post: Expr | None, pre: Expr | None) -> Expr | None:
    """What is summed: the old kernel multiplies ``post`` inside the sum."""
    if pre is None or post is None or (isinstance(post, Num) and post.value == 1):
        return pre
    return Binary("*", post, pre, post.span)
