"""Telling a file of the 2022 dialect from one of RateML 1."""

from __future__ import annotations

from rateml.syntax.tree import RML, Document, Element

MODEL = "derivatives"
"""The ComponentType that holds the model."""


def is_old(document: Document) -> bool:
    """Whether a file is in the 2022 dialect: it has a type ``derivatives`` and nothing of RateML 1's namespace."""
    root = document.root
    if root is None or root.name.local != "Lems" or _is_new(root):
        return False
    types = root.named("ComponentType")
    return any(type_name(t) == MODEL for t in types) and not any(_is_new(t) for t in types)


def type_name(type: Element) -> str:
    """The name of a ComponentType, empty without one."""
    name = type.attribute("name")
    return name.value.strip() if name else ""


def _is_new(element: Element) -> bool:
    return any(a.name.namespace == RML for a in element.attributes)
