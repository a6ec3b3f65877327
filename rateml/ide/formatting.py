"""Formatting as ``rateml fmt`` does it, as few edits: of a file, of some lines, or of the line just begun."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from rateml.diagnostics import Edit
from rateml.fmt import format_text
from rateml.ide.analysis import Analysis
from rateml.ide.context import path_at
from rateml.text import Span


def formatted(analysis: Analysis) -> tuple[Edit, ...]:
    """The edits, line by line, that bring the file into canonical form; none for a file that is not well-formed."""
    if analysis.document.diagnostics or analysis.old:
        return ()
    return tuple(_line_edits(analysis, format_text(analysis.text, analysis.file).text))


def formatted_lines(analysis: Analysis, first: int, last: int) -> tuple[Edit, ...]:
    """The edits of ``formatted`` that touch only the lines ``first`` to ``last``, both counted from 1.

    Canonical order moves elements over long ways: a move that leaves the lines is left out as a whole.
    """
    start = analysis.source.line_start(first)
    end = analysis.source.line_start(last + 1) if last < analysis.source.line_count else len(analysis.text)
    edits = formatted(analysis)
    inside = [e for e in edits if start <= e.span.start and e.span.end <= end]
    outside = [e for e in edits if e not in inside]
    if not outside or _only_layout(analysis, inside):
        return tuple(inside)
    return tuple(e for e in inside if _only_layout(analysis, [e]))


def _only_layout(analysis: Analysis, edits: list[Edit]) -> bool:
    """Whether each edit has the same characters in another order, but for white space and the kind of quotes."""
    return all(_characters(analysis.slice(e.span)) == _characters(e.text) for e in edits)


def _characters(text: str) -> list[str]:
    return sorted("".join(text.split()).replace("'", '"'))


def _line_edits(analysis: Analysis, new: str) -> Iterator[Edit]:
    old_lines, new_lines = analysis.text.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for line in old_lines:
        starts.append(starts[-1] + len(line))
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old_lines, new_lines, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Edit(Span(starts[i1], starts[i2], analysis.file), "".join(new_lines[j1:j2]))


def indent_after(analysis: Analysis, offset: int) -> tuple[Edit, ...]:
    """The indent of the line that was just begun at an offset: four spaces for each element around it."""
    source = analysis.source
    line = source.position(offset).line
    start, end = source.line_start(line), source.line_end(line)
    text = source.line(line)
    blank = text[: len(text) - len(text.lstrip(" \t"))]
    depth = len(path_at(analysis, start + len(blank)))
    if text[len(blank) :].startswith("</"):
        depth -= 1
    wanted = " " * 4 * max(0, depth)
    if blank == wanted or (not text.strip() and start + len(blank) < end):
        return ()
    return (Edit(Span(start, start + len(blank), analysis.file), wanted),)
