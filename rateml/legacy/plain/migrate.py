"""From plain LEMS to RateML 1."""

from __future__ import annotations

from collections.abc import Sequence

from rateml.diagnostics import Code
from rateml.legacy.plain.assemble import assemble
from rateml.legacy.plain.including import tell_left_out
from rateml.legacy.reading import Reading
from rateml.legacy.remarks import Remarks
from rateml.legacy.writing import New
from rateml.syntax.tree import Document


def read_plain(documents: Sequence[Document], component: str) -> tuple[New, Reading, Remarks]:
    """The new file for well-formed documents, the main one last, what was told, and the comments of the main one."""
    main = documents[-1]
    assert main.root is not None
    reading = Reading(main.source)
    remarks = {d.source.name: Remarks(d, d.root) for d in documents if d.root is not None}
    reading.faults += tell_left_out(documents)
    for element in (e for d in documents if d.root for e in d.root.walk()):
        for span in element.text_spans[:1]:
            reading.tell(Code.LEMS_LEFT_OUT, span, what="text", reason="text between elements means nothing")
    root = assemble(documents, reading, remarks, component)
    remarks[main.source.name].finish(root)
    return root, reading, remarks[main.source.name]
