"""A type of plain LEMS as a type of RateML 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rateml.diagnostics import Code
from rateml.legacy.plain.refusing import refuse
from rateml.legacy.plain.types import Type
from rateml.legacy.plain.values import copy, expression, renamed
from rateml.legacy.reading import Reading
from rateml.legacy.remarks import Remarks
from rateml.legacy.writing import New, Value, text
from rateml.syntax.tree import Element

_KEPT: Final = ("Parameter", "DerivedParameter", "Constant", "Exposure", "Requirement")
_VARIABLES: Final = ("StateVariable", "DerivedVariable", "ConditionalDerivedVariable")
_EXPRESSIONS: Final = ("value", "condition", "test")
_NAMES: Final = ("name", "variable", "exposure")


class NewType:
    """Writes one type; ``functions`` are the Children of it that become function types, by name."""

    def __init__(self, reading: Reading, remarks: Mapping[str, Remarks], type: Type, functions: Mapping[str, Type]):
        self.reading, self.remarks, self.type, self.functions = reading, remarks, type, functions
        self.exposed: dict[str, str] = {}
        """The variable that each exposure shows."""
        for variable in type.dynamics.children if type.dynamics else ():
            exposure = reading.text(variable, "exposure")
            if variable.name.local in _VARIABLES and exposure:
                self.exposed.setdefault(exposure, reading.text(variable, "name"))

    def write(self, role: str, extra: list[tuple[str, Value]]) -> New:
        element = self.type.element
        new = self.copy(element, drop=("extends",))
        new.attributes[1:1] = [("rml:role", text(role)), *extra]
        fixed = {self.reading.text(f, "parameter"): f for f in self.type.named("Fixed")}
        for member in self.type.members:
            new.children += self.member(member, fixed)
        declared = {self.reading.text(e, "name") for e in self.type.named("Exposure")}
        for name, dimension in self.type.exposed.items():
            if name in self.exposed and name not in declared:
                at = self.reading.place(element, "extends")
                parts = [("name", text(name, at)), ("dimension", text(dimension, at))]
                new.children.append(New("Exposure", at, parts))
        if self.type.dynamics is not None:
            new.children.append(self.dynamics(self.type.dynamics))
        return new

    def copy(self, element: Element, drop: tuple[str, ...] = (), tag: str = "") -> New:
        """An element with its expressions and names as they are in the new file."""
        new = copy(element, tag, drop)
        for k, (name, _) in enumerate(new.attributes):
            attribute = element.attribute(name)
            assert attribute is not None
            if name in _EXPRESSIONS:
                new.attributes[k] = (name, expression(attribute, self.reading.renames))
            elif name in _NAMES and element.name.local != "ComponentType":
                new.attributes[k] = (name, renamed(attribute, self.reading.renames))
        remarks = self.remarks.get(element.span.file)
        return remarks.goes_to(element, new) if remarks else new

    def member(self, member: Element, fixed: Mapping[str, Element]) -> list[New]:
        tag, name = member.name.local, self.reading.text(member, "name")
        if tag == "Parameter" and name in fixed:
            new = self.copy(member, tag="Constant")
            value = fixed[name].attribute("value")
            if value is not None:
                new.attributes.append(("value", expression(value, {})))
            return [new]
        if tag == "Requirement" and name == "t":
            self.left_out(member, "t is the time everywhere")
            return []
        if tag == "DerivedParameter" and (select := member.attribute("select")):
            help = "write its value, or make it a <Parameter>"
            self.reading.tell(Code.LEMS_UNSUPPORTED, select.value_span, help, what="a select of a DerivedParameter")
            return []
        if tag in _KEPT or (tag == "Child" and name in self.functions):
            return [self.copy(member)]
        if tag in ("EventPort", "Text"):
            reasons = {"EventPort": "a region sends and receives no events", "Text": "no equation can use it"}
            self.left_out(member, reasons[tag])
        elif tag == "Child":
            help = "write its equations into the type: only a <Child> whose type has no states can stay"
            self.reading.tell(Code.LEMS_UNSUPPORTED, member.name_span, help, what=f"<Child> '{name}'")
        elif tag != "Fixed":
            refuse(self.reading, member)
        return []

    def left_out(self, member: Element, reason: str) -> None:
        what = f"<{member.name.local}> '{self.reading.text(member, 'name')}'"
        self.reading.tell(Code.LEMS_LEFT_OUT, member.name_span, what=what, reason=reason)

    def dynamics(self, block: Element) -> New:
        new = self.copy(block)
        for child in block.children:
            tag = child.name.local
            if tag in _VARIABLES:
                new.children += self.variable(child)
            elif tag == "TimeDerivative":
                new.children.append(self.copy(child))
            elif tag in ("OnStart", "OnCondition"):
                new.children.append(self.assigning(child))
            else:
                refuse(self.reading, child)
        moved = {self.reading.text(d, "variable") for d in block.named("TimeDerivative")}
        if not block.named("Regime") and not block.named("KineticScheme"):
            for state in block.named("StateVariable"):
                if self.reading.text(state, "name") not in moved:
                    new.children.append(self.constant_state(state))
        return new

    def variable(self, element: Element) -> list[New]:
        """A variable; another one follows where it is exposed under another name."""
        name, exposure = self.reading.text(element, "name"), element.attribute("exposure")
        other = exposure is not None and exposure.value.strip() not in ("", name)
        new = self.copy(element, drop=("exposure",) if other else ())
        new.children += [self.copy(case) for case in element.named("Case")]
        for part in element.children:
            if part.name.local != "Case":
                refuse(self.reading, part)
        self.selected(element)
        if exposure is None or not other:
            return [new]
        told = f"the exposure '{exposure.value.strip()}' of '{name}' is a DerivedVariable of that name"
        self.reading.tell(Code.LEMS_ADDED, exposure.value_span, what=told)
        shown = renamed(exposure, self.reading.renames)
        at = self.reading.place(element, "name")
        value = text(self.reading.renames.get(name, name), at)
        dimension = text(self.reading.text(element, "dimension"), self.reading.place(element, "dimension"))
        parts = [("name", shown), ("dimension", dimension), ("value", value), ("exposure", shown)]
        return [new, New("DerivedVariable", element.name_span, parts)]

    def selected(self, element: Element) -> None:
        """Refuse a value that is looked up anywhere but in a call of a function."""
        select = element.attribute("select")
        if select is None or select.value.split("/")[0].strip() in self.functions:
            return
        name, dimension = self.reading.text(element, "name"), self.reading.text(element, "dimension")
        help = f'if it comes from outside, write <Requirement name="{name}" dimension="{dimension}"/> in its place'
        what = f'select="{" ".join(select.value.split())}", a value of another component,'
        self.reading.tell(Code.LEMS_UNSUPPORTED, select.value_span, help, what=what)

    def assigning(self, block: Element) -> New:
        new = self.copy(block)
        for child in block.children:
            if child.name.local == "StateAssignment":
                new.children.append(self.copy(child))
            else:
                refuse(self.reading, child)
        return new

    def constant_state(self, state: Element) -> New:
        name, at = self.reading.text(state, "name"), self.reading.place(state, "name")
        told = f"'{name}' has no TimeDerivative: it has one of 0 now, and changes in OnConditions only"
        self.reading.tell(Code.LEMS_ADDED, at, what=told)
        variable = text(self.reading.renames.get(name, name), at)
        return New("TimeDerivative", at, [("variable", variable), ("value", text("0", at))])
