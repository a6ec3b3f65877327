"""RML622: PyLEMS reads an expression in another way than it is written (P2).

PyLEMS 0.6.9 takes some operands together wrongly: it reads ``a*b - c*d - e`` as ``a*b - (c*d - e)``, and
``-x^2`` as ``(-x)^2``. It tells nothing of it. rateml reads what is written.

Example::

    <TimeDerivative variable="x" value="(a*b - c*d - e) / tau"/>

Fix: parentheses that both read alike: ``((a*b) - (c*d)) - e``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rateml.checks.pylems import ours, same_reading, spelled, theirs
from rateml.checks.written import Written, written
from rateml.diagnostics import Code, Diagnostic, Edit, Fix
from rateml.model.nodes import Model
from rateml.syntax.expr import Binary, Call, Expr, Logic, Missing, Neg, Num, Relation
from rateml.syntax.functions import FUNCTIONS
from rateml.text import Span

_ZEROS: Final = re.compile(r"0[0-9]*[1-9][0-9]*$")
_MANY: Final = 60
"""With more operations than this they are all put into parentheses at once."""
_TOO_MANY: Final = 400
"""Of expressions beyond this it is not known how they are read."""


def not_portable_precedence(model: Model) -> Iterator[Diagnostic]:
    """Every expression that the two readings make differ."""
    for type in model.types:
        if type.role == "coupling":
            continue
        for place in written(model, type):
            text = place.attribute.value
            nodes = place.nodes
            if len(nodes) > _TOO_MANY or not _known(nodes) or same_reading(place.expr, text):
                continue
            reading = theirs(text)
            shown = f"'{_short(spelled(reading))}'" if reading else "nothing it knows"
            help = f"it means '{_short(spelled(ours(place.expr)))}'"
            if any(isinstance(n, Relation) and n.op == "leq" for n in nodes):
                help = "PyLEMS does not know '.leq.': write 'a .leq. b' as 'b .geq. a'"
            zeros = next((n.text for n in nodes if isinstance(n, Num) and _ZEROS.match(n.text)), "")
            if zeros:
                help = f"PyLEMS refuses '{zeros}': write '{zeros.lstrip('0')}'"
            code = Code.NOT_PORTABLE_PRECEDENCE
            yield code.at(place.expr.span, reading=shown, help=help, fixes=_fixes(model, place, nodes))


def _known(nodes: tuple[Expr, ...]) -> bool:
    if any(isinstance(n, Missing) for n in nodes):
        return False
    return all(n.func in FUNCTIONS and FUNCTIONS[n.func].core for n in nodes if isinstance(n, Call))


def _short(text: str) -> str:
    text = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    return text if len(text) <= 80 else text[:80] + "…"


def _fixes(model: Model, place: Written, nodes: tuple[Expr, ...]) -> tuple[Fix, ...]:
    """The smallest part whose parentheses help, or else parentheses around every part."""
    attribute = place.attribute
    source = model.sources.get(attribute.span.file)
    if source is None or source.slice(attribute.value_span) != attribute.value:
        return ()
    start = attribute.value_span.start
    parts = [n.span for n in nodes if isinstance(n, (Binary, Neg, Relation, Logic, Call)) and n is not place.expr]
    parts = list(dict.fromkeys(parts))
    tries = [[part] for part in sorted(parts, key=lambda s: s.end - s.start)] if len(parts) <= _MANY else []
    for chosen in (*tries, parts):
        if same_reading(place.expr, _with(attribute.value, start, chosen)):
            edits = [e for part in chosen for e in _around(part)]
            return (Fix("put it in parentheses", _joined(edits)),)
    return ()


def _with(text: str, start: int, parts: list[Span]) -> str:
    """The text with parentheses around the given parts."""
    openings: dict[int, int] = {}
    closings: dict[int, int] = {}
    for part in parts:
        openings[part.start - start] = openings.get(part.start - start, 0) + 1
        closings[part.end - start] = closings.get(part.end - start, 0) + 1
    pieces = []
    for index in range(len(text) + 1):
        pieces.append(")" * closings.get(index, 0) + "(" * openings.get(index, 0) + text[index : index + 1])
    return "".join(pieces)


def _around(part: Span) -> tuple[Edit, Edit]:
    return (
        Edit(Span(part.start, part.start, part.file), "("),
        Edit(Span(part.end, part.end, part.file), ")"),
    )


def _joined(edits: list[Edit]) -> tuple[Edit, ...]:
    """Insertions at one place as one edit, closing parentheses first."""
    found: dict[Span, str] = {}
    for edit in sorted(edits, key=lambda e: (e.span, e.text != ")")):
        found[edit.span] = found.get(edit.span, "") + edit.text
    return tuple(Edit(span, text) for span, text in found.items())
