"""A migrated file's element tree with the places of the old file, for whoever goes from a model back to its text."""

from __future__ import annotations

from itertools import accumulate

from rateml.legacy.writing import Origins
from rateml.syntax.tree import Document, Element, XmlAttribute
from rateml.text import SourceFile


def relocate(new: Document, old: SourceFile, origins: Origins) -> Document:
    """The elements and values of ``new`` at the places of ``old`` that they come from; comments are left out."""
    return Document(old, None if new.root is None else _element(new.root, origins), new.diagnostics)


def _element(element: Element, origins: Origins) -> Element:
    """A migrated file is five levels deep at most."""
    return Element(
        element.name,
        origins.old(element.span),
        origins.old(element.tag_span),
        origins.old(element.name_span),
        None if element.close_span is None else origins.old(element.close_span),
        tuple(_attribute(a, origins) for a in element.attributes),
        tuple(_element(child, origins) for child in element.children),
        tuple(map(origins.old, element.text_spans)),
    )


def _attribute(a: XmlAttribute, origins: Origins) -> XmlAttribute:
    """No later character comes from before an earlier one, whatever the value was put together of."""
    at = origins.old(a.value_span)
    offsets = (origins.offset(a.offsets.at(k)) for k in range(len(a.value)))
    table = tuple(accumulate((*offsets, at.end), max))
    return XmlAttribute(a.name, a.value, at.file, at.start, at.start, at.start, at.end, at.end, table)
