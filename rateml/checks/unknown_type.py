"""RML502: a Component or a Child names a component type that the file does not define.

Types are declared by ComponentType elements, in this file or in one it includes. Case matters.

Example::

    <Component id="net" type="SineCopling" a="1"/>

Fix: correct the spelling, or add the type.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.diagnostics import Code, Diagnostic, did_you_mean, rename
from rateml.model.nodes import Ident, Model


def unknown_type(model: Model) -> Iterator[Diagnostic]:
    """Look up the types of components and of children."""
    usable = [t.name.text for t in model.types if t.role != "function"]
    functions = [t.name.text for t in model.types if t.role == "function"]
    for component in model.components:
        yield from _look_up(model, component.type, usable)
    for type in model.types:
        for child in type.children:
            yield from _look_up(model, child.type, functions)


def _look_up(model: Model, name: Ident, known: list[str]) -> Iterator[Diagnostic]:
    if name.text and model.type(name.text) is None:
        help, fixes = did_you_mean(name.text, known), rename(name.span, name.text, known)
        if not help and known:
            help = "there are " + ", ".join(known)
        yield Code.UNKNOWN_TYPE.at(name.span, name=name, help=help, fixes=fixes)
