"""Undefined names and names out of scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rateml.checks.declarations import Declared, Kind, Place, Site, by_name, place_of, sites
from rateml.checks.dependencies import reachable, variable_graph
from rateml.diagnostics import Code, Diagnostic, Related, did_you_mean, rename
from rateml.model.nodes import ComponentType, Model
from rateml.syntax.expr import Name, names
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
    """An expression uses a name that is not declared, or that cannot be used where it stands.

    Every name must be declared in its component type; there are no predefined constants, so ``pi`` is
    declared too. Derived parameters and OnStart are evaluated before anything moves: they see parameters,
    constants and derived parameters. OnCondition sees the states and ``t`` as well. Derivatives, diffusions
    and derived variables see everything. In a coupling ``pre`` is evaluated for each connection and sees
    the requirements ``v_i`` and ``v_j`` and, of a parameter ``p``, also ``p_i`` and ``p_j``; ``post`` is
    evaluated once per node and sees ``gx``.

    Example: ``<TimeDerivative variable="V" value="V / tua"/>``

    Fix: correct the spelling, or declare the name.
    """
    for type in model.types:
        known = by_name(type)
        halves = _Halves(type) if type.role == "coupling" else None
        for site in sites(type):
            for name in names(site.expr):
                fault = _fault(type, known, site, name) or (halves.fault(site, name) if halves else None)
                if fault:
                    yield fault


def _fault(type: ComponentType, known: Mapping[str, Declared], site: Site, name: Name) -> Diagnostic | None:
    visible = _visible(type, known, site)
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
    help = did_you_mean(name.id, visible)
    if not help and name.id == "pi":
        help = 'declare it: <Constant name="pi" dimension="none" value="3.141592653589793"/>'
    elif not help and type.role == "coupling" and name.id in ("gx", "n_node"):
        help = f'declare it: <Requirement name="{name.id}" dimension="…"/>'
    fixes = rename(name.span, name.id, visible)
    return Code.UNDEFINED_NAME.at(name.span, name=name.id, place=place_of(type), help=help, fixes=fixes)


def _list(kinds: tuple[Kind, ...], timed: bool) -> str:
    shown = [f"{kind}s" for kind in kinds] + (["t"] if timed else [])
    return ", ".join(shown[:-1]) + " and " + shown[-1]


def _visible(type: ComponentType, known: Mapping[str, Declared], site: Site) -> set[str]:
    kinds = _VISIBLE[site.place]
    found = {n for n, d in known.items() if d.kind in kinds}
    if type.role == "coupling":
        if site.place != "derived parameter":
            found |= {f"{p.name.text}_{node}" for p in type.parameters for node in "ij"}
    elif site.place in _TIMED:
        found.add("t")
    return found


class _Halves:
    """Which derived variables of a coupling belong to ``pre`` and which to ``post``."""

    def __init__(self, type: ComponentType) -> None:
        graph = variable_graph(type)
        self.pre = reachable(graph, "pre", stop=("post",)) & graph.keys() - {"post"}
        self.post = reachable(graph, "post", stop=("pre",)) & graph.keys() - {"pre"}
        required = {r.name.text for r in type.requirements}
        own = {p.name.text for p in type.parameters}
        self.sources = {n for n in required if n.endswith("_j")}
        self.chosen = {f"{p}_{node}" for p in own for node in "ij"} - required - own

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
