"""Putting the new file together from the types and Components of plain LEMS files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from rateml.diagnostics import Code, Related
from rateml.legacy.plain.choosing import Chosen, choose, tell_left_out
from rateml.legacy.plain.new_type import NewType
from rateml.legacy.plain.standard import DIMENSIONS as CORE_DIMENSIONS
from rateml.legacy.plain.standard import UNITS as CORE_UNITS
from rateml.legacy.plain.types import Type, read_types, whole_type
from rateml.legacy.plain.values import copied, copy, expression
from rateml.legacy.reading import Reading, new_names
from rateml.legacy.remarks import Remarks
from rateml.legacy.writing import New, Value, text
from rateml.model.dimension import DIMENSIONS, UNITS
from rateml.syntax.tree import LEMS, RML, Document, Element
from rateml.text import Span

_UNIT: Final = re.compile(r"[A-Za-z]\w*\s*$")
_SCOPE: Final = ("Parameter", "DerivedParameter", "Constant", "Requirement", "Exposure", "Child")
_WORDS: Final = ("id", "type", "name", "description")
_VARIABLES: Final = ("StateVariable", "DerivedVariable", "ConditionalDerivedVariable")


def assemble(documents: Sequence[Document], reading: Reading, remarks: Mapping[str, Remarks], wanted: str) -> New:
    """The root of the new file, for documents of which the last is the main one."""
    root = documents[-1].root
    assert root is not None
    new = New("Lems", root.name_span, [("xmlns", text(LEMS)), ("xmlns:rml", text(RML)), ("rml:version", text("1.0"))])
    description = root.attribute("description")
    new.attributes += [("description", copied(description))] if description else []
    known, twice = read_types(documents)
    for first, second in twice:
        related = (Related(reading.place(first, "name"), "first declared here"),)
        name = reading.text(second, "name")
        reading.tell(Code.DUPLICATE_TYPE, reading.place(second, "name"), related=related, name=name)
    silent = Reading(reading.source)
    types = {name: whole_type(silent, name, known) for name in known}
    chosen = choose(reading, documents, types, known, wanted)
    if chosen is None:
        return remarks[root.span.file].goes_to(root, new)
    model = whole_type(reading, chosen.type.name, known)
    return _Assembly(documents, reading, remarks, Chosen(model, chosen.component, chosen.step), types).run(new, root)


class _Assembly:
    def __init__(
        self,
        documents: Sequence[Document],
        reading: Reading,
        remarks: Mapping[str, Remarks],
        chosen: Chosen,
        types: Mapping[str, Type],
    ) -> None:
        self.documents, self.reading, self.remarks, self.chosen = documents, reading, remarks, chosen
        self.functions = {
            reading.text(child, "name"): types[reading.text(child, "type")]
            for child in chosen.type.named("Child")
            if reading.text(child, "type") in types and _is_function(types[reading.text(child, "type")])
        }

    def run(self, new: New, root: Element) -> New:
        reading, chosen = self.reading, self.chosen
        used = [chosen.type, *{t.name: t for t in self.functions.values()}.values()]
        renames, told = new_names(list(_declared(reading, used)))
        reading.renames = renames
        reading.faults += told
        extra: list[tuple[str, Value]] = [("rml:scheme", text("euler"))]
        if chosen.step is not None:
            extra.append(("rml:dt", expression(chosen.step, {})))
        model = NewType(reading, self.remarks, chosen.type, self.functions).write("model", extra)
        functions = [NewType(reading, self.remarks, type, {}).write("function", []) for type in used[1:]]
        component = self.component()
        kept = [chosen.component] if chosen.component else []
        tell_left_out(reading, self.documents, [*kept, *(t.element for t in used), *self.bases(used)])
        new.children += [*self.definitions([model, *functions, component]), model, *functions, component]
        return self.remarks[root.span.file].goes_to(root, new)

    def bases(self, used: Iterable[Type]) -> Iterator[Element]:
        """The types that gave some of their members to those in use."""
        members = {m.span for type in used for m in (*type.members, *([type.dynamics] if type.dynamics else ()))}
        for document in self.documents:
            for element in document.root.named("ComponentType") if document.root else ():
                if any(child.span in members for child in element.children):
                    yield element

    def component(self) -> New:
        type, element = self.chosen.type, self.chosen.component
        at = self.reading.place(type.element, "name")
        if element is None:
            name = type.name[:1].lower() + type.name[1:]
            self.reading.tell(Code.LEMS_ADDED, at, what=f"a Component '{name}', since a model needs one")
            return New("Component", at, [("id", text(name, at)), ("type", text(type.name, at))])
        new = New("Component", element.name_span)
        named = element.attribute("id")
        shown = element.attribute("type") if element.name.local == "Component" else None
        new.attributes += [("id", copied(named))] if named else []
        new.attributes.append(("type", copied(shown) if shown else text(type.name, element.name_span)))
        new.attributes += self.values(element, type)
        for child in element.children:
            name = child.name.local
            if name in self.functions:
                inner = New(name, child.name_span)
                inner.attributes += self.values(child, self.functions[name])
                new.children.append(self.remarks[child.span.file].goes_to(child, inner))
            elif name != "notes":
                help = "only values for the Children of its type can stand inside a Component"
                self.reading.tell(Code.LEMS_UNSUPPORTED, child.name_span, help, what=f"<{name}> inside a Component")
        return self.remarks[element.span.file].goes_to(element, new)

    def values(self, element: Element, type: Type) -> list[tuple[str, Value]]:
        """The attributes that give values; those of Texts are left out with them."""
        texts = {self.reading.text(t, "name") for tag in ("Text", "Fixed") for t in type.named(tag)}
        texts |= {self.reading.text(f, "parameter") for f in type.named("Fixed")}
        found: list[tuple[str, Value]] = []
        for a in element.attributes:
            name = a.name.local
            plain = not a.name.namespace and not a.name.prefix and name not in ("id", "type", "xmlns", "description")
            if plain and name not in texts:
                found.append((self.reading.renames.get(name, name), expression(a, {})))
        return found

    def definitions(self, written: Sequence[New]) -> list[New]:
        """The Dimensions and Units of the files, and those of the core files that are in use."""
        elements = [e for d in self.documents if d.root for e in d.root.children]
        own = [e for e in elements if e.name.local in ("Dimension", "Unit")]
        found = [self.remarks[e.span.file].goes_to(e, copy(e)) for e in own]
        declared = {self.reading.text(e, "name" if e.name.local == "Dimension" else "symbol") for e in own}
        used = dict(_used(written))
        core = {n: at for n, at in used.items() if n not in declared}
        dimensions = {n: at for n, at in core.items() if n in CORE_DIMENSIONS and n not in DIMENSIONS}
        units = {n: at for n, at in core.items() if n in CORE_UNITS and n not in UNITS}
        for name, at in units.items():
            needed = CORE_UNITS[name][0]
            if needed in CORE_DIMENSIONS and needed not in declared:
                dimensions.setdefault(needed, at)
        if "degC" in core:
            help = "write it in K: a unit of RateML 1 has no offset"
            self.reading.tell(Code.LEMS_UNSUPPORTED, core["degC"], help, what="the unit 'degC'")
        for name, at in dimensions.items():
            exponents = [(letter, text(str(power), at)) for letter, power in CORE_DIMENSIONS[name].items()]
            found.append(New("Dimension", at, [("name", text(name, at)), *exponents]))
        for name, at in units.items():
            dimension, power = CORE_UNITS[name]
            parts = [("symbol", text(name, at)), ("dimension", text(dimension, at)), ("power", text(str(power), at))]
            found.append(New("Unit", at, parts))
        return sorted(found, key=lambda new: new.tag)


def _is_function(type: Type) -> bool:
    """Whether a type computes one value from what is around it, and keeps nothing."""
    if type.dynamics is None or len(type.named("Exposure")) != 1:
        return False
    plain = all(m.name.local in ("Parameter", "Constant", "Requirement", "Exposure") for m in type.members)
    return plain and all(e.name.local in _VARIABLES[1:] for e in type.dynamics.children)


def _declared(reading: Reading, types: Iterable[Type]) -> Iterator[tuple[str, Span]]:
    """Every name of the types in use, and where it stands."""
    for type in types:
        inner = type.dynamics.children if type.dynamics else ()
        for element in (*type.members, *inner):
            if element.name.local in (*_SCOPE, *_VARIABLES):
                name = reading.text(element, "name")
                if name and not (element.name.local == "Requirement" and name == "t"):
                    yield name, reading.place(element, "name")


def _used(written: Sequence[New]) -> Iterator[tuple[str, Span]]:
    """The names of dimensions, and whatever stands at the end of a quantity."""
    todo = list(written)
    quantities = {"Constant", "Component", *(c.tag for new in written if new.tag == "Component" for c in new.children)}
    while todo:
        new = todo.pop()
        todo += new.children
        for name, value in new.attributes:
            whole = "".join(piece.text for piece in value)
            at = next((piece.at for piece in reversed(value) if piece.at), new.at)
            unit = _UNIT.search(whole)
            if name == "dimension":
                yield whole.strip(), at
            elif unit and (new.tag in quantities or name == "rml:dt") and name not in _WORDS:
                yield unit[0].strip(), at
