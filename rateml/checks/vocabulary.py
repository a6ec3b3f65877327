"""The schema as the rules need it: compiled, and as words about elements, attributes and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import as_file, files
from types import MappingProxyType
from typing import Final

from lxml import etree
from rateml_schema import ValueType, catalogue

_BUILT_IN: Final = {
    "xs:boolean": "true or false",
    "xs:integer": "a whole number",
    "xs:double": "a number",
    "xs:NCName": "a name",
    "xs:anyURI": "the path of a file",
    "xs:string": "text",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One element of the language: attributes (``rml:`` ones with their prefix) and what their values are."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def compiled_schema() -> etree.XMLSchema:
    """The schema, compiled once; it reads its own two files and nothing else."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    with as_file(files("rateml_schema")) as folder:
        return etree.XMLSchema(etree.parse(str(folder / "rateml-1.xsd"), parser))


@lru_cache(maxsize=1)
def vocabulary() -> Mapping[str, Entry]:
    """Every element of the language by its name."""
    return MappingProxyType(
        {
            element.name: Entry(
                element.name,
                {a.name: _meaning(a.value) for a in element.attributes.values()},
                element.children,
                frozenset(a.name for a in element.attributes.values() if a.required),
            )
            for element in catalogue().elements.values()
        }
    )


def _meaning(value: ValueType) -> str:
    """What a value of the type is, in words."""
    return _BUILT_IN.get(value.type) or value.value or "one of " + ", ".join(value.choices)
