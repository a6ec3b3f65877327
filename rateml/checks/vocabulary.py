"""The schema read as data: which attributes and children each element may have, and what values mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import as_file, files
from types import MappingProxyType
from typing import Final

from lxml import etree

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
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
    with as_file(files("rateml_schema")) as folder:
        return etree.XMLSchema(etree.parse(str(folder / "rateml-1.xsd"), _parser()))


@lru_cache(maxsize=1)
def vocabulary() -> Mapping[str, Entry]:
    """Every element of the language by its name."""
    package = files("rateml_schema")
    main = etree.fromstring((package / "rateml-1.xsd").read_bytes(), _parser())
    own = etree.fromstring((package / "rml-attrs.xsd").read_bytes(), _parser())
    return MappingProxyType(_Reading(main, own).entries())


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


class _Reading:
    """Follows type names and extensions through the two schema files."""

    def __init__(self, main: etree._Element, own: etree._Element) -> None:
        self.main = main
        self.types: dict[str | None, etree._Element] = {
            e.get("name"): e for e in main.iterchildren() if e.tag in (f"{_XS}complexType", f"{_XS}simpleType")
        }
        self.own_types: dict[str | None, etree._Element] = {
            f"rml:{e.get('name')}": e for e in own.iterchildren(f"{_XS}simpleType")
        }
        self.own = {f"rml:{e.get('name')}": e for e in own.iterchildren(f"{_XS}attribute")}

    def entries(self) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for element in self.main.iter(f"{_XS}element"):
            name = element.get("name") or ""
            type = self.complex_type(element)
            attributes = dict(self.attributes(type)) if type is not None else {}
            children = tuple(e.get("name") or "" for e in self.children(type)) if type is not None else ()
            required = frozenset(self.required(type)) if type is not None else frozenset()
            found.setdefault(name, Entry(name, attributes, children, required))
        return found

    def complex_type(self, element: etree._Element) -> etree._Element | None:
        inline = element.find(f"{_XS}complexType")
        return inline if inline is not None else self.types.get(element.get("type"))

    def lineage(self, type: etree._Element) -> Iterator[etree._Element]:
        """The type and those it extends."""
        yield type
        extension = type.find(f"{_XS}complexContent/{_XS}extension")
        if extension is not None:
            base = self.types.get(extension.get("base"))
            if base is not None:
                yield from self.lineage(base)

    def declared(self, type: etree._Element) -> Iterator[etree._Element]:
        for ancestor in self.lineage(type):
            extension = ancestor.find(f"{_XS}complexContent/{_XS}extension")
            yield from (extension if extension is not None else ancestor).iterchildren(f"{_XS}attribute")

    def attributes(self, type: etree._Element) -> Iterator[tuple[str, str]]:
        for attribute in self.declared(type):
            ref = attribute.get("ref")
            yield (ref, self.meaning(self.own[ref])) if ref else (attribute.get("name") or "", self.meaning(attribute))

    def required(self, type: etree._Element) -> Iterator[str]:
        for attribute in self.declared(type):
            if attribute.get("use") == "required":
                yield attribute.get("ref") or attribute.get("name") or ""

    def meaning(self, attribute: etree._Element) -> str:
        """What a value of the attribute is, in words."""
        named = attribute.get("type")
        if named in _BUILT_IN:
            return _BUILT_IN[named]
        inline = attribute.find(f"{_XS}simpleType")
        type = inline if inline is not None else self.types.get(named, self.own_types.get(named))
        if type is None:
            return "text"
        words = type.findtext(f"{_XS}annotation/{_XS}documentation")
        choices = [e.get("value") or "" for e in type.iter(f"{_XS}enumeration")]
        return words or "one of " + ", ".join(choices)

    def children(self, type: etree._Element) -> Iterator[etree._Element]:
        for kind in ("choice", "sequence"):
            for group in type.iterchildren(f"{_XS}{kind}"):
                yield from group.iterchildren(f"{_XS}element")
