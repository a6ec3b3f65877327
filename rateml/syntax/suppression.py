"""Comments that silence a diagnostic: ``<!-- rateml: ignore RML603 -->`` and ``ignore-file``.

A comment speaks of the element whose tag ends on its line before it, or else of the next element. What
follows the codes is the author's reason.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final

from rateml.diagnostics.configure import Named, Suppression
from rateml.syntax.limits import MAX_FAULTS
from rateml.syntax.tree import Document
from rateml.text import Span

_COMMENT: Final = re.compile(r"\s*rateml\s*:\s*(ignore-file|ignore)\b\s*:?\s*(.*?)\s*", re.DOTALL)
_CODE: Final = re.compile(r"[^\s,;]+")
_LOOKS: Final = re.compile(r"[A-Za-z]{1,4}\d+")
_BLANK: Final = re.compile(r"[ \t]*")


def suppressions(document: Document) -> tuple[Suppression, ...]:
    """The suppressions of a file, in document order; of very many the first."""
    if "rateml" not in document.source.text or document.root is None:
        return ()
    elements = list(document.root.walk())
    tags = sorted(e.tag_span for e in elements)
    closings = sorted(e.close_span.start for e in elements if e.close_span)
    found: list[Suppression] = []
    text, trail, room = document.source.text, -1, MAX_FAULTS
    for comment in document.comments:
        start, end = comment.span.start, comment.span.end
        following = bisect_left(tags, comment.span)
        reach = tags[following] if following < len(tags) else None
        if reach and bisect_left(closings, end) < bisect_left(closings, reach.start):
            reach = None
        if following:
            before = tags[following - 1]
            blank = _BLANK.match(text, max(before.end, trail))
            if blank and blank.end() == start:
                reach, trail = before, end
        match = _COMMENT.fullmatch(comment.text)
        if match and room > 0:
            whole = match[1] == "ignore-file"
            codes = _codes(match[2], start + len("<!--") + match.start(2), comment.span.file, room)
            room -= max(1, len(codes))
            found.append(Suppression(comment.span, codes, None if whole else reach, whole))
    return tuple(found)


def _codes(text: str, at: int, file: str, most: int) -> tuple[Named, ...]:
    """The codes a comment begins with; the first word is meant as one whatever it looks like."""
    codes: list[Named] = []
    for code in _CODE.finditer(text):
        if codes and not _LOOKS.fullmatch(code[0]):
            break
        codes.append(Named(code[0], Span(at + code.start(), at + code.end(), file)))
        if len(codes) == most:
            break
    return tuple(codes)
