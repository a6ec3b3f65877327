"""Includes as links to the files they name."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from rateml.ide.analysis import Analysis
from rateml.text import Span


class Link(NamedTuple):
    """``target`` is the file that the text of ``span`` leads to."""

    span: Span
    target: str


def links(analysis: Analysis) -> tuple[Link, ...]:
    """The files that the file includes."""
    return tuple(_links(analysis))


def _links(analysis: Analysis) -> Iterator[Link]:
    root = analysis.document.root
    if root is None or not os.path.isabs(analysis.file):
        return
    folder = posixpath.dirname(analysis.file)
    for element in root.named("Include"):
        attribute = element.attribute("file")
        if attribute is None:
            continue
        written = attribute.value.strip()
        target = posixpath.normpath(posixpath.join(folder, written))
        if written and "\0" not in written and target.startswith(folder.rstrip("/") + "/"):
            yield Link(attribute.value_span, target)


def include_at(analysis: Analysis, offset: int) -> str | None:
    """The included file that is named at an offset."""
    for link in links(analysis):
        if link.span.start <= offset <= link.span.end and link.target in analysis.sources:
            return link.target
    return None
