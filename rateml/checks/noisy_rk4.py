"""RML608: a model with noise names a scheme that is for deterministic runs.

``rk4`` has no noise, so a run of the file as it is written is refused. It takes the model where all noise intensities
are 0, or with ``--noise off``.

Example::

    <ComponentType name="Model" rml:role="model" rml:scheme="rk4">
        <Dynamics><TimeDerivative variable="V" value="-V / tau" rml:diffusion="D"/></Dynamics>
    </ComponentType>

Fix: ``rml:scheme="heun"``; or run it with ``--noise off``, or with another ``--scheme``.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import dynamics_of
from rateml.checks.edits import attribute_of
from rateml.diagnostics import Code, Diagnostic, Related, replace
from rateml.model.nodes import Component, Model
from rateml.syntax.expr import Expr, Name, Num
from rateml.syntax.tree import RML


def noisy_rk4(model: Model) -> Iterator[Diagnostic]:
    """Every model component of scheme ``rk4`` that has noise with its own values."""
    for component in model.of_role("model"):
        type = model.type(component.type.text)
        scheme = attribute_of(model, type.span, "scheme", RML) if type and type.scheme == "rk4" else None
        if type is None or scheme is None:
            continue
        noisy = [d for d in dynamics_of(type).derivatives if d.diffusion and not _is_silent(d.diffusion, component)]
        if noisy:
            names = ", ".join(f"'{d.variable}'" for d in noisy)
            related = tuple(Related(d.diffusion.span, "the noise is here") for d in noisy if d.diffusion)[:3]
            help = "choose 'heun' or 'euler', or run it with --noise off"
            fixes = (replace(scheme.value_span, "heun", guess=True), replace(scheme.value_span, "euler", guess=True))
            yield Code.NOISY_RK4.at(scheme.value_span, names=names, help=help, related=related, fixes=fixes)


def _is_silent(diffusion: Expr, component: Component) -> bool:
    """Whether a run sees from the values alone that there is no noise: a 0, or a Parameter that is 0 and not swept."""
    if isinstance(diffusion, Num) and diffusion.value == 0:
        return True
    if not isinstance(diffusion, Name) or any(axis.name.text == diffusion.id for axis in component.sweep):
        return False
    return any(v.name.text == diffusion.id and v.value.value == 0 for v in component.values)
