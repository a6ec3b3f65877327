"""RML630: an OnCondition sees another value in PyLEMS.

RateML runs the OnConditions one after the other at the end of a step, each seeing what those above it assigned.
In PyLEMS 0.6.9 all see the states as they were before the first of them, and ``t`` is the time before the step.
Two OnConditions that keep one state below one bound and above another are not told: only one of them is true.

Example::

    <OnCondition test="x .gt. 1"><StateAssignment variable="y" value="0"/></OnCondition>
    <OnCondition test="y .eq. 0"><StateAssignment variable="x" value="0"/></OnCondition>

Fix: put what belongs together into one OnCondition; for a time use a state whose derivative is 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import dynamics_of
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Model, OnCondition, StateAssignment
from rateml.syntax.expr import Binary, Expr, Name, Relation, names

_UPPER = ("gt", "geq")
_TURNED = {"gt": "lt", "geq": "leq", "lt": "gt", "leq": "geq"}


def not_portable_event(model: Model) -> Iterator[Diagnostic]:
    """The first such value of each OnCondition."""
    for type in model.types:
        above: list[OnCondition] = []
        for condition in dynamics_of(type).on_conditions:
            told = next(_told(condition, above), None)
            if told is not None:
                yield told
            above.append(condition)


def _told(condition: OnCondition, above: list[OnCondition]) -> Iterator[Diagnostic]:
    code = Code.NOT_PORTABLE_EVENT
    for name in (n for e in (condition.test, *(a.value for a in condition.assignments)) for n in names(e)):
        if name.id == "t":
            yield code.at(name.span, name=name.id, what="the time before the step")
        for earlier in above:
            assigned = next((a for a in earlier.assignments if a.variable.text == name.id), None)
            if assigned is not None and not _bounds(earlier, condition, assigned):
                related = (Related(assigned.variable.span, "it is assigned here"),)
                yield code.at(name.span, name=name.id, what="its value before the OnConditions above", related=related)


def _bounds(earlier: OnCondition, later: OnCondition, assigned: StateAssignment) -> bool:
    state = assigned.variable.text
    return len(earlier.assignments) == 1 and opposite_bounds(earlier.test, later.test, state, assigned.value)


def opposite_bounds(earlier: Expr, later: Expr, state: str, value: Expr) -> bool:
    """Whether one test clamps or wraps the state at one end of its range and the other is for the other end.

    ``value`` is what the state gets where ``earlier`` holds.
    """
    one, other = _bound(earlier, state), _bound(later, state)
    if one is None or other is None or (one[0] in _UPPER) == (other[0] in _UPPER):
        return False
    opposite = "-" if one[0] in _UPPER else "+"
    wraps = isinstance(value, Binary) and value.op == opposite and value.left == Name(state, value.span)
    return wraps or value == one[1]


def _bound(test: Expr, state: str) -> tuple[str, Expr] | None:
    """How ``state`` is compared, and with what."""
    if isinstance(test, Relation) and test.op in _TURNED:
        if isinstance(test.left, Name) and test.left.id == state:
            return test.op, test.right
        if isinstance(test.right, Name) and test.right.id == state:
            return _TURNED[test.op], test.left
    return None
