"""Telling a plain LEMS file from one of RateML 1 that lacks something."""

from __future__ import annotations

from rateml.syntax.tree import RML, Document

_PARTS = ("ComponentType", "Component", "Include")


def is_plain(document: Document) -> bool:
    """Whether a file is LEMS without a trace of RateML: it does not declare its namespace, nor use its prefix."""
    root = document.root
    if root is None or root.name.local != "Lems" or not any(child.name.local in _PARTS for child in root.children):
        return False
    return not any(
        RML in (a.name.namespace, a.value)
        or a.name.prefix == "rml"
        or (a.name.prefix, a.name.local) == ("xmlns", "rml")
        for element in root.walk()
        for a in element.attributes
    )
