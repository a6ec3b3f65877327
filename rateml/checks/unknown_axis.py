"""RML517: a sweep goes over something that is no parameter of its component, or over one parameter twice.

A Component suggests a grid over its own parameters and, as ``child.name``, over those of its function calls; a
delayed coupling also over its ``speed``. A call whose result no variable selects is never made: there is nothing
to sweep.

Example::

    <Component id="one" type="Model" tau="10 ms" rml:sweep="tua=list(1 ms, 2 ms)"/>

Fix: name a parameter of the component's type.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rateml.checks.axes import own_parameters
from rateml.checks.declarations import dynamics_of
from rateml.diagnostics import Code, Diagnostic, Fix, Related, closest, did_you_mean, rename, replace
from rateml.model.nodes import ComponentType, DerivedVariable, Ident, Model


def unknown_axis(model: Model) -> Iterator[Diagnostic]:
    """The axes of every component."""
    for component in model.components:
        type = model.type(component.type.text)
        if type is None:
            continue
        known = [*own_parameters(model, type)]
        if type.role == "coupling" and component.delayed:
            known.append("speed")
        selected = _selected(type)
        seen: dict[str, Ident] = {}
        for axis in component.sweep:
            name, child = axis.name, axis.name.text.rpartition(".")[0]
            if name.text not in known:
                free = [k for k in known if k not in {a.name.text for a in component.sweep}]
                help, fixes = _meant(type, name, free)
                reason = _reason(model, type, name.text)
                yield Code.UNKNOWN_AXIS.at(name.span, name=name, reason=reason, help=help, fixes=fixes)
            elif name.text in seen:
                related = (Related(seen[name.text].span, "the first axis is here"),)
                yield Code.UNKNOWN_AXIS.at(name.span, name=name, reason="it already has an axis", related=related)
            elif child and child not in selected:
                reason = f"no variable selects the result of '{child}'"
                help = f'add a DerivedVariable with select="{child}/…"'
                yield Code.UNKNOWN_AXIS.at(name.span, name=name, reason=reason, help=help)
            seen.setdefault(name.text, name)


def _reason(model: Model, type: ComponentType, name: str) -> str:
    owner, dot, _ = name.partition(".")
    child = next((c for c in type.children if c.name.text == owner), None) if dot else None
    if child is not None:
        return f"it is not a parameter of '{child.type}'"
    return f"'{type.name}' has no Child '{owner}'" if dot else f"it is not a parameter of '{type.name}'"


def _meant(type: ComponentType, name: Ident, known: Sequence[str]) -> tuple[str, tuple[Fix, ...]]:
    """Of a Child that there is, its parameter most like it; else the only one with that last part, or the nearest."""
    owner, dot, last = name.text.rpartition(".")
    if dot and any(c.name.text == owner for c in type.children):
        its = [k.rpartition(".")[2] for k in known if k.startswith(f"{owner}.")]
        near = closest(last, its)
        if near is None:
            return "there are " + ", ".join(f"'{owner}.{k}'" for k in its) if its else "", ()
        meant, sure = f"{owner}.{near}", near.casefold() == last.casefold()
        return f"did you mean '{meant}'?", (replace(name.span, meant, guess=not sure),)
    same = [k for k in known if k.rpartition(".")[2] == last]
    if len(same) == 1:
        return f"did you mean '{same[0]}'?", (replace(name.span, same[0]),)
    return did_you_mean(name.text, known), rename(name.span, name.text, known)


def _selected(type: ComponentType) -> set[str]:
    """The children whose results variables take."""
    derived = dynamics_of(type).derived
    return {v.select.text.partition("/")[0] for v in derived if isinstance(v, DerivedVariable) and v.select}
