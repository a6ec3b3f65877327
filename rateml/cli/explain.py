"""``rateml explain``."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from typing import Annotated

import typer

from rateml.cli import exits
from rateml.errors import UserError


def explain(
    code: Annotated[str | None, typer.Argument(help="A code such as RML201.", show_default=False)] = None,
) -> int:
    """Say what a diagnostic means, why it matters and how to put it right; without a code, list them all.

    Example: `rateml explain RML201`
    """
    if code is not None:
        return explain_code(code)
    from rateml.checks.pages import pages

    for page in pages().values():
        sys.stdout.write(f"{page.code}  {_title(page.title)}\n")
    return exits.OK


def explain_code(text: str) -> int:
    """Print the page of a code; UserError when there is none."""
    from rateml.checks.pages import pages
    from rateml.diagnostics.severities import nearest_code

    found = pages()
    id = text.strip().upper()
    if id not in found:
        near = nearest_code(text)
        hint = f"did you mean '{near}'?" if near else "`rateml explain` lists them all"
        raise UserError(f"there is no diagnostic '{text}'; {hint}")
    page = found[id]
    width = min(100, shutil.get_terminal_size().columns)
    bold, plain = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() else ("", "")
    parts = [f"{bold}{page.code}: {_title(page.title)}{plain}", *_paragraphs(page.body, width)]
    if page.example:
        parts += [f"{bold}Example{plain}", textwrap.indent(_code(page.example), "    ")]
    if page.fix:
        parts += [f"{bold}Fix{plain}", *_paragraphs(page.fix, width, "    ")]
    sys.stdout.write("\n\n".join(parts) + "\n")
    return exits.OK


def _paragraphs(text: str, width: int, indent: str = "") -> Iterator[str]:
    """Prose to the width of the terminal; what is indented or fenced stays as it is."""
    for block in re.split(r"\n\s*\n(?=\S|[ \t]+\S)", text.strip("\n")):
        if block.startswith((" ", "\t", "```", "- ", "* ", "|")):
            yield textwrap.indent(_code(block), indent or "    ")
        else:
            yield textwrap.fill(
                _plain(block), width, initial_indent=indent, subsequent_indent=indent, break_long_words=False
            )


def _code(text: str) -> str:
    """A block without the fence around it."""
    lines = [line for line in text.strip("\n").splitlines() if not line.strip().startswith("```")]
    return textwrap.dedent("\n".join(lines)) if lines[1:] or not lines else _plain(lines[0].strip())


def _title(text: str) -> str:
    return _plain(text).removesuffix(".")


def _plain(text: str) -> str:
    """Prose without the marks around code."""
    return re.sub(r"``?(.+?)``?", r"\1", text)
