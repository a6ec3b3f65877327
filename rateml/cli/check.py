"""``rateml check``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import say, warn
from rateml.cli.explain import explain_code
from rateml.diagnostics import Code, Diagnostic, Severity
from rateml.diagnostics.render import render_text
from rateml.diagnostics.severities import BadSeverity, Severities, read_severity
from rateml.errors import UserError
from rateml.text import SourceFile

if TYPE_CHECKING:
    from rateml.checks import Checked


class Format(StrEnum):
    text = "text"
    json = "json"
    sarif = "sarif"
    github = "github"


def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="RateML model files.", show_default=False)
    ] = None,
    format: Annotated[
        Format,
        typer.Option(help="How to print: for people, as JSON, as a SARIF 2.1.0 log, as GitHub annotations."),
    ] = Format.text,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix", help="Repair the errors and warnings of which the repair is certain; guesses are only offered."
        ),
    ] = False,
    advice: Annotated[bool, typer.Option("--advice", help="With --fix or --diff: follow notes and hints too.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", "--dry-run", help="Print what --fix would change, and write nothing.")
    ] = False,
    severity: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE=LEVEL",
            help=(
                "`RML601=off`, or `error`, `warning`, `information`, `hint`. Repeatable; also as "
                "`[tool.rateml.severity]` in pyproject.toml or `[severity]` in rateml.toml beside or above the model."
            ),
        ),
    ] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="CODE", help="Print what a code means, as `rateml explain` does.")
    ] = None,
) -> int:
    """Say what is wrong with model files: where, why, and how to put it right.

    Checks the XML, the schema, every name, equation and dimension. Nothing is run. Exit code 1 when there is
    an error, 0 when there are at most warnings.

    A comment `<!-- rateml: ignore RML601 -->` on the line before an element, or at the end of its line, silences
    a code there; `ignore-file` silences it in the whole file.

    Example: `rateml check mymodel.xml`, then `rateml check --fix mymodel.xml`
    """
    if explain is not None:
        return explain_code(explain)
    if not files:
        raise typer.BadParameter("name at least one model file", param_hint="FILE...")
    from rateml.checks import check_file

    chosen = _severities(severity or ())
    checked, unread = [], []
    for file in files:
        try:
            mend = fix or diff
            one = _mended(file, chosen, write=not diff, advice=advice) if mend else check_file(file, chosen)
        except UserError as error:
            unread.append(error)  # told after what the other files have
        else:
            checked.append(one)
    diagnostics = [d for c in checked for d in c.diagnostics]
    sources = {name: source for c in checked for name, source in _sources(c).items()}
    answer = sys.stderr if diff else sys.stdout
    if format is Format.text and not diagnostics:
        names = ", ".join(one.source.name for one in checked)
        answer.write(f"{names}: no faults found\n" if names else "")
    elif checked:
        repairs = _repairs(checked, chosen) if format is Format.text else (0, 0)
        answer.write(_written(format, diagnostics, sources, color=answer.isatty(), repairs=repairs))
    if unread:
        answer.flush()
        raise UserError("; ".join(dict.fromkeys(str(error) for error in unread))) from unread[0]
    return exits.OK if all(c.ok for c in checked) else exits.USER


def _sources(checked: Checked) -> Mapping[str, SourceFile]:
    """Every file that the diagnostics speak of."""
    return {checked.source.name: checked.source, **checked.sources}


def _written(
    format: Format,
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, SourceFile],
    *,
    color: bool,
    repairs: tuple[int, int],
) -> str:
    match format:
        case Format.json:
            from rateml.diagnostics.as_json import render_json

            return render_json(diagnostics, sources)
        case Format.github:
            from rateml.diagnostics.as_github import render_github

            return render_github(diagnostics, sources)
        case Format.sarif:
            from importlib.metadata import version

            from rateml.checks.pages import pages
            from rateml.diagnostics.as_sarif import render_sarif

            return render_sarif(diagnostics, sources, version("rateml"), pages())
        case Format.text:
            faults, hints = repairs
            text = render_text(diagnostics, sources, color=color)
            text += f"`rateml check --fix` repairs {faults} of them\n" if faults else ""
            return text + (f"`rateml check --fix --advice` follows {hints} pieces of advice\n" if hints else "")


def _severities(options: Sequence[str]) -> Severities:
    try:
        return dict(read_severity(option) for option in options)
    except BadSeverity as error:
        raise typer.BadParameter(str(error), param_hint="--severity") from error


def _is_fault(diagnostic: Diagnostic) -> bool:
    return diagnostic.severity <= Severity.WARNING


def _repairs(checked: Sequence[Checked], chosen: Severities) -> tuple[int, int]:
    """How many of the faults ``--fix`` would repair, and how many more diagnostics ``--advice``: tried, not counted."""
    faults = hints = 0
    for one in checked:
        faults += _count(one, chosen, advice=False)
        hints += _count(one, chosen, advice=True)
    return faults, hints


def _count(checked: Checked, chosen: Severities, *, advice: bool) -> int:
    """How many of a file's faults, or else of its other diagnostics, are gone after their fixes."""
    from rateml.diagnostics.apply import Applied, choose, repair

    file = checked.source.name
    found = [d for d in checked.diagnostics if advice or _is_fault(d)]
    told = [d for d in found if _is_fault(d) is not advice and any(not fix.guess for fix in d.fixes)]
    if not told or not choose(found, file):
        return 0
    wanted = {(d.code, d.message) for d in told}

    def done(applied: Sequence[Applied]) -> set[tuple[Code, str]]:
        return wanted & {(mark.diagnostic.code, mark.diagnostic.message) for mark in applied}

    check = _mendable(Path(file), chosen, advice=advice)
    repaired = repair(checked.source.text, file, check, found, lambda applied: done(applied) == wanted)
    mended = done(repaired.applied)
    return sum((d.code, d.message) in mended for d in told)


def _mendable(file: Path, chosen: Severities, *, advice: bool) -> Callable[[str], tuple[Diagnostic, ...]]:
    """What there is to repair in a text of the file; notes and hints only with ``advice``."""
    from rateml.checks import check_model
    from rateml.checks.settings import severities_near

    severities = {**severities_near(file), **chosen}

    def mendable(text: str) -> tuple[Diagnostic, ...]:
        found = check_model(text, str(file), severities).diagnostics
        return found if advice else tuple(d for d in found if _is_fault(d))

    return mendable


def _mended(file: Path, chosen: Severities, *, write: bool, advice: bool) -> Checked:
    """A file after its fixes, or as it would be after them; those of notes and hints only with ``advice``."""
    from rateml.checks import check_file, check_model
    from rateml.checks.settings import severities_near
    from rateml.cli.model_files import diff, read_text, write_text
    from rateml.diagnostics.apply import repair

    checked = check_file(file, chosen)
    old = read_text(file)
    severities = {**severities_near(file), **chosen}
    mendable = _mendable(file, chosen, advice=advice)
    if old is None or not any(d.fixes for d in mendable(old.text)):
        return checked
    repaired = repair(old.text, str(file), mendable)
    for mark in repaired.applied:
        say(f"{file}:{mark.line}: {'fixed' if write else 'would fix'} {mark.diagnostic.code.id}: {mark.fix.title}")
    for mark in repaired.refused:
        reason = "left alone, since the file would have more errors after it"
        warn(f"{file}:{mark.line}: {mark.diagnostic.code.id}: '{mark.fix.title}' {reason}")
    if not repaired.stable:
        warn(f"{file}: there are more fixes than one call applies: call rateml check --fix again")
    if repaired.text != old.text and write:
        write_text(old, repaired.text)
    elif repaired.text != old.text:
        sys.stdout.write(diff(old, repaired.text))
    return check_model(repaired.text, str(file), severities)
