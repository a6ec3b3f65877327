"""RML318: a Child is of a type that is no function.

A Child is one call of a function type. Models and couplings have Components instead.

Example::

    <ComponentType name="Sum" rml:role="coupling">…</ComponentType>
    <Child name="s" type="Sum"/>

Fix: name a type with ``rml:role="function"``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rateml.diagnostics import Code, Diagnostic, Related, did_you_mean, rename
from rateml.model.nodes import Model


def child_type(model: Model) -> Iterator[Diagnostic]:
    """The roles of the types of children."""
    functions = [t.name.text for t in model.types if t.role == "function"]
    for type in model.types:
        for child in type.children if type.role == "model" else ():
            found = model.type(child.type.text)
            if found is not None and found.role != "function":
                at, name = child.type.span, child.type
                related = (Related(found.name.span, "the type is here"),)
                help, fixes = did_you_mean(name.text, functions), rename(at, name.text, functions)
                fixes = tuple(replace(fix, guess=True) for fix in fixes)  # the name is that of another type
                help = help or 'functions have rml:role="function"'
                code = Code.CHILD_NOT_FUNCTION
                yield code.at(at, name=name, role=found.role, help=help, fixes=fixes, related=related)
