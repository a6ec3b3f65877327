"""RML621: the file uses a function that LEMS simulators do not have (P1).

Both PyLEMS and jLEMS know exp, log, sqrt, sin, cos, tan, sinh, cosh, tanh, abs, ceil and random. The others
are RateML's own: rateml runs the file, other simulators refuse it.

Example::

    <DerivedVariable name="y" dimension="none" value="max(x, 0)"/>

Fix: nothing, if only rateml is to run the file; else write it in other words, such as a
ConditionalDerivedVariable.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.written import written
from rateml.diagnostics import Code, Diagnostic, Fix, replace
from rateml.model.nodes import Model
from rateml.syntax.expr import Call
from rateml.syntax.functions import FUNCTIONS

OTHER_WORDS = {
    "floor": "-ceil(-x)",
    "min": "a ConditionalDerivedVariable",
    "max": "a ConditionalDerivedVariable",
    "sign": "a ConditionalDerivedVariable",
    "H": "a ConditionalDerivedVariable",
    "mod": "x - y * (-ceil(-(x / y)))",
}


def not_portable_function(model: Model) -> Iterator[Diagnostic]:
    """The first call of each such function in each type."""
    for type in model.types:
        told: set[str] = set()
        for place in written(model, type):
            for node in place.nodes:
                function = FUNCTIONS.get(node.func) if isinstance(node, Call) else None
                if not isinstance(node, Call) or function is None or function.core or node.func in told:
                    continue
                told.add(node.func)
                words = OTHER_WORDS.get(node.func, "")
                help = f"portable: {words}" if words else ""
                code = Code.NOT_PORTABLE_FUNCTION
                yield code.at(node.func_span, name=node.func, help=help, fixes=_fixes(node))


def _fixes(call: Call) -> tuple[Fix, ...]:
    return (replace(call.func_span, "log"),) if call.func == "ln" else ()
