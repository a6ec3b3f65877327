"""The coupling types and components of the new file: what is multiplied inside the sum, what behind it, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rateml.diagnostics import Code
from rateml.legacy.detect import type_name
from rateml.legacy.new_values import component_values, new_constant, new_derived, new_parameter, pi, sweep
from rateml.legacy.old_model import Adjustable, Derived, Fixed, OldCoupling, Values, Variable
from rateml.legacy.pace import Speed
from rateml.legacy.reading import Reading, free, new_names
from rateml.legacy.remarks import Remarks
from rateml.legacy.spelling import rename, used
from rateml.legacy.writing import New, Piece, Value, spell, text
from rateml.syntax.expr import Binary, Expr, Name
from rateml.syntax.tree import Element
from rateml.text import Span


@dataclass
class Sharing:
    """Which of the model's values couplings may take for their own.

    ``lent`` are those that the model and a coupling need, or two couplings: they stay in the model, and a coupling
    reads them as the target's value of a derived variable.
    """

    values: Values
    states: Collection[str]
    variables: Mapping[str, Variable]
    own: Mapping[str, int]
    lent: dict[str, Span] = field(default_factory=dict)

    def lent_name(self, name: str) -> str:
        """The derived variable through which couplings read a value of the model."""
        return free(f"{name}_shared", {*self.values.names(), *self.states, *self.variables})


def new_couplings(
    reading: Reading,
    remarks: Remarks,
    couplings: Iterable[OldCoupling],
    sharing: Sharing,
    speed: Speed | None,
    model: str,
) -> Iterator[tuple[New, New, str]]:
    """A type, a component and the input they feed, for each ``c_popN`` of each coupling."""
    taken = {model}
    axis = speed
    for number, coupling in enumerate(couplings):
        if not coupling.outputs:
            at, what = reading.place(coupling.element, "name"), f"'{type_name(coupling.element)}'"
            reading.tell(Code.OLD_LEFT_OUT, at, what=what, reason="no DerivedParameter says which input it feeds")
        if coupling.pre is None:
            continue
        for element, output, factor in coupling.outputs:
            old = type_name(coupling.element)
            renames, told = new_names([(old, reading.place(coupling.element, "name"))])
            if element is coupling.outputs[0][0]:
                reading.faults += told
            name = free(renames.get(old, old), taken)
            taken.add(name)
            making = _Making(reading, remarks, coupling, number, sharing, name)
            yield making.type(element, factor), making.component(output, speed, axis), output
            axis = None


class _Making:
    """One coupling type and its component."""

    def __init__(
        self, reading: Reading, remarks: Remarks, coupling: OldCoupling, number: int, sharing: Sharing, name: str
    ) -> None:
        self.reading, self.remarks, self.coupling = reading, remarks, coupling
        self.number, self.sharing, self.name = number, sharing, name
        self.parameters: dict[str, Adjustable] = {}
        self.constants: dict[str, Fixed] = {}
        self.derived: dict[str, Derived] = {}
        self.requirements: dict[str, Span] = {}
        self.formals: dict[str, str] = {}
        self.others: dict[str, Span] = {}

    def type(self, output: Element, factor: Expr | None) -> New:
        coupling, at = self.coupling, self.reading.place(self.coupling.element, "name")
        assert coupling.pre is not None
        for source, state in coupling.sources.items():
            formal = source.removesuffix("_j") or source
            self.formals[free(formal, self.formals)] = state
        stems = dict(zip(coupling.sources, self.formals, strict=True))
        pre = rename(coupling.pre, self.seen(coupling.pre, stems))
        post: Expr | None = None
        if factor is not None:
            where = self.reading.place(output, "value")
            post = Binary("*", Name("gx", where), rename(factor, self.seen(factor, {})), where)
            self.requirements["gx"] = where
        self.leave_out()
        new = New("ComponentType", at, [("name", text(self.name, at)), ("rml:role", text("coupling"))])
        description = coupling.element.attribute("description")
        if description:
            new.attributes.append(("description", text(self.reading.text(coupling.element, "description"))))
        new.children += [new_parameter(self.reading, p) for p in self.parameters.values()]
        new.children += [new_derived(self.reading, d) for d in self.derived.values()]
        new.children += [new_constant(self.reading, c) for c in self.constants.values()]
        new.children += [pi(where) for name, where in self.others.items() if name == "pi"]
        halves = [("pre", pre), *([("post", post)] if post is not None else [])]
        new.children += [_plain("Exposure", half, at) for half, _ in halves]
        new.children += [_plain("Requirement", name, where) for name, where in self.requirements.items()]
        dynamics = New("Dynamics", at)
        for half, expr in halves:
            where = self.place_of(half, output)
            attributes: list[tuple[str, Value]] = [("name", text(half)), ("dimension", text("none"))]
            attributes += [("value", spell(expr)), ("exposure", text(half))]
            dynamics.children.append(New("DerivedVariable", where, attributes))
        new.children.append(dynamics)
        self.keep_comments(new, dynamics, output)
        return new

    def leave_out(self) -> None:
        """Tell of what only this coupling declares and does not use."""
        own = self.coupling.values
        places = {**{n: p.at for n, p in own.adjustable.items()}, **{n: c.at for n, c in own.fixed.items()}}
        for name, at in places.items():
            if name not in self.parameters and name not in self.constants:
                self.reading.tell(Code.OLD_LEFT_OUT, at, what=f"'{name}'", reason="nothing uses it")

    def place_of(self, half: str, output: Element) -> Span:
        for block in self.coupling.element.named("Dynamics"):
            for element in block.named("DerivedVariable"):
                if half == "pre" and self.reading.text(element, "name") == half:
                    return self.reading.place(element, "value")
        return self.reading.place(output, "name")

    def keep_comments(self, new: New, dynamics: New, output: Element) -> None:
        element = self.coupling.element
        self.remarks.goes_to(element, new)
        for block in element.named("Dynamics"):
            self.remarks.goes_to(block, dynamics)
            for inner in block.named("DerivedVariable"):
                half = self.reading.text(inner, "name")
                made = next((n for n in dynamics.children if n.attributes[0][1][0].text == half), dynamics)
                self.remarks.goes_to(inner, made)
        made_names = {n.attributes[0][1][0].text: n for n in new.children if n.attributes}
        for inner in element.children:
            name = self.reading.text(inner, "name")
            if inner.name.local == "Constant" and name in made_names:
                self.remarks.goes_to(inner, made_names[name])
            elif inner.name.local == "Parameter" and self.requirements:
                first = next(iter(self.requirements))
                self.remarks.goes_to(inner, made_names.get(name, made_names[first]))
            elif inner is output:
                self.remarks.goes_to(inner, made_names.get("gx", new))

    def seen(self, expr: Expr, stems: Mapping[str, str]) -> Callable[[str], str]:
        """How a coupling calls the names of an expression; what it needs for that is declared."""
        names = used(expr)
        new = {name: self.declare(name, at, stems) for name, at in names.items()}
        return lambda name: new.get(name, name)

    def declare(self, name: str, at: Span, stems: Mapping[str, str]) -> str:
        values, own, sharing = self.sharing.values, self.coupling.values, self.sharing
        if name in stems:
            return self.require(f"{stems[name]}_j", at)
        if name in own.names():
            self.take(own, name, at)
        elif name in sharing.states:
            return self.require(f"{self.formal(name)}_i", at)
        elif name in sharing.variables:
            self.reading.tell(
                Code.OLD_STALE, at, name="pre", used=name,
                help="the coupling came before the derived variables; here it sees their value of this node",
            )  # fmt: skip
            return self.require(f"{self.formal(name)}_i", at)
        elif name in values.fixed or sharing.own.get(name) == self.number:
            self.take(values, name, at)
        elif name in values.names():
            self.reading.tell(Code.OLD_SHARED, at, name=name, where="a coupling and elsewhere")
            sharing.lent.setdefault(name, at)
            return self.require(f"{self.formal(sharing.lent_name(name))}_i", at)
        elif name == "n_node":
            self.requirements.setdefault("n_node", at)
        else:
            self.others.setdefault(name, at)
        return name

    def take(self, values: Values, name: str, at: Span) -> None:
        """Declare a value in the coupling type, with what it is computed from."""
        todo = [(name, at)]
        while todo:
            name, at = todo.pop()
            if name in values.adjustable:
                self.parameters.setdefault(name, values.adjustable[name])
            elif name in values.fixed:
                self.constants.setdefault(name, values.fixed[name])
            elif name not in values.derived:
                self.others.setdefault(name, at)
            elif name not in self.derived:
                self.derived[name] = values.derived[name]
                todo += used(values.derived[name].expr).items()

    def require(self, name: str, at: Span) -> str:
        self.requirements.setdefault(name, at)
        return name

    def formal(self, actual: str) -> str:
        """The name a coupling type has for a variable of the model; no other variable goes by it."""
        for formal, bound in self.formals.items():
            if bound == actual:
                return formal
        formal = free(actual, self.formals)
        self.formals[formal] = actual
        return formal

    def component(self, output: str, speed: Speed | None, axis: Speed | None) -> New:
        at = self.reading.place(self.coupling.element, "name")
        new = New("Component", at, [("id", text(f"network_{output}")), ("type", text(self.name))])
        new.attributes += component_values(self.parameters.values())
        new.attributes.append(("rml:input", text(output, at)))
        asked = {name[:-2] for name in self.requirements if name.endswith(("_i", "_j"))}
        bound = [f"{formal}={actual}" for formal, actual in self.formals.items() if formal in asked]
        if bound:
            new.attributes.append(("rml:bind", text("; ".join(bound))))
        if speed is None:
            new.attributes.append(("rml:delayed", text("false")))
        else:
            new.attributes.append(("rml:speed", (Piece(f"{speed.value} mm_per_ms", speed.at),)))
        new.attributes += sweep(self.parameters.values(), axis)
        return new


def _plain(tag: str, name: str, at: Span) -> New:
    return New(tag, at, [("name", text(name, at)), ("dimension", text("none"))])
