"""RML313: ``random`` is used outside OnStart.

``random(a)`` draws the initial state, uniformly between 0 and a. Noise during the run is ``rml:diffusion`` on
a TimeDerivative: that does not depend on the step and can be reproduced.

Example::

    <TimeDerivative variable="V" value="(random(1) - V) / tau"/>

Fix: use ``rml:diffusion``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import sites
from rateml.checks.each_type import each_type
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import ComponentType, Model


@each_type
def random_outside_start(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """Calls of random."""
    for site in sites(type):
        if site.place == "start":
            continue
        for node in site.calls:
            if node.func == "random":
                help = "noise during the run is rml:diffusion on a <TimeDerivative>"
                yield Code.RANDOM_OUTSIDE_START.at(node.func_span, help=help)
