"""A whole file of the 2022 dialect, read: what the generator of that time took from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rateml.diagnostics import Code
from rateml.legacy.detect import MODEL, type_name
from rateml.legacy.new_dynamics import State, read_rates, read_states, stale_uses
from rateml.legacy.observing import Exposed, read_exposures
from rateml.legacy.old_model import (
    Derived,
    OldCoupling,
    Values,
    Variable,
    read_couplings,
    read_values,
    read_variables,
)
from rateml.legacy.ownership import stepwise
from rateml.legacy.pace import Noise, Speed, read_noise, read_speed
from rateml.legacy.reading import Reading, new_names
from rateml.legacy.spelling import substitute, used
from rateml.syntax.expr import Expr
from rateml.syntax.tree import Document, Element
from rateml.text import Span

_MODEL_PARTS: Final = ("Parameter", "DerivedParameter", "Constant", "Exposure", "Dynamics")
_COUPLING_PARTS: Final = ("Parameter", "DerivedParameter", "Constant", "Dynamics")
_VARIABLES: Final = ("StateVariable", "DerivedVariable", "ConditionalDerivedVariable")


@dataclass
class OldFile:
    """``stepwise`` are the derived parameters that no model can compute; the others are in ``values``.

    ``inlined`` are those of them that couplings use.
    """

    type: Element
    dynamics: Element
    values: Values
    stepwise: Mapping[str, Derived]
    inlined: set[str]
    states: Mapping[str, State]
    rates: list[tuple[Element, State, Expr]]
    variables: Mapping[str, Variable]
    couplings: list[OldCoupling]
    exposures: list[Exposed]
    noise: Noise | None
    speed: Speed | None

    @property
    def inputs(self) -> dict[str, Span]:
        """What the couplings make, and where."""
        return {name: element.name_span for c in self.couplings for element, name, _ in c.outputs}

    def exprs(self) -> Iterator[Expr]:
        """Every expression of the model's equations."""
        yield from (expr for _, _, expr in self.rates)
        for variable in self.variables.values():
            yield from variable.exprs()
        for state in self.states.values():
            yield from (bound for bound in state.bounds if bound is not None)
        if self.noise is not None and self.noise.expr is not None:
            yield self.noise.expr


def read_file(document: Document, root: Element) -> tuple[OldFile, Reading]:
    """Read a document of which ``is_old`` holds."""
    types = [t for t in root.named("ComponentType") if type_name(t)]
    type = next(t for t in reversed(types) if type_name(t) == MODEL)
    renames, told = new_names(list(_declared(document, types)))
    reading = Reading(document.source, renames, told)
    _unread(reading, root, type)
    values = read_values(reading, type)
    delay, strength = values.derived.pop("rec_speed_dt", None), values.derived.pop("nsig", None)
    blocks = type.named("Dynamics")
    if len(blocks) != 1:
        reading.tell(Code.DYNAMICS_COUNT, reading.place(type, "name"), place=f"ComponentType '{MODEL}'")
    dynamics = blocks[-1] if blocks else type
    states = read_states(reading, dynamics, values.numbers)
    rates = read_rates(reading, dynamics, list(states.values()))
    variables = {v.name: v for v in read_variables(reading, dynamics)}
    stale_uses(reading, list(variables.values()))
    couplings = read_couplings(reading, root, list(states), values)
    known = {*values.names(), *states, *variables, *(name for c in couplings for _, name, _ in c.outputs)}
    exposures = read_exposures(reading, type, states, variables, known)
    far = stepwise(values)
    left = {name: values.derived.pop(name) for name in far}
    inlined = {name for c in couplings for name in names_of(c)} & far.keys()
    for name in left.keys() - inlined:
        reading.forget(Code.OLD_INTEGER_DIVISION, reading.place(left[name].element, "value"))
    noise = _noise(reading, root, strength, values)
    speed = read_speed(reading, delay, values)
    couplings = [_written_out(c, far) for c in couplings]
    old = OldFile(
        type, dynamics, values, left, inlined, states, rates, variables, couplings, exposures, noise, speed,
    )  # fmt: skip
    return old, reading


def _declared(document: Document, types: list[Element]) -> Iterator[tuple[str, Span]]:
    """Every declared name, where it stands."""
    for type in types:
        if type_name(type) != MODEL and "coupling" not in type_name(type):
            continue
        inner = [e for block in type.named("Dynamics") if type_name(type) == MODEL for e in block.children]
        for element in (*type.children, *inner):
            name = element.attribute("name")
            if name and element.name.local in (*_COUPLING_PARTS[:3], *_VARIABLES):
                yield name.value.strip(), name.value_span


def _unread(reading: Reading, root: Element, model: Element) -> None:
    """Tell of every element that the old generator passed over."""
    for child in root.children:
        name = type_name(child)
        used = child is model or name == "noise" or ("coupling" in name and name != MODEL)
        if child.name.local != "ComponentType" or not used:
            _left_out(reading, child)
            continue
        allowed = _MODEL_PARTS if child is model else () if name == "noise" else _COUPLING_PARTS
        for part in child.children:
            if part.name.local not in allowed:
                _left_out(reading, part)
        for block in child.named("Dynamics"):
            for part in block.children:
                kind = part.name.local
                half = kind == "DerivedVariable" and reading.text(part, "name") in ("pre", "post")
                if not (kind in (*_VARIABLES, "TimeDerivative") if child is model else half):
                    _left_out(reading, part)
    for element in root.walk():
        for span in element.text_spans[:1]:
            reading.tell(Code.OLD_LEFT_OUT, span, what="text", reason="text between elements means nothing")


def _left_out(reading: Reading, element: Element) -> None:
    name = reading.text(element, "name")
    what = f"<{element.name.text}>" + (f" '{name}'" if name else "")
    reading.tell(Code.OLD_LEFT_OUT, element.name_span, what=what, reason="the 2022 generator does not read it")


def _noise(reading: Reading, root: Element, strength: Derived | None, values: Values) -> Noise | None:
    switches = [t for t in root.named("ComponentType") if type_name(t) == "noise"]
    if switches:
        return read_noise(reading, strength, values, reading.place(switches[0], "name"))
    if strength is not None:
        reason = "no ComponentType 'noise' switches the noise on"
        reading.tell(Code.OLD_LEFT_OUT, strength.at, what="'nsig'", reason=reason)
    return None


def _written_out(coupling: OldCoupling, far: Mapping[str, Expr]) -> OldCoupling:
    """The coupling with everything in place that only couplings can compute."""
    pre = substitute(coupling.pre, far) if coupling.pre is not None else None
    outputs = tuple((e, n, None if f is None else substitute(f, far)) for e, n, f in coupling.outputs)
    return replace(coupling, pre=pre, outputs=outputs)


def names_of(coupling: OldCoupling) -> dict[str, Span]:
    """The names that a coupling uses."""
    return used(coupling.pre, *(factor for _, _, factor in coupling.outputs)) if coupling.pre is not None else {}
