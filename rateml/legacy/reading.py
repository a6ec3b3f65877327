"""Reading the elements of an old file: names, expressions and ranges, with what is to be told of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rateml.diagnostics import Code, Diagnostic, Related
from rateml.legacy.folding import compute, number
from rateml.legacy.spelling import read_expression, read_text
from rateml.syntax.expr import Expr
from rateml.syntax.reserved import reserved
from rateml.syntax.tree import Element, XmlAttribute
from rateml.text import Offsets, SourceFile, Span

_KEY: Final = re.compile(r"\s*(lo|hi|step)\s*=")
_VALID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is to be written, where it stands in the old file, and its value."""

    text: str
    at: Span
    value: float


@dataclass(frozen=True, slots=True)
class Limits:
    """``lo=…, hi=…, step=…``; what is not given is None."""

    low: Number | None = None
    high: Number | None = None
    step: Number | None = None


def is_none(text: str) -> bool:
    """Whether an attribute says nothing, in one of the ways the old dialect knows."""
    return text.strip().lower() in ("", "none")


@dataclass
class Reading:
    """Reads one old file; ``renames`` holds the names that RateML 1 does not allow, ``faults`` what was found."""

    source: SourceFile
    renames: Mapping[str, str] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)

    def tell(self, code: Code, at: Span, help: str = "", related: tuple[Related, ...] = (), **values: str) -> None:
        self.faults.append(Diagnostic(code, at, code.template.format_map(values), help, related))

    def forget(self, code: Code, at: Span) -> None:
        """Take back what was told of a place that turns out not to matter."""
        inside = (at.start <= d.span.start and d.span.end <= at.end and d.code is code for d in self.faults)
        self.faults = [d for d, gone in zip(self.faults, inside, strict=True) if not gone]

    def text(self, element: Element, name: str) -> str:
        attribute = element.attribute(name)
        return " ".join(attribute.value.split()) if attribute else ""

    def place(self, element: Element, name: str) -> Span:
        """Where an attribute's value stands; the element's name where it is missing."""
        attribute = element.attribute(name)
        return attribute.value_span if attribute else element.name_span

    def required(self, element: Element, name: str) -> XmlAttribute | None:
        attribute = element.attribute(name)
        if attribute is None:
            self.tell(Code.MISSING_ATTRIBUTE, element.name_span, element=element.name.text, name=name)
        return attribute

    def name(self, element: Element) -> str:
        """The name an element has in the new file; empty, and told, without one."""
        attribute = self.required(element, "name")
        old = attribute.value.strip() if attribute else ""
        if attribute and not old:
            self.tell(Code.BAD_VALUE, attribute.value_span, value=old, name="name", expected="a name")
        return self.renames.get(old, old)

    def expr(self, element: Element, name: str = "value") -> Expr | None:
        """The expression of an attribute; None, and told, when there is none."""
        attribute = self.required(element, name)
        if attribute is None:
            return None
        spelt = read_expression(attribute, self.source, self.renames)
        self.faults += spelt.diagnostics
        return spelt.expr

    def last(self, elements: Iterable[Element], key: str = "name") -> list[Element]:
        """The elements without those that a later one of the same name replaced, as PyLEMS does."""
        found: dict[str, Element] = {}
        for element in elements:
            name = self.text(element, key)
            if name in found:
                related = (Related(self.place(element, key), "this one counts"),)
                old = found[name]
                self.tell(Code.OLD_DUPLICATE, self.place(old, key), name=name, winner="the last one", related=related)
            found[name] = element
        return list(found.values())

    def parts(self, attribute: XmlAttribute) -> Iterator[tuple[str, Offsets]]:
        """The pieces between the commas of a value."""
        at = 0
        for part in attribute.value.split(","):
            lead = len(part) - len(part.lstrip())
            yield part.strip(), attribute.offsets.after(at + lead)
            at += len(part) + 1

    def part(self, text: str, offsets: Offsets) -> Expr | None:
        spelt = read_text(text, offsets, self.source, self.renames)
        self.faults += spelt.diagnostics
        return spelt.expr

    def number(self, text: str, offsets: Offsets, values: Mapping[str, float]) -> Number | None:
        """The number that a piece of a value stands for; None, and told, when it is none."""
        expr = self.part(text, offsets)
        if expr is None:
            return None
        at = offsets.span(0, len(text))
        value = compute(expr, values)
        if value is None:
            self.tell(Code.OLD_NOT_A_NUMBER, at, text=text, help="write a number")
            return None
        return Number(number(expr, value), at, value)

    def pair(self, element: Element, values: Mapping[str, float]) -> tuple[Number, Number] | None:
        """The two numbers of ``dimension="lo, hi"``, one standing for both; None when it says nothing."""
        attribute = element.attribute("dimension")
        if attribute is None or is_none(attribute.value):
            return None
        pieces = list(self.parts(attribute))
        if len(pieces) > 2 or any(is_none(text) for text, _ in pieces):
            text = " ".join(attribute.value.split())
            self.tell(Code.OLD_BAD_RANGE, attribute.value_span, text=text, help="write 'low, high', such as '0.0, 1.0'")
            return None
        found = [self.number(text, offsets, values) for text, offsets in pieces]
        if None in found:
            return None
        numbers = [n for n in found if n is not None]
        return numbers[0], numbers[-1]

    def limits(self, element: Element, values: Mapping[str, float]) -> Limits | None:
        """The range ``lo=…, hi=…, step=…`` of a Constant; None when it has none."""
        attribute = element.attribute("dimension")
        if attribute is None or is_none(attribute.value):
            return None
        keys, found = ["lo", "hi", "step"], dict[str, Number]()
        for text, offsets in self.parts(attribute):
            match = _KEY.match(text)
            key = match[1] if match else next((k for k in keys if k not in found), "")
            rest = text[match.end() :] if match else text
            lead = len(text) - len(rest.lstrip())
            before = len(self.faults)
            value = self.number(rest.strip(), offsets.after(lead), values) if key and rest.strip() else None
            if value is None:
                del self.faults[before:]
                text = " ".join(attribute.value.split())
                help = "write 'lo=0.0, hi=1.0, step=0.1', or \"\" for none"
                self.tell(Code.OLD_BAD_RANGE, attribute.value_span, text=text, help=help)
                return None
            found[key] = value
        return Limits(found.get("lo"), found.get("hi"), found.get("step"))


def new_names(names: Sequence[tuple[str, Span]]) -> tuple[dict[str, str], list[Diagnostic]]:
    """New names for those that RateML 1 does not allow, and what is told of them."""
    taken = {name for name, _ in names}
    renames: dict[str, str] = {}
    told: list[Diagnostic] = []
    for name, at in names:
        if not name or name in renames:
            continue
        reason = reserved(name)
        if not _VALID.fullmatch(name):
            reason = "a name is a letter followed by letters, digits and '_'"
        if not reason:
            continue
        stem = re.sub(r"[^A-Za-z0-9_]", "", name).lstrip("_0123456789") or "v"
        new = free(stem if not reserved(stem) and stem != name else f"{stem}_", taken)
        taken.add(new)
        renames[name] = new
        told.append(Code.OLD_RENAMED.at(at, name=name, new=new, reason=reason))
    return renames, told


def free(name: str, taken: Iterable[str]) -> str:
    """The name, or the first one like it that is not taken."""
    used = set(taken)
    if name not in used and not reserved(name):
        return name
    return next(new for k in range(2, len(used) + 3) if (new := f"{name}_{k}") not in used)
