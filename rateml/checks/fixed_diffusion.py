"""RML613: no Parameter sets the noise on a state variable.

A diffusion that is or contains a Parameter can be swept, and silenced by setting it to 0. A number in the
equation cannot.

Example::

    <TimeDerivative variable="V" value="-V / tau" rml:diffusion="0.01 / MSEC"/>

Fix: declare a Parameter ``D`` and write ``rml:diffusion="D"``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import dynamics_of
from rateml.checks.dependencies import model_graph, parameter_graph, reachable
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import Model
from rateml.syntax.expr import Num, names


def fixed_diffusion(model: Model) -> Iterator[Diagnostic]:
    """Diffusions from which no parameter can be reached."""
    for type in model.types:
        parameters = {p.name.text for p in type.parameters}
        graph = {**model_graph(model, type), **parameter_graph(type)}
        for derivative in dynamics_of(type).derivatives:
            diffusion = derivative.diffusion
            if diffusion is None or (isinstance(diffusion, Num) and diffusion.value == 0):
                continue
            if not any(reachable(graph, name.id) & parameters for name in names(diffusion)):
                help = 'declare a Parameter such as D and write rml:diffusion="D"'
                yield Code.FIXED_DIFFUSION.at(diffusion.span, name=derivative.variable, help=help)
