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

from rateml.checks.edits import attribute_of
from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Model


def not_portable_substring(model: Model) -> Iterator[Diagnostic]:
    """Derived parameters that PyLEMS cannot put in order."""
    for type in model.types:
        if type.role == "coupling":
            continue
        texts: dict[str, str] = {}
        for p in type.derived_parameters:
            value = attribute_of(model, p.span, "value")
            texts[p.name.text] = value.value if value else ""
        left = [p.name for p in type.derived_parameters]
        free = True
        while free and left:
            ready = [n for n in left if not any(o.text in texts[n.text] for o in left if o.text != n.text)]
            free = bool(ready)
            left = [n for n in left if n not in ready]
        if left:
            names = ", ".join(f"'{n}'" for n in left)
            related = tuple(Related(n.span, "and this one") for n in left[1:4])
            help = "give them names that occur in no other expression"
            yield Code.NOT_PORTABLE_SUBSTRING.at(left[0].span, names=names, help=help, related=related)
