"""The files a plain LEMS file is made of: those below its folder, without the core files of LEMS and NeuroML."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable

from rateml.diagnostics import Code, Diagnostic
from rateml.legacy.plain.standard import is_standard
from rateml.model.include import Gathered, ReadInclude, gather
from rateml.syntax.tree import Document, XmlAttribute

_EMPTY = b"<Lems/>"


def gather_plain(main: Document, read: ReadInclude) -> Gathered:
    """As ``gather``, but a core file is neither read nor missed, wherever it is said to be; nothing leaves the disk."""

    def reader(path: str) -> bytes | None:
        return _EMPTY if is_standard(path) else read(path)

    found = gather(main, reader)
    documents = tuple(d for d in found.documents if d is main or not is_standard(d.source.name.replace(os.sep, "/")))
    core = {include.value_span for include in _includes(documents) if is_standard(include.value)}
    faults = tuple(_advised(d) for d in found.diagnostics if d.span not in core)
    return Gathered(documents, faults)


def _advised(d: Diagnostic) -> Diagnostic:
    if d.code is not Code.INCLUDE_UNREADABLE or d.help:
        return d
    help = "copy it there, or leave the Include out if the ComponentType needs nothing of it"
    return Diagnostic(d.code, d.span, d.message, help, d.related)


def tell_left_out(documents: Iterable[Document]) -> Iterable[Diagnostic]:
    """The core files that were not read."""
    for include in _includes(documents):
        if is_standard(include.value):
            name = posixpath.basename(include.value.strip().replace("\\", "/"))
            reason = "the dimensions, units and base types of the core files are known"
            yield Code.LEMS_LEFT_OUT.at(include.value_span, what=f"'{name}'", reason=reason)


def _includes(documents: Iterable[Document]) -> Iterable[XmlAttribute]:
    for document in documents:
        for element in document.root.named("Include") if document.root else ():
            attribute = element.attribute("file")
            if attribute is not None:
                yield attribute
