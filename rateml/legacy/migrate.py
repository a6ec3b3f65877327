"""From another dialect to RateML 1: a document becomes a text, with the place that each part of it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rateml.diagnostics import Diagnostic, Severity
from rateml.legacy.assemble import assemble
from rateml.legacy.detect import is_old
from rateml.legacy.old_file import read_file
from rateml.legacy.plain.migrate import read_plain
from rateml.legacy.remarks import Remarks
from rateml.legacy.writing import Origins, Writer
from rateml.syntax.tree import Document


@dataclass(frozen=True)
class Migrated:
    """The file in RateML 1, and what is told of it at places of the old one; with an error among it, not a model.

    ``origins`` finds the place in the old file of a span of ``text``.
    """

    text: str
    diagnostics: tuple[Diagnostic, ...]
    origins: Origins

    @property
    def ok(self) -> bool:
        return all(d.severity is not Severity.ERROR for d in self.diagnostics)


def migrate(document: Document, included: Sequence[Document] = (), component: str = "") -> Migrated:
    """Write a well-formed file of another dialect (``dialect_of``) in RateML 1. Never raises, whatever it says.

    ``included`` are the documents that a plain LEMS file includes, ``component`` is the one to take of several.
    """
    assert document.root is not None
    if is_old(document):
        old, reading = read_file(document, document.root)
        remarks = Remarks(document, document.root)
        root = assemble(document.root, old, reading, remarks)
        remarks.finish(root)
    else:
        root, reading, remarks = read_plain((*included, document), component)
    newline = "\r\n" if "\r\n" in document.source.text else "\n"
    writer = Writer(newline)
    start = document.source.text.removeprefix("\ufeff")
    if start.startswith("<?xml"):
        writer.write(start[: start.index("?>") + 2] + newline)
    writer.element(root)
    writer.comments(remarks.after, "")
    origins = Origins(tuple(writer.values), tuple(writer.elements), document.root.name_span)
    told = {(d.code, d.span): d for d in reversed(reading.faults)}
    return Migrated("".join(writer.out), tuple(sorted(told.values(), key=lambda d: d.span)), origins)
