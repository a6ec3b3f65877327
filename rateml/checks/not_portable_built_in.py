"""RML628: the file uses dimensions or units that only RateML has built in.

Common dimensions (time, voltage, …) and units (ms, mV, …) need no declaration here; LEMS knows none.

Example::

    <Parameter name="tau" dimension="time"/>        (and no <Dimension name="time" t="1"/>)

Fix: nothing, if only rateml is to run the file; else declare them. The ``lems`` target writes them out.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.definition_uses import dimension_uses, unit_uses
from rateml.diagnostics import Code, Diagnostic
from rateml.model.dimension import DIMENSIONS, UNITS
from rateml.model.nodes import Model


def not_portable_built_in(model: Model) -> Iterator[Diagnostic]:
    """One message for all of them, at the start of the file."""
    declared = {a.value for r in model.roots for e in r.named("Dimension") if (a := e.attribute("name"))}
    declared |= {a.value for r in model.roots for e in r.named("Unit") if (a := e.attribute("symbol"))}
    dimensions, units = dimension_uses(model) - declared - {"none"}, unit_uses(model, plain=True) - declared
    leaning = [n for n in DIMENSIONS if n in dimensions]
    leaning += [n for n in UNITS if n in units]
    if leaning and model.roots:
        names = ", ".join(f"'{name}'" for name in leaning)
        help = "declare them with <Dimension> and <Unit> for other simulators"
        yield Code.NOT_PORTABLE_BUILT_IN.at(model.roots[-1].name_span, names=names, help=help)
