"""Dimensional analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rateml.checks.coupling_binding import bound_to
from rateml.checks.couplings import bindable, couplings, formals, post_dimension, pre_dimension
from rateml.checks.declarations import Site, environment, place_of, sites
from rateml.checks.infer import Inference, shown
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.dimension import NONE, UNKNOWN, Dimension
from rateml.model.nodes import ComponentType, Model
from rateml.syntax.expr import Missing
from rateml.text import Span


def dimension_mismatch(model: Model) -> Iterator[Diagnostic]:
    """The dimensions of an expression do not work out, or are not those of what it defines.

    Sums and comparisons need equal dimensions; a literal 0 fits any. The value of a TimeDerivative has the
    dimension of its variable per time, a diffusion that of its square per time. Functions such as ``exp``
    take numbers without dimension; ``sqrt`` halves the exponents. A dimensionless model divides by a
    Constant of one millisecond.

    Example: ``<TimeDerivative variable="V" value="-V"/>``

    Fix: ``value="-V / tau"`` with a ``tau`` of dimension ``time``.
    """
    for type in model.types:
        known = environment(type)
        for site in sites(type):
            yield from _site(site, known)
        yield from _exposures(type)
        if type.role == "coupling":
            yield from _fixed_requirements(type)
    yield from _connections(model)


_WHAT = {
    "derived parameter": "the value of derived parameter '{0}'",
    "derived": "the value of '{0}'",
    "derivative": "the derivative of '{0}'",
    "diffusion": "the diffusion of '{0}', which is its square per time,",
    "start": "the initial value of '{0}'",
    "event": "the new value of '{0}'",
}


def _site(site: Site, known: Mapping[str, Dimension]) -> Iterator[Diagnostic]:
    inference = Inference(known)
    found = inference.infer(site.expr)
    if inference.faults:
        yield inference.faults[0]
    elif site.dimension is not None and found is not None and not isinstance(site.expr, Missing):
        what = _WHAT[site.place].format(site.owner.text) + f" must be {shown(site.dimension)}"
        related = (Related(site.owner.span, "of this variable"),)
        yield from _unequal(found, site.dimension, site.expr.span, what, related)


def _unequal(
    found: Dimension, expected: Dimension, at: Span, what: str, related: tuple[Related, ...] = ()
) -> Iterator[Diagnostic]:
    if found != expected and UNKNOWN not in (found, expected):
        yield Code.DIMENSION_MISMATCH.at(at, left=shown(found), right=shown(expected), what=what, related=related)


def _exposures(type: ComponentType) -> Iterator[Diagnostic]:
    variables = bindable(type)
    for exposure in type.exposures:
        variable = variables.get(exposure.name.text)
        if variable:
            what = f"an Exposure has the dimension of its variable, {shown(variable.dimension)}"
            related = (Related(variable.name.span, "the variable is here"),)
            yield from _unequal(exposure.dimension, variable.dimension, exposure.name.span, what, related)


def _fixed_requirements(type: ComponentType) -> Iterator[Diagnostic]:
    of_pre = pre_dimension(type)
    for requirement in type.requirements:
        at = requirement.name.span
        if requirement.name.text == "n_node":
            yield from _unequal(requirement.dimension, NONE, at, "n_node is a plain number")
        elif requirement.name.text == "gx" and of_pre is not None:
            what = f"gx is a sum of 'pre', so it must be {shown(of_pre)}"
            yield from _unequal(requirement.dimension, of_pre, at, what)
    for required in formals(type).values():
        for other in required[1:]:
            what = f"'{other.name}' and '{required[0].name}' are values of one variable"
            yield from _unequal(other.dimension, required[0].dimension, other.name.span, what)


def _connections(model: Model) -> Iterator[Diagnostic]:
    """Formals against the variables they are bound to, and what comes out against the input it feeds."""
    for coupling in couplings(model):
        known = bindable(coupling.model)
        for formal, required in formals(coupling.type).items():
            name, at = bound_to(coupling, formal)
            if name in known:
                what = f"'{formal}' of {place_of(coupling.type)} must be {shown(required[0].dimension)}"
                related = (Related(required[0].name.span, "asked for here"),)
                yield from _unequal(known[name].dimension, required[0].dimension, at, what, related)
        fed = coupling.component.input
        outcome = post_dimension(coupling.type)
        for requirement in coupling.model.requirements:
            if fed is not None and outcome is not None and requirement.name.text == fed.text:
                what = f"what the coupling yields must be {shown(requirement.dimension)}, as its input is"
                related = (Related(requirement.name.span, "the input is here"),)
                yield from _unequal(outcome, requirement.dimension, fed.span, what, related)
