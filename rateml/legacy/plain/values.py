"""Attributes of plain LEMS as values of the new file, each character with its place in the old one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from rateml.legacy.writing import New, Piece, Value
from rateml.syntax.tree import Element, XmlAttribute

_TOKEN: Final = re.compile(
    r"(?P<word>[A-Za-z_]\w*)(?P<call>\s*\()?"
    r"|(?P<number>(?:\d+\.\d+|\d+\.(?![A-Za-z])|\.\d+|\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<rest>[^\w.]+|.)",
    re.DOTALL,
)


def copied(attribute: XmlAttribute) -> Value:
    """A value as it stands."""
    return _pieces(attribute, 0, len(attribute.value))


def renamed(attribute: XmlAttribute, renames: Mapping[str, str]) -> Value:
    """A value that is one name."""
    name = attribute.value.strip()
    return (Piece(renames.get(name, name), attribute.value_span),)


def expression(attribute: XmlAttribute, renames: Mapping[str, str]) -> Value:
    """An expression or a quantity with new names in it, and with numbers such as ``3.`` and ``.5`` written out."""
    out: list[Piece] = []
    for match in _TOKEN.finditer(attribute.value):
        start, end = match.span()
        word, number = match["word"], match["number"]
        if word and not match["call"] and word in renames:
            out.append(Piece(renames[word], attribute.offsets.span(*match.span("word"))))
        elif number and _spelled(number) != number:
            out.append(Piece(_spelled(number), attribute.offsets.span(start, end)))
        else:
            out += _pieces(attribute, start, end)
    return out


def _spelled(number: str) -> str:
    parts = re.fullmatch(r"([\d.]+)([eE]?)(.*)", number, re.DOTALL)
    assert parts is not None, number
    mantissa, e, exponent = parts.groups()
    mantissa = f"0{mantissa}" if mantissa.startswith(".") else mantissa
    return (f"{mantissa}0" if mantissa.endswith(".") else mantissa) + e + exponent


def _pieces(attribute: XmlAttribute, start: int, end: int) -> list[Piece]:
    """The characters as they stand: one piece, or one for each where entities stand among them."""
    offsets, value = attribute.offsets, attribute.value
    if attribute.table is None:
        return [Piece(value[start:end], offsets.span(start, end))] if end > start else []
    return [Piece(value[k], offsets.span(k, k + 1)) for k in range(start, end)]


def copy(element: Element, tag: str = "", drop: tuple[str, ...] = ()) -> New:
    """An element with its plain attributes as they stand; those of other namespaces mean nothing here."""
    new = New(tag or element.name.local, element.name_span)
    for a in element.attributes:
        if not a.name.namespace and not a.name.prefix and a.name.local not in (*drop, "xmlns"):
            new.attributes.append((a.name.local, copied(a)))
    return new
