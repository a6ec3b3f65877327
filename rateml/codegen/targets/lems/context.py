"""What the templates of target ``lems`` lay out: text that is spelled and escaped, with the marks of its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr


@dataclass(frozen=True)
class Element:
    """An XML element; ``mark`` tells what of the model it comes from."""

    tag: str
    attributes: str
    inner: tuple[Element, ...]
    mark: str


def element(tag: str, attributes: Mapping[str, str], *inner: Element, mark: str = "") -> Element:
    """An element with its attributes in the order given, without empty ones."""
    written = [f" {name}={quoteattr(' '.join(value.split()))}" for name, value in attributes.items() if value]
    return Element(tag, "".join(written), inner, mark)


@dataclass(frozen=True)
class LemsContext:
    """The elements of both files: of the model's in groups, of the other what the model decides."""

    file: str
    model: tuple[tuple[Element, ...], ...]
    simulation: tuple[Element, ...]
    region: tuple[Element, ...]
