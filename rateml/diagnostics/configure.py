"""What the user wants to see: severities per code, and comments in the file that silence a code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rateml.diagnostics.catalogue import Code
from rateml.diagnostics.diagnostic import Diagnostic, Edit, Fix, Severity
from rateml.diagnostics.severities import CODES, DIGITS, NO_SEVERITIES, Severities, nearest_code
from rateml.diagnostics.suggest import replace as replace_span
from rateml.text import Span


@dataclass(frozen=True, slots=True)
class Named:
    """A code as a comment names it, and where."""

    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that silences codes.

    ``reach`` is the tag it speaks of, None when it is followed by no element; a ``whole_file`` one reaches
    everywhere. ``comment`` covers the comment.
    """

    comment: Span
    codes: tuple[Named, ...]
    reach: Span | None
    whole_file: bool = False

    def covers(self, span: Span) -> bool:
        if span.file != self.comment.file:
            return False
        if self.whole_file:
            return True
        return self.reach is not None and self.reach.start <= span.start and span.end <= self.reach.end


def configure(
    diagnostics: Iterable[Diagnostic],
    suppressions: Sequence[Suppression] = (),
    severities: Severities = NO_SEVERITIES,
    *,
    complete: bool = True,
) -> tuple[Diagnostic, ...]:
    """The diagnostics as the user wants them: with the chosen severities, without what is silenced.

    What is an error by nature is never silenced. A suppression of an unknown code, or of nothing, is told in
    turn; the latter only of a ``complete`` check, in which every rule had its say.
    """
    used: set[Span] = set()
    by_code: dict[str, list[tuple[Suppression, Named]]] = {}
    for s in suppressions:
        for named in s.codes:
            by_code.setdefault(named.id, []).append((s, named))
    kept: list[Diagnostic] = []
    files: dict[str, int] = {}
    for d in diagnostics:
        files.setdefault(d.span.file, len(files))
        by = [n for s, n in by_code.get(d.code.id, ()) if s.covers(d.span)]
        silent = bool(by) and d.code.severity is not Severity.ERROR
        if silent:
            used.update(n.span for n in by)
        else:
            kept.append(d)
    kept += (d for s in suppressions for d in _useless(s, used, complete))

    def place(d: Diagnostic) -> tuple[int, int, int]:
        return files.get(d.span.file, len(files)), d.span.start, d.span.end

    return tuple(sorted(_levelled(kept, severities), key=place))


def _levelled(diagnostics: Iterable[Diagnostic], severities: Severities) -> Iterable[Diagnostic]:
    for d in diagnostics:
        level = severities.get(d.code, d.severity)
        if level is not None:
            yield d if level is d.severity else replace(d, level=level)


def _useless(suppression: Suppression, used: set[Span], complete: bool) -> Iterable[Diagnostic]:
    if not suppression.codes:
        help, fix = (
            "name the codes to silence, such as RML601",
            Fix("remove the comment", (Edit(suppression.comment, ""),)),
        )
        yield Code.UNKNOWN_SUPPRESSION.at(
            suppression.comment, problem="this comment names no diagnostic to silence", help=help, fixes=(fix,)
        )
    for number, named in enumerate(suppression.codes):
        at, code = named.span, CODES.get(named.id)
        if code is None:
            near = nearest_code(named.id)
            help = f"did you mean '{near}'?" if near else "`rateml explain` lists the codes"
            fixes = (replace_span(at, near, guess=named.id[3:].upper().translate(DIGITS) != near[3:]),) if near else ()
            yield Code.UNKNOWN_SUPPRESSION.at(
                at, problem=f"there is no diagnostic '{named.id}' to silence", help=help, fixes=fixes
            )
        elif at not in used and (complete or code.severity is Severity.ERROR):
            yield Code.USELESS_SUPPRESSION.at(
                at, name=named.id, help=_why(code, suppression), fixes=(_remove(suppression, number),)
            )


def _why(code: Code, suppression: Suppression) -> str:
    if code.severity is Severity.ERROR:
        return f"{code.id} is an error, and a model with an error cannot be compiled: put it right instead"
    if suppression.whole_file:
        return f"nothing in this file is told with {code.id}"
    if suppression.reach is None:
        return "write it on the line before an element, or at the end of the line on which its tag ends"
    return f"this element is not told with {code.id}"


def _remove(suppression: Suppression, number: int) -> Fix:
    """Take the code out of the comment, or the comment out of the file when it names no other."""
    codes = suppression.codes
    if len(codes) == 1:
        return Fix("remove the comment", (Edit(suppression.comment, ""),))
    at = codes[number].span
    gap = Span(codes[number - 1].span.end, at.end, at.file) if number else Span(at.start, codes[1].span.start, at.file)
    return Fix(f"remove {codes[number].id}", (Edit(gap, ""),))
