"""RML404: two dimensions do not agree.

Sums and comparisons need equal dimensions; a literal 0 fits any. What an expression yields must be what it
defines has: the value of a TimeDerivative has the dimension of its variable per time, a diffusion that of its
square per time. A model without dimensions divides by a Constant of one millisecond.

Example::

    <StateVariable name="V" dimension="none"/>
    <TimeDerivative variable="V" value="-V"/>

Fix: ``value="-V / tau"`` with a ``tau`` of dimension ``time``.

RML408: something must be without dimension, and is not.

Functions such as ``exp`` take plain numbers, and so do exponents.

Example::

    <DerivedVariable name="decay" dimension="none" value="exp(-tau)"/>

Fix: divide by a quantity of the same dimension: ``exp(-tau / tau0)``.

RML409: the square root of this is not a dimension.

A root halves the exponents of a dimension, so they must be even.

Example::

    <DerivedVariable name="s" dimension="none" value="sqrt(tau)"/>

Fix: take the root of a square, or of a ratio: ``sqrt(tau / tau0)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rateml.checks.couplings import bindable, bound_to, couplings, formals, post_dimension, pre_dimension
from rateml.checks.declarations import Site, by_name, dynamics_of, environment, place_of, sites
from rateml.checks.each_type import each_type
from rateml.checks.edits import add_element, attribute_of, wrap
from rateml.checks.function_calls import function_calls
from rateml.checks.infer import Inference, shown
from rateml.diagnostics import Code, Diagnostic, Fix, Related
from rateml.model.dimension import NONE, TIME, UNKNOWN, Dimension
from rateml.model.nodes import ComponentType, DerivedVariable, Model
from rateml.syntax.expr import Missing
from rateml.text import Span


def dimension_mismatch(model: Model) -> Iterator[Diagnostic]:
    """Every expression, exposure and connection."""
    yield from _types(model)
    yield from _connections(model)
    yield from _calls(model)


@each_type
def _types(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    known = environment(type)
    for site in sites(type):
        yield from _site(model, type, site, known)
    yield from _exposures(type)
    if type.role == "coupling":
        yield from _fixed_requirements(type)


_WHAT = {
    "derived parameter": "the value of derived parameter '{0}'",
    "derived": "the value of '{0}'",
    "derivative": "the derivative of '{0}'",
    "diffusion": "the diffusion of '{0}', which is its square per time,",
    "start": "the initial value of '{0}'",
    "event": "the new value of '{0}'",
}


def _site(model: Model, type: ComponentType, site: Site, known: Mapping[str, Dimension]) -> Iterator[Diagnostic]:
    inference = Inference(known)
    found = inference.infer(site.expr)
    if inference.faults:
        yield inference.faults[0]
    elif site.dimension not in (None, found) and found is not None and not isinstance(site.expr, Missing):
        what = _WHAT[site.place].format(site.owner.text) + f" must be {shown(site.dimension)}"
        related = (Related(site.owner.span, "of this variable"),)
        fixes: tuple[Fix, ...] = ()
        help = ""
        if site.place == "derivative" and site.dimension is not UNKNOWN and found == site.dimension * TIME:
            help, fixes = _per_time(model, type, site)
        yield from _unequal(found, site.dimension, site.expr.span, what, related, help, fixes)


def _per_time(model: Model, type: ComponentType, site: Site) -> tuple[str, tuple[Fix, ...]]:
    """A derivative without the division by a time: divide by the type's only constant time, or by a new one."""
    attribute = next(
        (
            a
            for d in dynamics_of(type).derivatives
            if d.value is site.expr and (a := attribute_of(model, d.span, "value")) is not None
        ),
        None,
    )
    times = [c.name.text for c in type.constants if c.dimension == TIME]
    if attribute is None or len(times) > 1:
        return "divide it by a time constant", ()
    name = times[0] if times else "MSEC"
    bracketed = site.expr.span.start > attribute.value_span.start
    edits = wrap(attribute.value_span, "" if bracketed else "(", f" / {name}" if bracketed else f") / {name}")
    if times:
        return f"divide it by a time, such as '{name}'", (Fix(f"divide by {name}", edits, guess=True),)
    declaration = '<Constant name="MSEC" dimension="time" value="1 ms"/>'
    extra = add_element(model, model.element(type.span), "Constant", declaration)
    help = f"divide it by a time: one millisecond is {declaration}"
    taken = "MSEC" in environment(type)
    return help, (Fix("divide by one millisecond", (*edits, *extra), guess=True),) if extra and not taken else ()


def _unequal(
    found: Dimension,
    expected: Dimension,
    at: Span,
    what: str,
    related: tuple[Related, ...] = (),
    help: str = "",
    fixes: tuple[Fix, ...] = (),
) -> Iterator[Diagnostic]:
    if found != expected and UNKNOWN not in (found, expected):
        left, right = shown(found), shown(expected)
        code = Code.DIMENSION_MISMATCH
        yield code.at(at, left=left, right=right, what=what, help=help, related=related, fixes=fixes)


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


def _calls(model: Model) -> Iterator[Diagnostic]:
    """Arguments of functions against what the model has, and results against who selects them."""
    for call in function_calls(model):
        known = by_name(call.caller)
        place = place_of(call.function)
        for requirement in call.function.requirements:
            found = known.get(requirement.name.text)
            if found is not None and found.kind != "child":
                what = f"argument '{requirement.name}' of {place} must be {shown(requirement.dimension)}"
                related = (Related(requirement.name.span, "asked for here"),)
                at = call.child.name.span
                yield from _unequal(found.dimension, requirement.dimension, at, what, related)
        results = {e.name.text: e for e in call.function.exposures}
        for variable in call.caller.dynamics.derived if call.caller.dynamics else ():
            if not isinstance(variable, DerivedVariable) or variable.select is None:
                continue
            child, _, name = variable.select.text.partition("/")
            if child == call.child.name.text and name in results:
                what = f"the value of '{variable.name}' must be {shown(variable.dimension)}"
                related = (Related(results[name].name.span, "the result is declared here"),)
                yield from _unequal(results[name].dimension, variable.dimension, variable.select.span, what, related)


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
