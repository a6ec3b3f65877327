"""RML517: a sweep goes over something that is no parameter of its component, or over one parameter twice.

A Component suggests a grid over its own parameters; a delayed coupling also over its ``speed``.

Example::

    <Component id="one" type="Model" tau="10 ms" rml:sweep="tua=list(1 ms, 2 ms)"/>

Fix: name a parameter of the component's type.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.diagnostics import Code, Diagnostic, Related, did_you_mean, rename
from rateml.model.nodes import Ident, Model


def unknown_axis(model: Model) -> Iterator[Diagnostic]:
    """The axes of every component."""
    for component in model.components:
        type = model.type(component.type.text)
        if type is None:
            continue
        known = [p.name.text for p in type.parameters]
        if type.role == "coupling" and component.delayed:
            known.append("speed")
        seen: dict[str, Ident] = {}
        for axis in component.sweep:
            name = axis.name
            if name.text not in known:
                free = [k for k in known if k not in {a.name.text for a in component.sweep}]
                reason = f"it is not a parameter of '{type.name}'"
                help, fixes = did_you_mean(name.text, free), rename(name.span, name.text, free)
                yield Code.UNKNOWN_AXIS.at(name.span, name=name, reason=reason, help=help, fixes=fixes)
            elif name.text in seen:
                related = (Related(seen[name.text].span, "the first axis is here"),)
                yield Code.UNKNOWN_AXIS.at(name.span, name=name, reason="it already has an axis", related=related)
            seen.setdefault(name.text, name)
