"""``rateml migrate``, and what other commands say of a file that they migrate in memory."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import count, fail, note, say
from rateml.diagnostics import Severity

if TYPE_CHECKING:
    from rateml.legacy import Dialect


def migrate(
    file: Annotated[
        Path, typer.Argument(metavar="OLD.xml", help="A file of the 2022 dialect, or of LEMS.", show_default=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="NEW.xml", help="Where to; without it, or with `-`, standard output."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace NEW.xml if there is one.")] = False,
    component: Annotated[
        str,
        typer.Option(metavar="ID", help="The Component that is the model, of a LEMS file with several."),
    ] = "",
) -> int:
    """Write a model of the RateML dialect of 2022 (`tvb.contrib.rateML`), or of plain LEMS, as RateML 1.

    Comments stay with what they stand before. What was repaired, left out, or can be read in two ways is told with
    its place in the old file. A file with an error is not written: the message says what to change in the old one.

    The other commands take old files as they are: `check`, `build`, `run` and `sweep` migrate them in memory.
    Units of 2022 files are not guessed: every quantity of the new file is dimensionless, divided by 1 ms where it is
    a rate. Of LEMS, a ComponentType with Dynamics and its Component are taken, units and all; local Includes are read,
    core files of LEMS and NeuroML are known, and nothing is fetched. Events, regimes and networks are errors.

    Exit code 1 when nothing was written.

    Example: `rateml migrate old/montbrio.xml -o montbrio.xml`, then `rateml check montbrio.xml`
    """
    from rateml.checks import check_file
    from rateml.diagnostics.render import render_text
    from rateml.errors import UserError
    from rateml.fmt import format_text

    out = None if output is None or str(output) == "-" else output
    if out is not None and out.exists() and not force:
        raise UserError(f"{out} exists: choose another file with -o, or add --force to replace it")
    checked = check_file(file, component=component)
    malformed = any(d.code.id < "RML100" for d in checked.diagnostics)
    if checked.dialect is None and not malformed:
        raise UserError(f"{file} is not in the 2022 dialect (it has no ComponentType 'derivatives'), nor plain LEMS")
    told = [d for d in checked.diagnostics if checked.dialect is None or d.code is not checked.dialect.code]
    sys.stderr.write(render_text(told, checked.sources, color=sys.stderr.isatty()))
    if not checked.written or not checked.ok:
        fail(f"{file} was not migrated")
        return exits.USER
    text = format_text(checked.written).text
    if out is None:
        sys.stdout.write(text)
    else:
        try:
            out.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise UserError(f"cannot write {out}: {error.strerror}; choose another file with -o") from error
        say(f"wrote {out}")
    return exits.OK


def dialect_of_file(file: Path) -> Dialect | None:
    """The dialect of a file that is not RateML 1 and could be migrated; None for any other."""
    from rateml.cli.model_files import read_text
    from rateml.legacy import dialect_of
    from rateml.syntax.xml import scan
    from rateml.text import SourceFile

    read = read_text(file)
    return None if read is None else dialect_of(scan(SourceFile(str(file), read.text)))


def tell_migrated(file: Path) -> None:
    """Say that a command has read a file of another dialect as RateML 1, and how much there is to be told of that."""
    from rateml.checks import check_file

    dialect = dialect_of_file(file)
    if dialect is None:
        return
    told = [d for d in check_file(file).diagnostics if d.code is not dialect.code]
    warnings = sum(d.severity is Severity.WARNING for d in told)
    notes = sum(d.severity is Severity.INFORMATION for d in told)
    found = f"{count(warnings, 'warning')} and {count(notes, 'note')}, which `rateml check` shows"
    note(f"{file} is {dialect.phrase} ({dialect.code.id}): it was migrated in memory, with {found}")
