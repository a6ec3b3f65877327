"""RML614: an element does not stand at its canonical place.

The order of elements is free. The canonical one is that of LEMS: dimensions, units, types and components; in
a type parameters first and Dynamics last. Files in that order are easier to compare, and the LEMS schema
asks for it.

Example::

    <Constant name="pi" dimension="none" value="3.14159"/>
    <Parameter name="a" dimension="none"/>

Fix: `rateml fmt` writes the canonical order.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.edits import move_before
from rateml.checks.vocabulary import vocabulary
from rateml.diagnostics import Code, Diagnostic, Fix, Related
from rateml.model.nodes import Model
from rateml.syntax.tree import Element

_ORDERED = ("Lems", "ComponentType", "Dynamics")


def canonical_order(model: Model) -> Iterator[Diagnostic]:
    """The first element out of place inside each element whose children have an order."""
    for root in model.roots:
        for parent in root.walk():
            if parent.name.local in _ORDERED and parent.children:
                yield from _first(model, parent)


def _first(model: Model, parent: Element) -> Iterator[Diagnostic]:
    rank = {name: number for number, name in enumerate(vocabulary()[parent.name.local].children)}
    highest = -1
    for child in parent.children:
        own = rank.get(child.name.local, highest)
        if own < highest:
            later = next(c for c in parent.children if rank.get(c.name.local, -1) > own)
            related = (Related(later.name_span, "this would come after it"),)
            edits = move_before(model, child.span, later.span)
            fixes = (Fix("move it to its canonical place", edits),) if edits else ()
            names = {"name": child.name.text, "before": later.name.text}
            help = "`rateml fmt` writes the canonical order"
            yield Code.NOT_CANONICAL_ORDER.at(child.name_span, help=help, related=related, fixes=fixes, **names)
            return
        highest = max(highest, own)
