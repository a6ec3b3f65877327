"""``rateml migrate``, and what other commands say of a file that they migrate in memory."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import count, fail, note, say
from rateml.diagnostics import Code, Severity

if TYPE_CHECKING:
    from rateml.syntax.tree import Document


def migrate(
    file: Annotated[Path, typer.Argument(metavar="OLD.xml", help="A file of the 2022 dialect.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="NEW.xml", help="Where to; without it, or with `-`, standard output."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace NEW.xml if there is one.")] = False,
) -> int:
    """Write a model of the RateML dialect of 2022 (`tvb.contrib.rateML`) as RateML 1.

    Comments stay with what they stand before. What was repaired, left out, or can be read in two ways is told with
    its place in the old file. A file with an error is not written: the message says what to change in the old one.

    The other commands take old files as they are: `check`, `build`, `run` and `sweep` migrate them in memory.
    Units are not guessed: every quantity of the new file is dimensionless, divided by 1 ms where it is a rate.

    Exit code 1 when nothing was written.

    Example: `rateml migrate old/montbrio.xml -o montbrio.xml`, then `rateml check montbrio.xml`
    """
    from rateml.checks import check_file
    from rateml.diagnostics.render import render_text
    from rateml.errors import UserError
    from rateml.fmt import format_text
    from rateml.legacy import migrate

    out = None if output is None or str(output) == "-" else output
    if out is not None and out.exists() and not force:
        raise UserError(f"{out} exists: choose another file with -o, or add --force to replace it")
    checked = check_file(file)
    document = _old_document(file)
    malformed = any(d.code.id < "RML100" for d in checked.diagnostics)
    if document is None and not malformed:
        raise UserError(f"{file} is not in the 2022 dialect: it has no ComponentType 'derivatives', or is RateML 1")
    told = [d for d in checked.diagnostics if d.code is not Code.OLD_DIALECT]
    sys.stderr.write(render_text(told, checked.sources, color=sys.stderr.isatty()))
    if document is None or not checked.ok:
        fail(f"{file} was not migrated")
        return exits.USER
    text = format_text(migrate(document).text).text
    if out is None:
        sys.stdout.write(text)
    else:
        try:
            out.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise UserError(f"cannot write {out}: {error.strerror}; choose another file with -o") from error
        say(f"wrote {out}")
    return exits.OK


def is_old_file(file: Path) -> bool:
    """Whether a file can be read and is in the 2022 dialect."""
    return _old_document(file) is not None


def tell_migrated(file: Path) -> None:
    """Say that a command has read an old file as RateML 1, and how much there is to be told of that."""
    from rateml.legacy import migrate

    document = _old_document(file)
    if document is None:
        return
    told = migrate(document).diagnostics
    warnings = sum(d.severity is Severity.WARNING for d in told)
    found = f"{count(warnings, 'warning')} and {count(len(told) - warnings, 'note')}, which `rateml check` shows"
    note(f"{file} is in the RateML dialect of 2022 (RML801): it was migrated in memory, with {found}")


def _old_document(file: Path) -> Document | None:
    from rateml.cli.model_files import read_text
    from rateml.legacy import is_old
    from rateml.syntax.xml import scan
    from rateml.text import SourceFile

    read = read_text(file)
    if read is None or "derivatives" not in read.text:
        return None
    document = scan(SourceFile(str(file), read.text))
    return document if is_old(document) else None
