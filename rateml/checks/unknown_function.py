"""RML203: an expression calls a function that the language does not have.

The functions are fixed; a file cannot define its own in an expression. Case matters: the Heaviside step is
``H``. A name before a parenthesis is read as a call, even where a product was meant.

Example::

    <DerivedVariable name="y" dimension="none" value="Exp(V)"/>

Fix: correct the spelling, or write ``*`` where a product was meant; that is offered, and ``--fix`` leaves it to you.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from rateml.checks.declarations import by_name, sites
from rateml.checks.each_type import each_type
from rateml.diagnostics import Code, Diagnostic, Edit, Fix, did_you_mean, rename
from rateml.diagnostics import replace as replace_text
from rateml.model.nodes import ComponentType, Model
from rateml.syntax.functions import FUNCTIONS
from rateml.text import Span

_OTHERS: Final = frozenset(
    (
        "asin",
        "acos",
        "atan",
        "arcsin",
        "arccos",
        "arctan",
        "asinh",
        "acosh",
        "atanh",
        "arcsinh",
        "arccosh",
        "arctanh",
        "sinc",
        "cosec",
        "sec",
        "csc",
        "cot",
        "coth",
        "log1p",
        "expm1",
        "cbrt",
        "rsqrt",
        "erf",
        "round",
        "rint",
        "trunc",
        "randn",
        "rand",
        "normal",
        "pow",
    )
)
"""Functions of other languages: none of ours does the same, however near its name."""


@each_type
def unknown_function(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """The names of all calls."""
    known = by_name(type)
    for site in sites(type):
        for node in site.calls:
            if node.func not in FUNCTIONS:
                name, at = node.func, node.func_span
                if name in known:
                    help = f"'{name}' is a {known[name].kind}: write '{name} * (…)' for a product"
                    gap = Span(at.end, at.end, at.file)
                    product = (Fix("write a product", (Edit(gap, " * "),), guess=True),)
                    yield Code.UNKNOWN_FUNCTION.at(at, name=name, help=help, fixes=product)
                else:
                    help, fixes = did_you_mean(name, FUNCTIONS), rename(at, name, FUNCTIONS)
                    if name.lower() in _OTHERS:
                        fixes = tuple(replace(fix, guess=True) for fix in fixes)
                    if name.lower() == "heaviside":
                        help, fixes = "did you mean 'H'?", (replace_text(at, "H", guess=len(node.args) != 1),)
                    if name in ("sum", "Sum", "Σ"):
                        help, fixes = "the network sums: 'post' reads the weighted sum of 'pre' as 'gx'", ()
                    yield Code.UNKNOWN_FUNCTION.at(at, name=name, help=help, fixes=fixes)
