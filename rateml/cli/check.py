"""``rateml check``."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rateml.cli import exits
from rateml.diagnostics.render import render_json, render_text


class Format(StrEnum):
    text = "text"
    json = "json"


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="RateML model files.", show_default=False)],
    format: Annotated[Format, typer.Option(help="How to print: for people, or as JSON for programs.")] = Format.text,
) -> int:
    """Say what is wrong with model files: where, why, and how to put it right.

    Checks the XML, the schema, every name, equation and dimension. Nothing is run. Exit code 1 when there is
    an error, 0 when there are at most warnings.

    Example: `rateml check mymodel.xml`
    """
    from rateml.checks import check_file

    checked = [check_file(file) for file in files]
    diagnostics = [d for c in checked for d in c.diagnostics]
    sources = {c.source.name: c.source for c in checked}
    if format is Format.json:
        sys.stdout.write(render_json(diagnostics, sources) + "\n")
    elif diagnostics:
        sys.stdout.write(render_text(diagnostics, sources, color=sys.stdout.isatty()))
    else:
        names = ", ".join(str(file) for file in files)
        sys.stdout.write(f"{names}: no faults found\n")
    return exits.OK if all(c.ok for c in checked) else exits.USER
