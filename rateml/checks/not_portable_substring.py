"""RML626: PyLEMS sees a circle among derived parameters where there is none (P6).

PyLEMS orders derived parameters by whether the name of one occurs anywhere in the text of another: for it a
parameter ``n`` is used in ``tanh(k)``.

Example::

    <DerivedParameter name="a" dimension="none" value="tanh(k)"/>
    <DerivedParameter name="n" dimension="none" value="abs(k)"/>

Fix: longer names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rateml.checks.dependencies import in_order
from rateml.checks.edits import attribute_of
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Model

_MOST: Final = 1_000
"""Beyond this it takes too long to look for every name in every expression."""


def not_portable_substring(model: Model) -> Iterator[Diagnostic]:
    """Derived parameters that PyLEMS cannot put in order."""
    for type in model.types:
        if type.role == "coupling":
            continue
        texts: dict[str, str] = {}
        for p in type.derived_parameters:
            value = attribute_of(model, p.span, "value")
            texts[p.name.text] = value.value if value else ""
        if len(texts) > _MOST:
            continue
        graph = {name: tuple(o for o in texts if o != name and o in text) for name, text in texts.items()}
        ready = set(in_order(graph))
        left = [p.name for p in type.derived_parameters if p.name.text not in ready]
        if left:
            names = ", ".join(f"'{n}'" for n in left)
            related = tuple(Related(n.span, "and this one") for n in left[1:4])
            help = "give them names that occur in no other expression"
            yield Code.NOT_PORTABLE_SUBSTRING.at(left[0].span, names=names, help=help, related=related)
