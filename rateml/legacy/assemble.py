"""Putting the new file together from what was read of the old one."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Final

from rateml.diagnostics import Code
from rateml.legacy.detect import MODEL
from rateml.legacy.new_couplings import Sharing, new_couplings
from rateml.legacy.new_dynamics import new_limits, new_rate, new_start, new_state, new_variable
from rateml.legacy.new_values import (
    component_values,
    constant,
    described,
    new_constant,
    new_derived,
    new_parameter,
    pi,
    sweep,
)
from rateml.legacy.old_file import OldFile, names_of
from rateml.legacy.old_model import Adjustable, Derived
from rateml.legacy.ownership import owners, reach
from rateml.legacy.pace import DT
from rateml.legacy.reading import Reading, free, new_names
from rateml.legacy.remarks import Remarks
from rateml.legacy.spelling import used
from rateml.legacy.writing import New, Value, spell, text
from rateml.syntax.expr import Binary, Name
from rateml.syntax.tree import LEMS, RML, Element
from rateml.text import Span

_UNKNOWN: Final = {
    "dt": "equations do not see the time step; write the derivative, not the increment",
    "t": "it counted the steps of a run, and RateML 1's t is the time in ms; write the equation anew",
    "n_node": "only a coupling knows the number of nodes; divide in its DerivedParameter",
    "inf": "numbers are finite; leave the term out",
    "nsig": "only the noise sees it; give the equation a Constant of its own",
    "rec_speed_dt": "only delays see it; give the equation a Constant of its own",
}
_INPUT: Final = re.compile(r"c_pop\w*")
_LOCAL: Final = re.compile(r"local_coupling|lc_\w+")


def assemble(root: Element, old: OldFile, reading: Reading, remarks: Remarks) -> New:
    """The root of the new file."""
    return _Assembly(root, old, reading, remarks).run()


class _Assembly:
    """``names`` are those of the model's expressions, ``derived`` the derived parameters that stay in the model."""

    def __init__(self, root: Element, old: OldFile, reading: Reading, remarks: Remarks) -> None:
        self.root, self.old, self.reading, self.remarks = root, old, reading, remarks
        self.needed = used(*old.exprs())
        groups = [names_of(c) for c in old.couplings]
        self.in_couplings: set[str] = set().union(*(reach(group, old.values) for group in groups))
        self.anywhere = reach(self.needed, old.values) | self.in_couplings
        self.sharing = Sharing(old.values, old.states.keys(), old.variables, owners(old.values, self.needed, groups))
        self.derived: Mapping[str, Derived] = {}
        self.names = self.needed
        self.declared = {*old.values.names(), *old.states, *old.variables, *old.inputs}
        self.millisecond, self.turn, self.diffusion = (
            free(name, self.declared | self.needed.keys()) for name in ("MSEC", "TWOPI", "D")
        )
        self.speed_only = self.of_speed()

    def of_speed(self) -> str:
        """The parameter that is nothing but the speed."""
        name = self.old.speed.parameter if self.old.speed else ""
        if name and name in self.anywhere:
            at = self.old.values.adjustable[name].at
            self.reading.tell(Code.OLD_SHARED, at, name=name, where="the speed and in equations")
            return ""
        return name

    def run(self) -> New:
        old = self.old
        name = self.model_name()
        couplings = list(new_couplings(self.reading, self.remarks, old.couplings, self.sharing, old.speed, name))
        self.keep_derived()
        self.forbid(bool(couplings))
        model = self.model({name for _, _, name in couplings})
        root = New("Lems", self.root.name_span, [("xmlns", text(LEMS)), ("xmlns:rml", text(RML))])
        root.attributes += [("rml:version", text("1.0")), *described(self.reading, self.root)]
        root.children += self.definitions(bool(couplings) and old.speed is not None)
        root.children += [model, *(type for type, _, _ in couplings)]
        root.children += [self.component(), *(component for _, component, _ in couplings)]
        return self.remarks.goes_to(self.root, root)

    def keep_derived(self) -> None:
        """Choose the derived parameters of the model: what it uses, what it lends, and what nothing uses."""
        values = self.old.values
        kept = reach([*self.needed, *self.sharing.lent], values)
        self.derived = {n: d for n, d in values.derived.items() if n in kept or n not in self.anywhere}
        self.names = {**used(*(d.expr for d in self.derived.values())), **self.needed}

    def coupling_names(self) -> dict[str, Span]:
        found: dict[str, Span] = {}
        for coupling in self.old.couplings:
            found = {**names_of(coupling), **found}
        return found

    def definitions(self, delays: bool) -> Iterator[New]:
        """The dimensions and units in use, so that the file is whole for other readers of LEMS."""
        at = self.root.name_span
        noisy = self.old.noise is not None
        dimensions = [
            ("time", "t", "1", ""),
            *[("per_time", "t", "-1", "")] * noisy,
            *[("speed", "l", "1", "-1")] * delays,
        ]
        units = [("ms", "time", "-3"), *[("per_ms", "per_time", "3")] * noisy, *[("mm_per_ms", "speed", "0")] * delays]
        for name, letter, power, per_time in dimensions:
            more = [("t", text(per_time))] if per_time else []
            yield New("Dimension", at, [("name", text(name)), (letter, text(power)), *more])
        for symbol, dimension, power in units:
            yield New("Unit", at, [("symbol", text(symbol)), ("dimension", text(dimension)), ("power", text(power))])

    @property
    def stem(self) -> str:
        """What the model is called: as its file, as before."""
        stem = re.sub(r"[^A-Za-z0-9]+", "_", PurePath(self.reading.source.name).stem).strip("_")
        return stem if stem[:1].isalpha() else f"model_{stem}".strip("_")

    def model_name(self) -> str:
        renames, _ = new_names([(self.stem, self.root.name_span)])
        name = renames.get(self.stem, self.stem)
        return name[:1].upper() + name[1:]

    def model(self, fed: set[str]) -> New:
        old, reading = self.old, self.reading
        at = reading.place(old.type, "name")
        new = New("ComponentType", at, [("name", text(self.model_name(), at)), ("rml:role", text("model"))])
        new.attributes += [("rml:scheme", text("euler")), ("rml:dt", text(f"{DT} ms")), *described(reading, old.type)]
        new.children += [self.remarks.goes_to(p.element, new_parameter(reading, p)) for p in self.parameters()]
        new.children += self.noise_parameter()
        new.children += [self.remarks.goes_to(d.element, new_derived(reading, d)) for d in self.derived.values()]
        new.children += [*self.noise_from_parameters(), *self.constants()]
        for exposed in old.exposures:
            shown = New("Exposure", exposed.at, [("name", text(exposed.name, exposed.at)), ("dimension", text("none"))])
            if exposed.element is not None:
                shown.attributes += described(reading, exposed.element)
                self.remarks.goes_to(exposed.element, shown)
            new.children.append(shown)
        new.children += [*self.inputs(fed), self.dynamics()]
        return self.remarks.goes_to(old.type, new)

    def parameters(self) -> Iterator[Adjustable]:
        for name, parameter in self.old.values.adjustable.items():
            if name != self.speed_only and name not in self.sharing.own:
                yield parameter

    def noise_parameter(self) -> Iterator[New]:
        noise = self.old.noise
        if noise is not None and noise.expr is None:
            named = [("name", text(self.diffusion, noise.at)), ("dimension", text("per_time"))]
            limits = [("rml:min", text("0 per_ms")), ("description", text("noise intensity"))]
            yield New("Parameter", noise.at, [*named, *limits])

    def noise_from_parameters(self) -> Iterator[New]:
        noise = self.old.noise
        if noise is not None and noise.expr is not None:
            value = Binary("/", noise.expr, Name(self.millisecond, noise.at), noise.at)
            attributes = [("name", text(self.diffusion, noise.at)), ("dimension", text("per_time"))]
            yield New("DerivedParameter", noise.at, [*attributes, ("value", spell(value))])

    def constants(self) -> Iterator[New]:
        values, declared = self.old.values, self.declared
        for name, fixed in values.fixed.items():
            if name in self.names or name not in self.in_couplings:
                yield self.remarks.goes_to(fixed.element, new_constant(self.reading, fixed))
        yield constant(self.millisecond, "1 ms", self.old.dynamics.name_span, "time")
        for name, at in self.names.items():
            if name == "pi" and name not in declared:
                yield pi(at)
            elif _LOCAL.fullmatch(name) and name not in declared:
                self.reading.tell(Code.OLD_LOCAL_COUPLING, at, name=name)
                yield constant(name, "0", at)
        turns = [state.wraps for state in self.old.states.values() if state.wraps is not None]
        if turns:
            yield constant(self.turn, repr(2 * math.pi), turns[0])

    def inputs(self, fed: set[str]) -> Iterator[New]:
        """What couplings feed, in the order of the file, and what nothing feeds."""
        for coupling in self.old.couplings:
            for element, name, _ in coupling.outputs:
                at = self.reading.place(element, "name")
                if name in fed:
                    fed = fed - {name}
                    yield New("Requirement", at, [("name", text(name, at)), ("dimension", text("none"))])
                elif coupling.pre is None:
                    said = self.reading.text(element, "value")
                    help = "leave it, or give the coupling a 'pre'"
                    if said:
                        help = f'if {name} = {said} was meant, write <DerivedVariable name="{name}" value="{said}"/>'
                    self.reading.tell(Code.OLD_NO_PRE, at, name=name, help=f"{help} in {MODEL}")
                    port: list[tuple[str, Value]] = [
                        ("name", text(name, at)),
                        ("dimension", text("none")),
                        ("rml:optional", text("true")),
                    ]
                    new = self.remarks.goes_to(coupling.element, New("Requirement", at, port))
                    yield self.remarks.goes_to(element, new)
        for name, at in self.names.items():
            if _INPUT.fullmatch(name) and name not in self.declared:
                yield New("Requirement", at, [("name", text(name, at)), ("dimension", text("none"))])

    def dynamics(self) -> New:
        old, reading, remarks = self.old, self.reading, self.remarks
        new = New("Dynamics", old.dynamics.name_span)
        shown = {exposed.name for exposed in old.exposures}
        states = list(old.states.values())
        new.children += [new_state(reading, remarks, s, s.name in shown, self.turn) for s in states]
        for conditional in (False, True):
            for v in old.variables.values():
                if bool(v.cases) is conditional:
                    new.children.append(new_variable(remarks, reading, v, v.name in shown))
            if not conditional:
                new.children += [self.lent(name, at) for name, at in self.sharing.lent.items()]
        noise = self.diffusion if old.noise is not None else ""
        new.children += [new_rate(remarks, e, s, expr, self.millisecond, noise) for e, s, expr in old.rates]
        start = new_start(states)
        new.children += [start] if start else []
        new.children += [limit for s in states for limit in new_limits(s, self.turn)]
        return remarks.goes_to(old.dynamics, new)

    def lent(self, name: str, at: Span) -> New:
        """A value of the model where couplings can read it."""
        named: list[tuple[str, Value]] = [("name", text(self.sharing.lent_name(name), at)), ("dimension", text("none"))]
        return New("DerivedVariable", at, [*named, ("value", text(name, at))])

    def component(self) -> New:
        parameters = list(self.parameters())
        new = New("Component", self.reading.place(self.old.type, "name"))
        new.attributes = [("id", text(self.stem.lower())), ("type", text(self.model_name()))]
        new.attributes += component_values(parameters)
        noise = self.old.noise
        if noise is not None and noise.expr is None:
            new.attributes.append((self.diffusion, text(f"{noise.value} per_ms", noise.at)))
        new.attributes += sweep(parameters)
        return new

    def forbid(self, delays: bool) -> None:
        """Tell of names that mean something to the old generator only, and of what is left out."""
        far = self.old.stepwise
        for names, what in ((self.names, "the model"), (self.coupling_names(), "a coupling")):
            for name, at in names.items():
                if name in far:
                    reason = "it follows from itself, or from too much"
                    if what == "the model":
                        reason = "it follows from the number of nodes or the time step, which equations do not see"
                    self.reading.tell(Code.OLD_UNAVAILABLE, at, name=name, place=what, help=reason)
                elif name in _UNKNOWN and name not in self.declared and not (what != "the model" and name == "n_node"):
                    self.reading.tell(Code.OLD_UNAVAILABLE, at, name=name, place=what, help=_UNKNOWN[name])
        for name, derived in far.items():
            reason = "couplings have its value in its place" if name in self.old.inlined else "nothing uses it"
            self.reading.tell(Code.OLD_LEFT_OUT, derived.at, what=f"'{name}'", reason=reason)
        if self.speed_only and not delays:
            at = self.old.values.adjustable[self.speed_only].at
            self.reading.tell(Code.OLD_LEFT_OUT, at, what=f"'{self.speed_only}'", reason="nothing has a delay")
