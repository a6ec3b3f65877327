"""The ComponentTypes of plain LEMS files, each with what it inherits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rateml.diagnostics import Code, Related
from rateml.legacy.plain.standard import BASES
from rateml.legacy.reading import Reading
from rateml.syntax.tree import Document, Element

_NAMED = ("Parameter", "DerivedParameter", "Constant", "Exposure", "Requirement", "Child", "Children", "EventPort")


@dataclass(frozen=True)
class Type:
    """``members`` are the elements of a type and of those it extends, ``dynamics`` what computes it.

    ``exposed`` are the dimensions of what a base type of the core files exposes, by name.
    """

    name: str
    element: Element
    members: tuple[Element, ...]
    dynamics: Element | None
    exposed: Mapping[str, str]

    def named(self, tag: str) -> tuple[Element, ...]:
        return tuple(m for m in self.members if m.name.local == tag)

    @property
    def moves(self) -> bool:
        """Whether it has states of its own; what merely counts the time of a simulation has none."""
        if self.dynamics is None or self.named("Simulation"):
            return False
        return any(e.name.local == "StateVariable" for e in self.dynamics.walk())


def read_types(documents: Iterable[Document]) -> tuple[Mapping[str, Element], list[tuple[Element, Element]]]:
    """The elements of all types by name, and the pairs that share one."""
    found: dict[str, Element] = {}
    twice = []
    for element in (e for d in documents if d.root for e in d.root.named("ComponentType")):
        attribute = element.attribute("name")
        name = attribute.value.strip() if attribute else ""
        if name in found:
            twice.append((found[name], element))
        found.setdefault(name, element)
    return found, twice


def whole_type(reading: Reading, name: str, known: Mapping[str, Element]) -> Type:
    """A type with what it inherits; told is what keeps that from being clear."""
    line: list[Element] = []
    exposed: Mapping[str, str] = {}
    element: Element | None = known[name]
    while element is not None:
        line.append(element)
        extends = element.attribute("extends")
        base = extends.value.strip() if extends else ""
        element = known.get(base)
        if extends is None or not base:
            break
        if element is not None and element in line:
            reading.tell(Code.LEMS_UNSUPPORTED, extends.value_span, what=f"'{base}', which extends itself,")
            break
        if element is None and base in BASES:
            exposed = BASES[base]
        elif element is None:
            help = f"copy the type '{base}' into this file, or write here what it declares and drop 'extends'"
            reading.tell(Code.LEMS_UNKNOWN_BASE, extends.value_span, help=help, name=base)
    members: dict[tuple[str, str], Element] = {}
    blocks: list[Element] = []
    for number, member in enumerate(m for owner in reversed(line) for m in owner.children):
        tag = member.name.local
        if tag == "Dynamics":
            blocks.append(member)
            continue
        named = tag in _NAMED and member.attribute("name") is not None
        members[tag, reading.text(member, "name") if named else str(number)] = member
    for more in blocks[1:]:
        related = (Related(blocks[0].name_span, "the first"),)
        help = "write all of it in one <Dynamics>: simulators disagree on what a type inherits of another's"
        reading.tell(Code.LEMS_UNSUPPORTED, more.name_span, help, related, what="a second <Dynamics> of a type")
    return Type(name, line[0], tuple(members.values()), blocks[-1] if blocks else None, exposed)


def bases(known: Mapping[str, Element]) -> Iterator[str]:
    """The names of types that others extend."""
    for element in known.values():
        extends = element.attribute("extends")
        if extends is not None:
            yield extends.value.strip()
