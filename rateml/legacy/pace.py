"""The two derived parameters that hold the time step: the delay of a connection, and the strength of the noise."""

from __future__ import annotations

from dataclasses import dataclass

from rateml.diagnostics import Code
from rateml.legacy.folding import compute, rounded
from rateml.legacy.old_model import Adjustable, Derived, Values
from rateml.legacy.reading import Reading
from rateml.legacy.spelling import substitute, used
from rateml.syntax.expr import Binary, Call, Expr, Name, Num
from rateml.text import Span

DT = 0.1
"""The time step of the 2022 driver, in ms, unless it was told otherwise."""
POINTS = 4
"""How many values of each swept parameter the 2022 driver took, unless it was told otherwise."""


@dataclass(frozen=True, slots=True)
class Speed:
    """The conduction speed in mm/ms; ``axis`` are the values to sweep, as they are to be written.

    ``parameter`` is the Parameter that it follows, empty for none.
    """

    value: str
    at: Span
    axis: tuple[str, ...] = ()
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Noise:
    """``value`` is a number for the Parameter D per ms; ``expr`` the D of other parameters, in the same unit."""

    at: Span
    value: str = ""
    expr: Expr | None = None


def read_speed(reading: Reading, delay: Derived | None, values: Values) -> Speed | None:
    """The speed in ``rec_speed_dt = 1 / speed / dt``; None for no delay."""
    if delay is None:
        return None
    at = reading.place(delay.element, "value")
    if compute(delay.expr, values.numbers) == 0:
        return None
    upper, lower = _factors(delay.expr)
    steps = [e for e in lower if isinstance(e, Name) and e.id == "dt"]
    rest = [e for e in lower if e not in steps]
    if len(steps) != 1 or any("dt" in used(e) for e in (*upper, *rest)):
        help = "write '1.0 / global_speed / dt', or '0' for no delay"
        reading.tell(Code.OLD_BAD_DELAY, at, text=reading.text(delay.element, "value"), help=help)
        return None
    speed = _quotient(rest, upper, at)
    parameters = [values.adjustable[name] for name in used(speed) if name in values.adjustable]
    named = [p for p in parameters if p.element.name.local == "Parameter"]
    value = compute(speed, values.defaults)
    if value is None or len(named) > 1:
        help = "the speed is a number, or a Parameter that is declared with a range"
        reading.tell(Code.OLD_BAD_DELAY, at, text=reading.text(delay.element, "value"), help=help)
        return None
    if not named or named[0].axis is None:
        if value <= 0:
            reading.tell(Code.OLD_BAD_SPEED, at, problem=f"the speed is {rounded(value)}", help="it must be positive")
            return None
        return Speed(rounded(value), at, (), named[0].name if named else "")
    return _swept(reading, speed, values, named[0])


def _swept(reading: Reading, speed: Expr, values: Values, parameter: Adjustable) -> Speed | None:
    """The values of a speed that follows a Parameter with a range."""
    assert parameter.axis is not None
    low, high = parameter.axis
    grid = [low.value + (high.value - low.value) * k / (POINTS - 1) for k in range(POINTS)]
    at = low.at.to(high.at)
    found = [compute(speed, {**values.defaults, parameter.name: v}) for v in grid]
    usable = [v for v in found if v is not None and v > 0]
    if not usable:
        reading.tell(Code.OLD_BAD_SPEED, at, problem="no speed of this range can be simulated", help="begin above 0")
        return None
    if len(usable) < POINTS:
        kept = ", ".join(map(rounded, usable))
        problem = f"a speed of {rounded(low.value)} cannot be simulated"
        help = f"the sweep has what is left of the {POINTS} values: {kept}; begin the range above 0"
        reading.tell(Code.OLD_SPEED_AXIS, at, problem=problem, help=help)
    return Speed(rounded(usable[0]), at, tuple(map(rounded, usable)), parameter.name)


def _factors(expr: Expr) -> tuple[list[Expr], list[Expr]]:
    """What is multiplied above and below the line of a fraction, numbers 1 left out."""
    upper: list[Expr] = []
    lower: list[Expr] = []
    todo = [(expr, True)]
    while todo:
        node, above = todo.pop()
        match node:
            case Binary("*", left, right):
                todo += [(right, above), (left, above)]
            case Binary("/", left, right):
                todo += [(right, not above), (left, above)]
            case Num(1.0):
                continue
            case _:
                (upper if above else lower).append(node)
    return upper, lower


def _quotient(upper: list[Expr], lower: list[Expr], at: Span) -> Expr:
    """The product of the one over the product of the other."""
    result: Expr = _times(upper, at)
    return Binary("/", result, _times(lower, at), at) if lower else result


def _times(factors: list[Expr], at: Span) -> Expr:
    result: Expr | None = None
    for factor in factors:
        result = factor if result is None else Binary("*", result, factor, at)
    return result if result is not None else Num(1.0, at, "1")


def read_noise(reading: Reading, strength: Derived | None, values: Values, noise: Span) -> Noise:
    """The diffusion of noise whose increment is ``nsig`` times a normal number, for ``sqrt(2 D dt)`` of RateML 1."""
    parameter = values.adjustable.get("nsig")
    expr: Expr
    if strength is not None:
        at, expr = reading.place(strength.element, "value"), strength.expr
    elif parameter is not None:
        at, expr = parameter.at, Name("nsig", parameter.at)
    elif "nsig" in values.fixed:
        at, expr = values.fixed["nsig"].at, Name("nsig", values.fixed["nsig"].at)
    else:
        at, expr = noise, Num(1.0, noise, "1")
        reading.tell(Code.OLD_NOISE, at, problem="the noise has no 'nsig', so its increment was 1 in every step")
    rate = _per_root_step(expr)
    if rate is None:
        step = Num(DT, at, repr(DT))
        expr = substitute(expr, {"dt": step})
        problem = "the strength of this noise depends on the time step"
        help = f"D is right for dt = {DT} ms, the old default; 'sqrt(dt) * …' does not depend on it"
        reading.tell(Code.OLD_NOISE, at, problem=problem, help=help)
        diffusion: Expr = Binary("/", _squared(expr, at), Binary("*", Num(2.0, at, "2"), step, at), at)
    else:
        diffusion = Binary("/", _squared(rate, at), Num(2.0, at, "2"), at)
    value = compute(diffusion, values.numbers)
    if value is not None:
        return Noise(at, value=rounded(value))
    return Noise(at, expr=diffusion)


def _squared(expr: Expr, at: Span) -> Expr:
    return Binary("^", expr, Num(2.0, at, "2"), at)


def _per_root_step(expr: Expr) -> Expr | None:
    """What an increment is multiplied with besides ``sqrt(dt)``; None when it is not of that form."""
    upper, lower = _factors(expr)
    roots = [e for e in upper if _is_root_of_step(e)]
    if len(roots) != 1:
        return None
    upper.remove(roots[0])
    at = roots[0].span
    rest = _quotient(upper, lower, at)
    return None if "dt" in used(rest) else rest


def _is_root_of_step(expr: Expr) -> bool:
    match expr:
        case Call("sqrt", (Name("dt"),)):
            return True
        case Binary("^", Name("dt"), Num(0.5)):
            return True
        case _:
            return False
