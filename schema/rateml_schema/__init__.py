"""The schema of RateML 1, and what it says of every element and attribute.

``rateml-1.xsd`` and ``rml-attrs.xsd`` are the only source: ``catalogue.json`` is generated from them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

__all__ = ["Attribute", "Catalogue", "Element", "ValueType", "catalogue"]


@dataclass(frozen=True, slots=True)
class ValueType:
    """What a value is: ``type`` is its name or empty, ``value`` says it in words, ``choices`` lists the values."""

    type: str
    value: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of an element; one of RateML's own has a name with ``rml:``."""

    name: str
    documentation: str
    example: str
    required: bool
    value: ValueType


@dataclass(frozen=True, slots=True)
class Element:
    """An element, its attributes in the order of the schema, and what may stand inside it."""

    name: str
    documentation: str
    example: str
    attributes: Mapping[str, Attribute]
    children: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the schema says, for hovers, completion and the reference."""

    elements: Mapping[str, Element]
    types: Mapping[str, ValueType]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The language as the schema states it; read once, with nothing but the standard library."""
    data = json.loads((files("rateml_schema") / "catalogue.json").read_text(encoding="utf-8"))
    elements = {
        name: Element(
            name,
            e["documentation"],
            e["example"],
            MappingProxyType(
                {
                    n: Attribute(n, a["documentation"], a["example"], a["required"], _value(a))
                    for n, a in e["attributes"].items()
                }
            ),
            tuple(e["children"]),
        )
        for name, e in data["elements"].items()
    }
    types = {name: _value(t) for name, t in data["types"].items()}
    return Catalogue(MappingProxyType(elements), MappingProxyType(types))


def _value(data: Mapping[str, object]) -> ValueType:
    choices = data["choices"]
    listed = tuple(str(c) for c in choices) if isinstance(choices, list) else ()
    return ValueType(str(data["type"]), str(data["value"]), listed)
