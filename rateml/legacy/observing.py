"""What an old file records: its Exposures, whose names may be expressions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rateml.diagnostics import Code
from rateml.legacy.new_dynamics import State
from rateml.legacy.old_model import Variable
from rateml.legacy.reading import Reading, free, is_none
from rateml.legacy.spelling import read_expression
from rateml.syntax.expr import Expr, Name
from rateml.syntax.tree import Element
from rateml.text import Span

_WORDS: Final = {"+": "_plus_", "-": "_minus_", "*": "_times_", "/": "_over_", "^": "_to_"}
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Exposed:
    """One observable; ``element`` is None for a state that is recorded because nothing else is."""

    element: Element | None
    name: str
    at: Span


def read_exposures(
    reading: Reading, type: Element, states: Mapping[str, State], variables: dict[str, Variable], known: set[str]
) -> list[Exposed]:
    """What is recorded, in order; ``variables`` gets one for each expression. ``known`` are all declared names."""
    found: list[Exposed] = []
    for element in reading.last(type.named("Exposure")):
        attribute = reading.required(element, "name")
        if attribute is None:
            continue
        at = attribute.value_span
        written = attribute.value.strip()
        name = reading.renames.get(written, written)
        said = reading.text(element, "dimension")
        if name not in states and name not in variables:
            name = _computed(reading, element, written, said, known, variables)
        elif not is_none(said) and said != written:
            place = reading.place(element, "dimension")
            reading.tell(Code.OLD_LEFT_OUT, place, what=f"'{said}'", reason="only the name was recorded")
        if name:
            found.append(Exposed(element, name, at))
    if not type.named("Exposure"):
        at = reading.place(type, "name")
        reading.tell(Code.OLD_EXPOSURE, at, problem="nothing is exposed, so every state variable is")
        found = [Exposed(None, s.name, s.at) for s in states.values()]
    return found


def _computed(
    reading: Reading, element: Element, written: str, said: str, known: set[str], variables: dict[str, Variable]
) -> str:
    """The name of a new variable for an exposure that is not one; the name as it is for an unknown one."""
    at = reading.place(element, "name")
    named = _NAME.fullmatch(written) is not None
    if named and written not in known and (is_none(said) or said == written):
        return written  # the checks of the new file tell what is wrong with it
    key = "dimension" if named and written not in known else "name"
    attribute = element.attribute(key)
    spelt = read_expression(attribute, reading.source, reading.renames) if attribute else None
    if spelt is None or spelt.expr is None:
        reading.faults += spelt.diagnostics if spelt else ()
        return ""
    reading.faults += spelt.diagnostics
    name = free(written if key == "dimension" else _called(spelt.expr, written), known | variables.keys())
    reading.tell(Code.OLD_EXPOSURE, at, problem=f"what is exposed is now the DerivedVariable '{name}'")
    variables[name] = Variable(element, name, at, spelt.expr)
    return name


def _called(expr: Expr, written: str) -> str:
    """A name that reads as the expression does."""
    if isinstance(expr, Name):
        return f"{expr.id}_shown"
    words = "".join(_WORDS.get(c, c if c.isalnum() or c == "_" else " ") for c in written)
    name = re.sub(r"_{2,}", "_", re.sub(r"[^A-Za-z0-9_]+", "", words)).strip("_")
    return name if _NAME.fullmatch(name) and len(name) <= 40 else "observed"
