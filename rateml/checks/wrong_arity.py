"""RML204: a function is called with too few or too many arguments.

Every function takes a fixed number of them.

Example::

    <DerivedVariable name="y" dimension="none" value="min(V)"/>

Fix: give it as many arguments as it takes: ``min(V, 1)``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import sites
from rateml.checks.each_type import each_type
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import ComponentType, Model
from rateml.syntax.functions import FUNCTIONS


@each_type
def wrong_arity(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """The arguments of all calls."""
    for site in sites(type):
        for node in site.calls:
            function = FUNCTIONS.get(node.func)
            if function and len(node.args) != function.arity:
                expected = "one argument" if function.arity == 1 else f"{function.arity} arguments"
                yield Code.WRONG_ARITY.at(
                    node.span, name=node.func, expected=expected, found=len(node.args), help=function.summary
                )
