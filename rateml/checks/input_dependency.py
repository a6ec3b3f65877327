"""RML520: a coupling reads, without delay, a variable that depends on an input of the model.

The input at a moment would have to be known to find the variable at that moment, and the variable to find
the input: an algebraic loop. With a delay on every connection such a variable may be coupled, for only past
inputs are needed (before t = 0 there is none). The loop closes when the coupling is undelayed (``rml:delayed="false"``,
``rml:reduce="self"`` or ``"mean"``) and when it uses the current value at the target, ``x_i``.

Example::

    <DerivedVariable name="rate" dimension="per_time" value="gain * c_in"/>
    <Component id="net" type="Sum" rml:input="c_in" rml:bind="x=rate" rml:delayed="false"/>

Fix: bind a state, or a derived variable of states and parameters; or make the variable a state that follows
its value with a time constant.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.couplings import Coupling, bound_to, couplings, formals
from rateml.checks.dependencies import model_graph, reachable
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Model, Requirement


def input_dependency(model: Model) -> Iterator[Diagnostic]:
    """Bound variables from which an input can be reached."""
    for coupling in couplings(model):
        inputs = {r.name.text: r for r in coupling.model.requirements}
        graph = model_graph(model, coupling.model)
        for formal, required in formals(coupling.type).items():
            name, at = bound_to(coupling, formal)
            found = sorted(reachable(graph, name) & inputs.keys()) if name in graph else []
            if not found:
                continue
            related = [Related(inputs[found[0]].name.span, "the input is here")]
            now = _now(coupling, required)
            if now is None:
                continue
            help = f"{now}: this is an algebraic loop; bind a state, or what follows from states"
            current = [r for r in required if r.name.text.endswith("_i")]
            related += [Related(r.name.span, "its current value is asked for here") for r in current]
            yield Code.ALGEBRAIC_LOOP.at(at, name=name, input=found[0], help=help, related=tuple(related))


def _now(coupling: Coupling, required: tuple[Requirement, ...]) -> str | None:
    """Why a coupling needs the present value of a variable; None when it needs only the past."""
    component = coupling.component
    if component.reduce != "sum":
        return f'rml:reduce="{component.reduce}" takes present values'
    if not component.delayed:
        return "the coupling has no delay"
    if any(r.name.text.endswith("_i") for r in required):
        return "the coupling takes its present value at the target"
    return None
