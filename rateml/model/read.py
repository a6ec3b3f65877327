"""Reading attributes of the element tree into model values, collecting the faults on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rateml.diagnostics import Code, Diagnostic, Edit, Fix, did_you_mean, rename, replace
from rateml.model.dimension import UNKNOWN, Dimension, Quantity, Unit
from rateml.model.nodes import Ident
from rateml.model.quantity import parse_quantity, unit_name
from rateml.syntax.expr import Expr, Missing
from rateml.syntax.limits import MAX_FAULTS, MAX_TOKENS
from rateml.syntax.parser import parse_expr
from rateml.syntax.tree import RML, Element, XmlAttribute
from rateml.text import Span

NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(slots=True)
class Reader:
    """The names that quantities and dimensions may use, and the faults found so far.

    A value that cannot be read yields a harmless stand-in next to its diagnostic. ``points`` counts those of
    all axes, ``tokens`` those of all expressions.
    """

    dimensions: Mapping[str, Dimension]
    units: Mapping[str, Unit]
    faults: list[Diagnostic] = field(default_factory=list)
    points: int = 0
    tokens: int = 0

    @property
    def full(self) -> bool:
        """Whether there are more faults than anyone is told: what would help with the next ones is not looked for."""
        return len(self.faults) >= MAX_FAULTS

    def text(self, element: Element, name: str) -> str:
        attribute = element.attribute(name)
        return attribute.value if attribute else ""

    def ident(self, element: Element, name: str, namespace: str = "") -> Ident | None:
        attribute = element.attribute(name, namespace)
        return Ident(attribute.value, attribute.value_span) if attribute else None

    def name(self, element: Element, name: str = "name") -> Ident:
        """The name an element must have; an empty one stands in where the schema will complain."""
        return self.ident(element, name) or Ident("", element.name_span)

    def dimension(self, element: Element, name: str = "dimension") -> Dimension:
        attribute = element.attribute(name)
        if attribute is None:
            return UNKNOWN
        if attribute.value not in self.dimensions:
            at, known = attribute.value_span, {} if self.full else self.dimensions
            unit = self.units.get(unit_name(attribute.value))
            of_unit = next((name for name, d in known.items() if unit and d == unit.dimension), None)
            if of_unit:
                help = f"'{attribute.value}' is a unit; its dimension is {of_unit}"
                fixes: tuple[Fix, ...] = (replace(at, of_unit),)
            elif NAME.fullmatch(attribute.value):
                help = did_you_mean(attribute.value, known) or f'declare it: <Dimension name="{attribute.value}" …/>'
                fixes = rename(at, attribute.value, known)
            else:
                return UNKNOWN  # told by the schema
            self.faults.append(Code.UNKNOWN_DIMENSION.at(at, name=attribute.value, help=help, fixes=fixes))
            return UNKNOWN
        return self.dimensions[attribute.value]

    def quantity(self, element: Element, name: str, namespace: str = "") -> Quantity | None:
        """The quantity of an attribute; None when it is absent or unreadable."""
        attribute = element.attribute(name, namespace)
        if attribute is None:
            return None
        found = parse_quantity(attribute.value, attribute.value_span, self.units, attribute.offsets, not self.full)
        if isinstance(found, Diagnostic):
            self.faults.append(found)
            return None
        return found

    def expr(self, element: Element, name: str, namespace: str = "") -> Expr | None:
        """The expression of an attribute; None when it is absent."""
        attribute = element.attribute(name, namespace)
        if attribute is None:
            return None
        if self.tokens > MAX_TOKENS:
            return Missing(attribute.value_span)
        parsed = parse_expr(attribute.value, attribute.offsets)
        self.faults.extend(parsed.diagnostics)
        self.tokens += parsed.tokens
        if self.tokens > MAX_TOKENS:
            self.faults.append(Code.TOO_MANY_TOKENS.at(attribute.value_span, limit=MAX_TOKENS))
            return Missing(attribute.value_span)
        return parsed.expr

    def needed(self, element: Element, name: str = "value") -> Expr:
        """The expression an element must have."""
        return self.expr(element, name) or Missing(element.name_span)

    def flag(self, element: Element, name: str, default: bool) -> bool:
        attribute = element.attribute(name, RML)
        return attribute.value.strip() in ("true", "1") if attribute else default


def without(element: Element, attribute: XmlAttribute) -> Fix:
    """The fix that takes an attribute and the space before it out of its tag."""
    ends = [element.name_span.end, *(a.span.end for a in element.attributes if a.span.end <= attribute.span.start)]
    gap = Span(max(ends), attribute.span.end, attribute.span.file)
    return Fix(f"remove {attribute.name.text}", (Edit(gap, ""),))
