"""Code actions: fixes of the catalogue, silencing, repairing everything, migrating, changes to the mathematics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rateml.checks.run import check_model
from rateml.diagnostics import Diagnostic, Edit, Severity
from rateml.diagnostics.apply import repair
from rateml.fmt import format_text
from rateml.ide.analysis import Analysis
from rateml.ide.context import path_at
from rateml.ide.missing_parts import missing_parts
from rateml.ide.refactor import refactorings
from rateml.ide.workspace import Workspace
from rateml.text import Span

ActionKind: TypeAlias = Literal["quickfix", "refactor.extract", "refactor.inline", "refactor.rewrite", "source.fixAll"]
Later: TypeAlias = Literal["fix all", "migrate"]


@dataclass(frozen=True, slots=True)
class Action:
    """``edits`` is empty for one that is worked out ``later``, when it is chosen."""

    title: str
    kind: ActionKind
    edits: tuple[Edit, ...] = ()
    diagnostic: Diagnostic | None = None
    preferred: bool = False
    later: Later | None = None


def actions(analysis: Analysis, start: int, end: int) -> tuple[Action, ...]:
    """What can be done about the diagnostics that touch a range, and with the mathematics in it."""
    touched = [d for d in analysis.diagnostics if _touches(d, analysis.file, start, end)]
    return (
        *(action for d in touched for action in _fixes(d)),
        *(Action(r.title, r.kind, r.edits) for r in missing_parts(analysis, touched)),
        *(Action(r.title, r.kind, r.edits) for r in refactorings(analysis, start, end, touched)),
        *(action for d in touched for action in _silencing(analysis, d)),
        *source_actions(analysis),
    )


def source_actions(analysis: Analysis) -> Iterator[Action]:
    """What concerns the whole file."""
    if analysis.old:
        yield Action("migrate this file to RateML 1", "refactor.rewrite", later="migrate")
    elif any(not fix.guess for d in analysis.diagnostics if _is_fault(d) for fix in d.fixes[:1]):
        yield Action("fix all faults that can be fixed with certainty", "source.fixAll", later="fix all")


def _is_fault(d: Diagnostic) -> bool:
    return d.severity <= Severity.WARNING


def _touches(d: Diagnostic, file: str, start: int, end: int) -> bool:
    return d.span.file == file and d.span.start <= end and start <= d.span.end


def _fixes(d: Diagnostic) -> Iterator[Action]:
    for number, fix in enumerate(d.fixes):
        title = f"{fix.title} ({d.code.id})"
        yield Action(title, "quickfix", fix.edits, d, preferred=not number and not fix.guess)


def _silencing(analysis: Analysis, d: Diagnostic) -> Iterator[Action]:
    """A comment that silences what is no error by nature."""
    if d.code.severity is Severity.ERROR or analysis.old or d.code.name.endswith("_SUPPRESSION"):
        return
    path = path_at(analysis, max(d.span.start, 0) + 1)
    if not path:
        return
    at = path[-1].span.start
    source = analysis.source
    line = source.position(at).line
    indent = analysis.text[source.line_start(line) : at]
    if indent.strip():
        return
    comment = f"<!-- rateml: ignore {d.code.id} -->\n{indent}"
    yield Action(f"silence {d.code.id} here", "quickfix", (Edit(Span(at, at, analysis.file), comment),), d)


def fix_all(workspace: Workspace, analysis: Analysis) -> tuple[Edit, ...]:
    """What ``rateml check --fix`` would do."""
    severities = workspace.severities_of(analysis.file)

    def faults(text: str) -> Sequence[Diagnostic]:
        found = check_model(text, analysis.file, severities, analysis.reader).diagnostics
        return [d for d in found if _is_fault(d)]

    repaired = repair(analysis.text, analysis.file, faults, [d for d in analysis.diagnostics if _is_fault(d)])
    return whole(analysis, repaired.text)


def migrated(analysis: Analysis) -> tuple[Edit, ...]:
    """The file as RateML 1, as ``rateml migrate`` writes it; nothing when it has errors."""
    if not analysis.old or analysis.document.diagnostics or not analysis.checked.ok:
        return ()
    return whole(analysis, format_text(analysis.checked.written).text)


def whole(analysis: Analysis, text: str) -> tuple[Edit, ...]:
    """The edit that makes the file another text: what is between the parts that stay."""
    old = analysis.text
    if old == text:
        return ()
    start = 0
    least = min(len(old), len(text))
    while start < least and old[start] == text[start]:
        start += 1
    tail = 0
    while tail < least - start and old[-1 - tail] == text[-1 - tail]:
        tail += 1
    return (Edit(Span(start, len(old) - tail, analysis.file), text[start : len(text) - tail]),)
