"""RML604: an expression divides by a literal zero.

The result is infinite, or not a number where the dividend is zero too, and a simulation that meets it counts
as diverged.

Example::

    <DerivedParameter name="rate" dimension="none" value="1 / 0"/>

Fix: divide by what was meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import sites
from rateml.checks.each_type import each_type
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import ComponentType, Model
from rateml.syntax.expr import Binary, Num


@each_type
def division_by_zero(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """Divisors that are the number 0."""
    for site in sites(type):
        for node in site.nodes:
            if isinstance(node, Binary) and node.op == "/" and isinstance(node.right, Num) and not node.right.value:
                yield Code.DIVISION_BY_ZERO.at(node.right.span, help="divide by what was meant")
