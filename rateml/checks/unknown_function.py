"""Calls of functions that do not exist, or with the wrong number of arguments."""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import by_name, sites
from rateml.diagnostics import Code, Diagnostic, did_you_mean, rename
from rateml.model.nodes import Model
from rateml.syntax.expr import Call, walk
from rateml.syntax.functions import FUNCTIONS


def unknown_function(model: Model) -> Iterator[Diagnostic]:
    """An expression calls a function that the language does not have.

    The functions are fixed; a file cannot define its own. Case matters: the Heaviside step is ``H``.

    Example: ``value="Exp(V)"``

    Fix: correct the spelling, or write ``*`` where a product was meant.
    """
    for type in model.types:
        known = by_name(type)
        for site in sites(type):
            for node in walk(site.expr):
                if isinstance(node, Call) and node.func not in FUNCTIONS:
                    name, at = node.func, node.func_span
                    if name in known:
                        help = f"'{name}' is a {known[name].kind}: write '{name} * (…)' for a product"
                        yield Code.UNKNOWN_FUNCTION.at(at, name=name, help=help)
                    else:
                        help, fixes = did_you_mean(name, FUNCTIONS), rename(at, name, FUNCTIONS)
                        yield Code.UNKNOWN_FUNCTION.at(at, name=name, help=help, fixes=fixes)


def wrong_arity(model: Model) -> Iterator[Diagnostic]:
    """A function is called with too few or too many arguments.

    Example: ``min(V)``

    Fix: give it as many arguments as it takes: ``min(V, 1)``.
    """
    for type in model.types:
        for site in sites(type):
            for node in walk(site.expr):
                function = FUNCTIONS.get(node.func) if isinstance(node, Call) else None
                if isinstance(node, Call) and function and len(node.args) != function.arity:
                    expected = "one argument" if function.arity == 1 else f"{function.arity} arguments"
                    yield Code.WRONG_ARITY.at(
                        node.span, name=node.func, expected=expected, found=len(node.args), help=function.summary
                    )
