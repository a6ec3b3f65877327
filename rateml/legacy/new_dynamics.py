"""The equations, the initial states and the limits of the states, as elements of the new file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rateml.diagnostics import Code
from rateml.legacy.folding import rounded
from rateml.legacy.old_model import Case, Variable
from rateml.legacy.reading import Number, Reading, is_none
from rateml.legacy.remarks import Remarks
from rateml.legacy.spelling import as_condition, used
from rateml.legacy.writing import New, Value, spell, text
from rateml.syntax.expr import Binary, Expr, Name, Relation, RelationOp, shape
from rateml.syntax.tree import Element
from rateml.text import Span

_COMPLEMENTS = {"lt": "geq", "geq": "lt", "gt": "leq", "leq": "gt", "eq": "neq", "neq": "eq"}


@dataclass(frozen=True, slots=True)
class State:
    """``start`` are the ends of its initial range, sorted; ``bounds`` what it is kept within; ``wraps`` an angle."""

    element: Element
    name: str
    at: Span
    start: tuple[Number, Number] | None
    bounds: tuple[Expr | None, Expr | None] = (None, None)
    wraps: Span | None = None


def read_states(reading: Reading, dynamics: Element, numbers: Mapping[str, float]) -> dict[str, State]:
    found = {}
    for element in reading.last(dynamics.named("StateVariable")):
        name = reading.name(element)
        start = reading.pair(element, numbers)
        if start is not None and start[0].value > start[1].value:
            at = reading.place(element, "dimension")
            reading.tell(Code.OLD_REVERSED, at, text=reading.text(element, "dimension"))
            start = (start[1], start[0])
        bounds, wraps = _bounds(reading, element)
        if name:
            found[name] = State(element, name, reading.place(element, "name"), start, bounds, wraps)
    return found


def _bounds(reading: Reading, element: Element) -> tuple[tuple[Expr | None, Expr | None], Span | None]:
    """What ``exposure`` keeps a state within; an angle's is ``PI``."""
    attribute = element.attribute("exposure")
    if attribute is None or is_none(attribute.value):
        return (None, None), None
    at = attribute.value_span
    if attribute.value.strip().lower() == "pi":
        reading.tell(Code.OLD_WRAP, at)
        return (None, None), at
    pieces = list(reading.parts(attribute))
    if len(pieces) != 2:
        help = "write 'low, high', '' for no limits, or 'low, None' for one"
        reading.tell(Code.OLD_BAD_RANGE, at, text=reading.text(element, "exposure"), help=help)
        return (None, None), None
    ends: list[Expr | None] = []
    for piece, offsets in pieces:
        endless = is_none(piece) or piece.lower().lstrip("+-").removeprefix("numpy.") in ("inf", "infinity")
        ends.append(None if endless else reading.part(piece, offsets))
    low, high = ends
    return (low, high), None


def read_rates(reading: Reading, dynamics: Element, states: Sequence[State]) -> list[tuple[Element, State, Expr]]:
    """The derivatives, each with its state: the old dialect goes by position."""
    elements = reading.last(dynamics.named("TimeDerivative"), "variable")
    names = {f"d{s.name}" for s in states}
    found = []
    for k, element in enumerate(elements):
        said, at = reading.text(element, "variable"), reading.place(element, "variable")
        expr = reading.expr(element)
        if k >= len(states):
            count = f"{len(states)} state variable{'' if len(states) == 1 else 's'}"
            reading.tell(Code.OLD_EXTRA_DERIVATIVE, at, name=said, states=count)
            continue
        state = states[k]
        if said in names and said != f"d{state.name}":
            help = "put the TimeDerivatives in the order of the StateVariables"
            reading.tell(Code.OLD_POSITION, at, name=said, state=state.name, help=help)
        if expr is not None:
            found.append((element, state, expr))
    return found


def new_state(reading: Reading, remarks: Remarks, state: State, exposed: bool, turn: str) -> New:
    new = New("StateVariable", state.at, [("name", text(state.name, state.at)), ("dimension", text("none"))])
    if exposed:
        new.attributes.append(("exposure", text(state.name)))
    if state.start is not None and state.start[0].value < state.start[1].value:
        low, high = state.start
        new.attributes += [("rml:min", text(low.text, low.at)), ("rml:max", text(high.text, high.at))]
    if state.wraps is not None:
        new.attributes.append(("rml:periodic", text(turn, state.wraps)))
    words = reading.text(state.element, "description")
    if words:
        new.attributes.append(("description", text(words)))
    return remarks.goes_to(state.element, new)


def new_variable(remarks: Remarks, reading: Reading, variable: Variable, exposed: bool) -> New:
    kind = "ConditionalDerivedVariable" if variable.cases else "DerivedVariable"
    new = New(kind, variable.at, [("name", text(variable.name, variable.at)), ("dimension", text("none"))])
    if variable.value is not None:
        new.attributes.append(("value", spell(variable.value)))
    if exposed:
        new.attributes.append(("exposure", text(variable.name)))
    words = reading.text(variable.element, "description")
    if words and not variable.cases:
        new.attributes.append(("description", text(words)))
    for k, case in enumerate(variable.cases):
        new.children.append(remarks.goes_to(case.element, _case(reading, variable, k, case)))
    return remarks.goes_to(variable.element, new)


def _case(reading: Reading, variable: Variable, k: int, case: Case) -> New:
    at = reading.place(case.element, "condition")
    condition = text("1 .eq. 1", at)
    if case.condition is not None:
        condition = spell(as_condition(case.condition))
    elif case.said is not None and not _completes(variable.cases, as_condition(case.said)):
        help = "make it the case before a last one with condition='else' if it is meant to count"
        reading.tell(Code.OLD_LAST_CASE, at, name=variable.name, help=help)
    return New("Case", case.element.name_span, [("condition", condition), ("value", spell(case.value))])


def _completes(cases: Sequence[Case], last: Expr) -> bool:
    """Whether the condition of a last Case is the opposite of the only other one's."""
    first = cases[0].condition
    match first and as_condition(first), last:
        case Relation(op, a, b), Relation(other, c, d):
            return len(cases) == 2 and _COMPLEMENTS[op] == other and (shape(a), shape(b)) == (shape(c), shape(d))
        case _:
            return False


def stale_uses(reading: Reading, variables: Sequence[Variable]) -> None:
    """Tell of variables that use one which the old code computed after them."""
    later = {v.name: k for k, v in enumerate(variables)}
    for k, variable in enumerate(variables):
        for name, at in used(*variable.exprs()).items():
            if later.get(name, -1) > k:
                help = "the old code had the value of the node before it there; here it is this node's"
                reading.tell(Code.OLD_STALE, at, name=variable.name, used=name, help=help)


def new_rate(remarks: Remarks, element: Element, state: State, expr: Expr, millisecond: str, noise: str) -> New:
    attribute = element.attribute("variable")
    at = attribute.value_span if attribute else element.name_span
    value = Binary("/", expr, Name(millisecond, at), at)
    new = New("TimeDerivative", at, [("variable", text(state.name, at)), ("value", spell(value))])
    if noise:
        new.attributes.append(("rml:diffusion", text(noise)))
    return remarks.goes_to(element, new)


def new_start(states: Iterable[State]) -> New | None:
    """Where the states begin: a random value of their range."""
    children = []
    for state in states:
        if state.start is not None:
            low, high = state.start
            at = low.at if low.at == high.at else Span(min(low.at.start, high.at.start), max(low.at.end, high.at.end))
            at = Span(at.start, at.end, state.at.file)
            attributes: list[tuple[str, Value]] = [("variable", text(state.name)), ("value", text(_within(low, high)))]
            children.append(New("StateAssignment", at, attributes))
    return New("OnStart", children[0].at, children=children) if children else None


def _within(low: Number, high: Number) -> str:
    if low.value == high.value:
        return low.text
    drawn = f"random({rounded(high.value - low.value)})"
    if low.value == 0:
        return drawn
    return f"{drawn} - {low.text.lstrip('-')}" if low.value < 0 else f"{drawn} + {low.text}"


def new_limits(state: State, turn: str) -> list[New]:
    """The conditions that keep a state within its bounds, or an angle within the constant ``turn``."""
    if state.wraps is not None:
        at = state.wraps
        return [
            _when(state, text(f"{state.name} .geq. {turn}", at), text(f"{state.name} - {turn}"), at),
            _when(state, text(f"{state.name} .lt. 0", at), text(f"{state.name} + {turn}"), at),
        ]
    found = []
    ends: tuple[RelationOp, RelationOp] = ("lt", "gt")
    for op, bound in zip(ends, state.bounds, strict=True):
        if bound is not None:
            test = Relation(op, Name(state.name, bound.span), bound, bound.span)
            found.append(_when(state, spell(test), spell(bound), bound.span))
    return found


def _when(state: State, test: Value, value: Value, at: Span) -> New:
    assignment = New("StateAssignment", at, [("variable", text(state.name)), ("value", value)])
    return New("OnCondition", at, [("test", test)], [assignment])
