"""RML201: an expression uses a name that is not declared.

Every name must be declared in its component type; there are no predefined constants, so ``pi`` is declared
too. A ``select`` names a Child and what its function exposes.

Example::

    <TimeDerivative variable="V" value="-V / tua"/>

Fix: correct the spelling, or declare the name.

RML202: an expression uses a name that cannot be used where it stands.

Derived parameters and OnStart are evaluated before anything moves: they see parameters, constants and derived
parameters. OnCondition sees the states and ``t`` as well. Derivatives, diffusions and derived variables see
everything. In a coupling ``pre`` is evaluated for each connection and sees the requirements ``v_i`` and
``v_j`` and, of a parameter ``p``, also ``p_i`` and ``p_j``; ``post`` is evaluated once per node and sees
``gx``.

Example::

    <OnStart><StateAssignment variable="V" value="c_in"/></OnStart>

Fix: use what is known there, or move the expression.

RML210: a function is named without its arguments.

A function's name is no value; what it is of stands behind it in parentheses.

Example::

    <DerivedVariable name="y" dimension="none" value="exp * V"/>

Fix: ``exp(V)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rateml.checks.couplings import pre_dimension
from rateml.checks.declarations import Declared, Kind, Place, Site, by_name, dynamics_of, place_of, sites
from rateml.checks.default_case import else_cases
from rateml.checks.dependencies import dependents, parameter_graph, reachable, variable_graph
from rateml.checks.each_type import unless_silent
from rateml.checks.edits import add_element, attribute_of, cut_attribute, dimension_name
from rateml.diagnostics import Code, Diagnostic, Fix, Related, closest, did_you_mean, rename, replace
from rateml.diagnostics.suggest import MOST_COMPARED
from rateml.model.dimension import UNKNOWN
from rateml.model.nodes import Case, ComponentType, DerivedVariable, Model
from rateml.syntax.expr import Name
from rateml.syntax.functions import FUNCTIONS

_VISIBLE: dict[Place, tuple[Kind, ...]] = {
    "derived parameter": ("parameter", "derived parameter", "constant"),
    "derived": ("parameter", "derived parameter", "constant", "requirement", "state variable", "derived variable"),
    "derivative": ("parameter", "derived parameter", "constant", "requirement", "state variable", "derived variable"),
    "diffusion": ("parameter", "derived parameter", "constant", "requirement", "state variable", "derived variable"),
    "start": ("parameter", "derived parameter", "constant"),
    "event": ("parameter", "derived parameter", "constant", "state variable"),
}
_WHERE: dict[Place, str] = {
    "derived parameter": "a derived parameter",
    "derived": "a derived variable",
    "derivative": "a derivative",
    "diffusion": "a diffusion",
    "start": "OnStart",
    "event": "OnCondition",
}
_TIMED: tuple[Place, ...] = ("derived", "derivative", "diffusion", "event")


def undefined_name(model: Model) -> Iterator[Diagnostic]:
    """Every name in every expression."""
    for type in model.types:
        yield from _names(model, type)
        yield from _selects(model, type)


@unless_silent
def _names(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    known = by_name(type)
    halves = Halves(type) if type.role == "coupling" else None
    visible = {place: visible_names(type, known, place) for place in _VISIBLE}
    otherwise = {name.span: case for name, case in else_cases(type).items()}
    for site in sites(type):
        for name in site.names:
            if name.span in otherwise:
                yield _else(model, type, name, otherwise[name.span])
                continue
            fault = _fault(model, type, known, visible[site.place], site, name, halves) or (
                halves.fault(site, name) if halves else None
            )
            if fault:
                yield fault


def _else(model: Model, type: ComponentType, name: Name, case: Case) -> Diagnostic:
    attribute = attribute_of(model, case.span, "condition")
    fixes = (Fix("leave out the condition", (cut_attribute(model, case.span, attribute),)),) if attribute else ()
    help = "leave out the condition: the last Case is the default"
    return Code.UNDEFINED_NAME.at(name.span, name=name.id, place=place_of(type), help=help, fixes=fixes)


def _fault(
    model: Model,
    type: ComponentType,
    known: Mapping[str, Declared],
    visible: set[str],
    site: Site,
    name: Name,
    halves: Halves | None,
) -> Diagnostic | None:
    if name.id in visible:
        return None
    declared = known.get(name.id)
    where = _WHERE[site.place]
    if declared is not None:
        related = (Related(declared.name.span, f"'{name.id}' is a {declared.kind}"),)
        seen = f"{where} sees " + _list(_VISIBLE[site.place], site.place in _TIMED)
        return Code.NAME_OUT_OF_SCOPE.at(name.span, name=name.id, place=where, related=related, help=seen)
    if name.id == "t":
        return Code.NAME_OUT_OF_SCOPE.at(name.span, name="t", place=where if type.role == "model" else place_of(type))
    if name.id in FUNCTIONS:
        return Code.NEEDS_CALL.at(name.span, name=name.id, help=f"write {name.id}(…)")
    fixes: tuple[Fix, ...]
    legal = _legal(type, visible, site, name.id, halves)
    used = {n.id for n in site.names}
    twins = sorted((t for t in (f"{name.id}_j", f"{name.id}_i") if t in legal), key=lambda t: t in used)
    if halves and twins:
        help, fixes = f"did you mean '{twins[0]}'?", (replace(name.span, twins[0], guess=True),)
    else:
        help, fixes = did_you_mean(name.id, legal), rename(name.span, name.id, legal)
    element = _element(model, type, name.id)
    if element and (not help or name.id == "pi"):
        edits = add_element(model, model.element(type.span), element.partition(" ")[0][1:], element)
        help, fixes = (
            f"declare it: {element}",
            (Fix(f"declare '{name.id}'", edits, name.id in model.units),) if edits else (),
        )
    if name.id == "e" and not help:
        help = "e^x is written exp(x)"
    if type.role == "coupling" and name.id in ("w", "weight", "weights"):
        help = "weights are applied by the network: 'pre' is what one source sends, 'gx' their weighted sum"
    return Code.UNDEFINED_NAME.at(name.span, name=name.id, place=place_of(type), help=help, fixes=fixes)


def _legal(type: ComponentType, visible: set[str], site: Site, name: str, halves: Halves | None) -> list[str]:
    """What an expression may use: of the names it sees, those that do not lead back to what it defines.

    Of very many only those that are spelled as the name is, but for the case of letters: no others are compared.
    """
    owner = site.owner.text
    legal = visible - (halves.barred(owner) if halves else set())
    if len(legal) > MOST_COMPARED:
        twins = (f"{name}_i", f"{name}_j")
        folded = name.casefold()
        legal = {n for n in legal if n.casefold() == folded or n in twins}
    if legal and site.place in ("derived", "derived parameter"):
        graph = parameter_graph(type) if site.place == "derived parameter" else variable_graph(type)
        legal -= dependents(graph, owner)
    return sorted(legal)


def _element(model: Model, type: ComponentType, name: str) -> str:
    """The declaration of a name whose meaning is known; nothing for others."""
    if name == "pi":
        return '<Constant name="pi" dimension="none" value="3.141592653589793"/>'
    if type.role == "coupling" and name == "n_node":
        return '<Requirement name="n_node" dimension="none"/>'
    if type.role == "coupling" and name == "gx":
        dimension = dimension_name(model, pre_dimension(type) or UNKNOWN)
        return f'<Requirement name="gx" dimension="{dimension or "none"}"/>'
    unit = model.units.get(name)
    dimension = dimension_name(model, unit.dimension) if unit and len(name) > 1 else None
    return f'<Constant name="{name}" dimension="{dimension}" value="1 {name}"/>' if dimension else ""


def _selects(model: Model, type: ComponentType) -> Iterator[Diagnostic]:
    """``select`` against the children of a type and what their functions expose."""
    children = {c.name.text: c for c in type.children}
    for variable in dynamics_of(type).derived:
        if not isinstance(variable, DerivedVariable) or variable.select is None:
            continue
        at = variable.select.span
        child, _, exposure = variable.select.text.partition("/")
        if child not in children:
            near = closest(child, children)
            help = did_you_mean(child, children) or "select takes the result of a Child"
            fixes = (replace(at, f"{near}/{exposure}"),) if near else ()
            yield Code.UNDEFINED_NAME.at(at, name=child, place=place_of(type), help=help, fixes=fixes)
            continue
        function = model.type(children[child].type.text)
        known = [e.name.text for e in function.exposures] if function else []
        if function is not None and function.role == "function" and len(known) == 1 and exposure not in known:
            help, fixes = f"it exposes '{known[0]}'", (replace(at, f"{child}/{known[0]}"),)
            yield Code.UNDEFINED_NAME.at(at, name=exposure, place=place_of(function), help=help, fixes=fixes)


def _list(kinds: tuple[Kind, ...], timed: bool) -> str:
    shown = [f"{kind}s" for kind in kinds] + (["t"] if timed else [])
    return ", ".join(shown[:-1]) + " and " + shown[-1]


def visible_names(type: ComponentType, known: Mapping[str, Declared], place: Place) -> set[str]:
    """What an expression at ``place`` may use of its type."""
    kinds = _VISIBLE[place]
    found = {n for n, d in known.items() if d.kind in kinds}
    if type.role == "coupling":
        if place != "derived parameter":
            found |= {f"{p.name.text}_{node}" for p in type.parameters for node in "ij"}
    elif place in _TIMED:
        found.add("t")
    return found


class Halves:
    """Which derived variables of a coupling belong to ``pre`` and which to ``post``."""

    def __init__(self, type: ComponentType) -> None:
        graph = variable_graph(type)
        self.pre = reachable(graph, "pre", stop=("post",)) & graph.keys() - {"post"}
        self.post = reachable(graph, "post", stop=("pre",)) & graph.keys() - {"pre"}
        required = {r.name.text for r in type.requirements}
        own = {p.name.text for p in type.parameters}
        self.sources = {n for n in required if n.endswith("_j")}
        self.chosen = {f"{p}_{node}" for p in own for node in "ij"} - required - own

    def barred(self, owner: str) -> set[str]:
        """What a derived variable may not use, because of the half it belongs to."""
        found = {"gx", "post"} if owner in self.pre else set()
        return found | ({"pre"} | self.sources | self.chosen if owner in self.post else set())

    def fault(self, site: Site, name: Name) -> Diagnostic | None:
        owner = site.owner.text
        if owner in self.pre and name.id in ("gx", "post"):
            help = "'pre' is what is summed; only 'post' sees the sum"
            return Code.NAME_OUT_OF_SCOPE.at(name.span, name=name.id, place=_half("pre", owner), help=help)
        if owner in self.post:
            if name.id == "pre":
                help = "'post' sees the weighted sum of 'pre' as 'gx'"
            elif name.id in self.sources:
                help = "a source's value exists only inside the sum: use it in 'pre'"
            elif name.id in self.chosen:
                help = "in 'post' a parameter's bare name is the target's value"
            else:
                return None
            return Code.NAME_OUT_OF_SCOPE.at(name.span, name=name.id, place=_half("post", owner), help=help)
        return None


def _half(half: str, owner: str) -> str:
    return half if owner == half else f"'{owner}', because '{half}' depends on it"
