"""Write ``catalogue.json`` from the schema; run it through ``make docs``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import xmlschema

HERE = Path(__file__).resolve().parent / "rateml_schema"
_RML = "{urn:rateml:1}"
_XS = "{http://www.w3.org/2001/XMLSchema}"


def catalogue() -> dict[str, Any]:
    """The language as the schema states it."""
    schema = xmlschema.XMLSchema10(str(HERE / "rateml-1.xsd"))
    own = schema.maps.namespaces["urn:rateml:1"][0]
    elements: dict[str, Any] = {}
    pending = [schema.elements["Lems"]]
    while pending:
        element = pending.pop(0)
        if element.local_name in elements:
            continue
        children = [child for child in element.type.content.iter_elements() if child.local_name is not None]
        pending = children + pending
        elements[element.local_name] = {
            **_told(element),
            "children": list(dict.fromkeys(child.local_name for child in children)),
            "attributes": {name: _attribute(attribute) for name, attribute in _attributes(element)},
        }
    types = [*schema.types.values(), *own.types.values()]
    named = {_name(t.name): _value(t) for t in types if t.is_simple()}
    return {"elements": elements, "types": named}


def _attributes(element: Any) -> list[tuple[str, Any]]:
    """The attributes of an element in the order in which the schema declares them."""
    declared = [e.get("name") or e.get("ref") for e in element.type.elem.iterfind(f"{_XS}attribute")]
    found = {_name(name): attribute for name, attribute in element.attributes.items() if name is not None}
    return sorted(found.items(), key=lambda pair: declared.index(pair[0]))


def _name(name: str) -> str:
    return name.replace(_RML, "rml:").rpartition("}")[2]


def _attribute(attribute: Any) -> dict[str, Any]:
    declared = attribute.ref if attribute.ref is not None else attribute
    return {**_told(declared), "required": attribute.use == "required", **_value(attribute.type)}


def _value(type: Any) -> dict[str, Any]:
    """What a value is: the name of its type if it has one, words, and the values to choose from."""
    found: dict[str, Any] = {"type": _name(type.name) if type.name else ""}
    if type.name and type.name.startswith(_XS):
        found["type"] = "xs:" + found["type"]
    return {**found, "value": _told(type)["documentation"], "choices": [str(value) for value in type.enumeration or ()]}


def _told(part: Any) -> dict[str, str]:
    texts: dict[str, str] = {"documentation": "", "example": ""}
    for documentation in part.annotation.documentation if part.annotation is not None else ():
        key = "example" if documentation.get("source") == "example" else "documentation"
        texts[key] = (documentation.text or "").strip()
    return texts


def written() -> str:
    """The text of ``catalogue.json``."""
    return json.dumps(catalogue(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (HERE / "catalogue.json").write_text(written(), encoding="utf-8")
