"""Two things with one name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rateml.checks.declarations import declarations, place_of
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Ident, Model


def _repeated(names: Iterable[Ident]) -> Iterator[tuple[Ident, Ident]]:
    """Each name that was there before, in document order, with its first occurrence."""
    first: dict[str, Ident] = {}
    for name in sorted((n for n in names if n.text), key=lambda n: n.span.start):
        if name.text in first:
            yield name, first[name.text]
        else:
            first[name.text] = name


def duplicate_name(model: Model) -> Iterator[Diagnostic]:
    """A component type declares one name twice, or the file has two types or two components of one name.

    Parameters, derived parameters, constants, requirements, states, derived variables and children share
    one scope per type. Exposures have a list of their own: they repeat the name of what they expose.

    Example: a Parameter ``a`` and a StateVariable ``a`` in one type.

    Fix: rename one of them.
    """
    for type in model.types:
        every = [[d.name for d in declarations(type)], [e.name for e in type.exposures]]
        for name, first in (pair for group in every for pair in _repeated(group)):
            related = (Related(first.span, "first declared here"),)
            yield Code.DUPLICATE_NAME.at(name.span, name=name, place=place_of(type), related=related)
    for name, first in _repeated(t.name for t in model.types):
        yield Code.DUPLICATE_TYPE.at(name.span, name=name, related=(Related(first.span, "the first is here"),))
    for name, first in _repeated(c.id for c in model.components):
        yield Code.DUPLICATE_COMPONENT.at(name.span, name=name, related=(Related(first.span, "the first is here"),))
