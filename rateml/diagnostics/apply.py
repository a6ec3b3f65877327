"""Applying fixes to a text: pure functions from text and fixes to text."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rateml.diagnostics.diagnostic import Diagnostic, Edit, Fix, Severity
from rateml.text import SourceFile

ROUNDS = 10
"""A fix may make room for another one; more rounds than this are two fixes that undo each other."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A fix that was written: of which fault, what it did, and the line it began on at that time."""

    diagnostic: Diagnostic
    fix: Fix
    line: int


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text after its fixes. ``refused`` are those that would have made the file worse."""

    text: str
    applied: tuple[Applied, ...]
    refused: tuple[Applied, ...] = ()
    stable: bool = True


Check = Callable[[str], Sequence[Diagnostic]]


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with every edit made; they must not overlap, and edits at one place keep their order."""
    pieces: list[str] = []
    newline = "\r\n" if "\r\n" in text else "\n"
    at = 0
    for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end)):
        if edit.span.start < at or edit.span.end > len(text):
            raise ValueError(f"the edit at {edit.span.start} overlaps another or leaves the text")
        pieces += text[at : edit.span.start], edit.text.replace("\r\n", "\n").replace("\n", newline)
        at = edit.span.end
    return "".join([*pieces, text[at:]])


def choose(diagnostics: Iterable[Diagnostic], file: str) -> list[tuple[Diagnostic, Fix]]:
    """One fix for each fault, the first that is no guess, as far as they touch ``file`` only and do not overlap."""
    taken: list[tuple[int, int]] = []
    chosen: list[tuple[Diagnostic, Fix]] = []
    seen: set[tuple[Edit, ...]] = set()
    for d in diagnostics:
        for fix in [f for f in d.fixes if not f.guess][:1]:
            edits = tuple(sorted(fix.edits, key=lambda e: (e.span.start, e.span.end)))
            if edits in seen or not edits or any(e.span.file != file for e in edits):
                continue
            spans = [(e.span.start, e.span.end) for e in edits]
            if any(_clash(span, other) for span in spans for other in taken):
                continue
            seen.add(edits)
            for span in spans:
                insort(taken, span)
            chosen.append((d, fix))
    return chosen


def _clash(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two ranges share a character or a place to insert at."""
    return one == other or (one[0] < other[1] and other[0] < one[1]) or (one[0] == other[0] and one[1] != one[0])


def repair(
    text: str,
    file: str,
    check: Check,
    found: Sequence[Diagnostic] | None = None,
    enough: Callable[[Sequence[Applied]], bool] = lambda _: False,
) -> Repaired:
    """Apply every fix of every fault, again and again until none is left.

    A fix after which the file would have more errors is refused. Mending a fault of the XML or of the schema
    may well bring the faults behind it to light, so errors are counted group by group: XML, schema, the rest.
    ``found`` is what ``check`` says of the text, where that is known already; what is applied so far may be
    ``enough``.
    """
    applied: list[Applied] = []
    refused: dict[tuple[str, str, str], Applied] = {}
    found = check(text) if found is None else found
    for _ in range(ROUNDS):
        chosen = [(d, f) for d, f in choose(found, file) if _key(d, f) not in refused]
        if not chosen:
            return Repaired(text, tuple(applied), tuple(refused.values()))
        source = SourceFile(file, text)
        marks = [Applied(d, f, source.position(d.span.start).line) for d, f in chosen]
        after = _apply(text, marks)
        checked = check(after)
        if _badness(checked) > _badness(found):
            good = []
            for mark in marks:
                alone = _badness(check(_apply(text, [mark]))) <= _badness(found)
                if alone and len(marks) > 1:
                    good.append(mark)
                else:
                    refused[_key(mark.diagnostic, mark.fix)] = mark
            after = _apply(text, good)
            checked = check(after)
            if _badness(checked) > _badness(found):
                everything = {**refused, **{_key(m.diagnostic, m.fix): m for m in good}}
                return Repaired(text, tuple(applied), tuple(everything.values()))
            marks = good
        if after == text:
            return Repaired(text, tuple(applied), tuple(refused.values()))
        applied += marks
        text, found = after, checked
        if enough(applied):
            break
    return Repaired(text, tuple(applied), tuple(refused.values()), stable=not choose(found, file))


def _apply(text: str, marks: Iterable[Applied]) -> str:
    return apply_edits(text, (edit for mark in marks for edit in mark.fix.edits))


def _key(d: Diagnostic, fix: Fix) -> tuple[str, str, str]:
    return d.code.id, d.message, fix.title


def _badness(found: Iterable[Diagnostic]) -> tuple[int, int, int]:
    errors = [d.code.id[3] for d in found if d.severity is Severity.ERROR]
    return errors.count("0"), errors.count("1"), sum(group not in "01" for group in errors)
