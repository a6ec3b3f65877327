"""``rateml fmt``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import fail, say
from rateml.cli.migrate import dialect_of_file
from rateml.diagnostics.render import render_text
from rateml.text import SourceFile


def fmt(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="RateML model files.", show_default=False)],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 and the names of the files that would change.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; print what would change.")] = False,
) -> int:
    """Write model files in canonical order and layout.

    Elements and attributes go to their places in LEMS's order, four spaces indent each level, one element
    stands on a line unless you broke it. Comments, blank lines between groups, your line breaks between
    attributes and the text of every value stay. A file that is not well-formed XML is left alone.

    Example: `rateml fmt mymodel.xml`, and `rateml fmt --check *.xml` in continuous integration
    """
    codes = [_format(file, write=not (check or diff), show=diff) for file in files]
    return exits.USER if None in codes or (check and True in codes) else exits.OK


def _format(file: Path, *, write: bool, show: bool) -> bool | None:
    """Whether the file changes; None when it cannot be formatted."""
    from rateml.cli.model_files import diff, read_text, write_text
    from rateml.fmt import format_text

    old = read_text(file)
    if old is None:
        fail(f"{file} is not UTF-8 text; `rateml check` says where. The file is as it was")
        return None
    dialect = dialect_of_file(file)
    if dialect is not None:
        fail(f"{file} is {dialect.phrase}: `rateml migrate` writes it as RateML 1. The file is as it was")
        return None
    formatted = format_text(old.text, str(file))
    if formatted.diagnostics:
        sources = {str(file): SourceFile(str(file), old.text)}
        sys.stderr.write(render_text(formatted.diagnostics[:20], sources, color=sys.stderr.isatty()))
        fail(f"{file} is not well-formed XML. The file is as it was")
        return None
    if formatted.text == old.text:
        return False
    if show:
        sys.stdout.write(diff(old, formatted.text))
    elif write:
        write_text(old, formatted.text)
        say(f"formatted {file}")
    else:
        say(f"would format {file}")
    return True
