"""RML624: a derived variable is used before it is defined (P4).

For rateml the order carries no meaning. jLEMS evaluates derived variables from top to bottom.

Example::

    <DerivedVariable name="a" dimension="none" value="2 * b"/>
    <DerivedVariable name="b" dimension="none" value="x + 1"/>

Fix: move the definition up.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.checks.declarations import derived_exprs, dynamics_of
from rateml.checks.edits import move_before
from rateml.diagnostics import Code, Diagnostic, Fix, Related
from rateml.model.nodes import DerivedVariable, Model
from rateml.syntax.expr import names


def not_portable_order(model: Model) -> Iterator[Diagnostic]:
    """Derived variables whose first user stands before them."""
    for type in model.types:
        if type.role == "coupling":
            continue
        derived = [v for v in dynamics_of(type).derived if isinstance(v, DerivedVariable)]
        later = {v.name.text: v for v in reversed(derived)}
        told: set[str] = set()
        for variable in derived:
            later.pop(variable.name.text, None)
            for name in (n for expr, _ in derived_exprs(variable) for n in names(expr)):
                if name.id in later and name.id not in told:
                    told.add(name.id)
                    used = later[name.id]
                    edits = move_before(model, used.span, variable.span)
                    fixes = (Fix(f"move '{name.id}' up", edits),) if edits else ()
                    related = (Related(used.name.span, "it is defined here"),)
                    code, user = Code.NOT_PORTABLE_ORDER, variable.name
                    yield code.at(name.span, name=name.id, user=user, related=related, fixes=fixes)
