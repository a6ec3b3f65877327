"""The expression under the cursor: which attribute it is in, its tree, and where it stands in its component type."""

from __future__ import annotations

from typing import Final

from rateml.checks.declarations import Place
from rateml.ide.analysis import Analysis
from rateml.ide.context import Context, context_at
from rateml.syntax.expr import Expr
from rateml.syntax.parser import parse_expr
from rateml.syntax.tree import Element, XmlAttribute

_EXPRESSIONS: Final[dict[tuple[str, str], Place]] = {
    ("DerivedParameter", "value"): "derived parameter",
    ("DerivedVariable", "value"): "derived",
    ("Case", "value"): "derived",
    ("Case", "condition"): "derived",
    ("TimeDerivative", "value"): "derivative",
    ("TimeDerivative", "diffusion"): "diffusion",
    ("StateAssignment", "value"): "event",
    ("OnCondition", "test"): "event",
}


def place_of_value(here: Context) -> Place | None:
    """Where the expression under the cursor stands; None when the cursor is in no expression."""
    if here.kind != "value" or here.element is None or here.attribute is None:
        return None
    return place_of_attribute(here.element, here.attribute, here.parent)


def place_of_attribute(element: Element, attribute: XmlAttribute, parent: Element | None) -> Place | None:
    """Where an attribute's expression stands; None when it holds none."""
    place = _EXPRESSIONS.get((element.name.local, attribute.name.local))
    if place == "event" and element.name.local == "StateAssignment" and parent and parent.name.local == "OnStart":
        return "start"
    return place


def expression_of(analysis: Analysis, offset: int) -> Expr | None:
    """The tree of the expression at an offset, as far as it can be read."""
    here = context_at(analysis, offset)
    if place_of_value(here) is None or here.attribute is None:
        return None
    return parse_expr(here.attribute.value, here.attribute.offsets).expr
