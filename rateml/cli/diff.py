"""``rateml diff``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import fail, say
from rateml.cli.migrate import tell_migrated
from rateml.diagnostics.render import render_text
from rateml.errors import ModelError, UserError
from rateml.text import SourceFile

if TYPE_CHECKING:
    from rateml.ir.compare import Difference, Side
    from rateml.model.nodes import Model

EQUAL, DIFFERENT, TROUBLE = exits.OK, exits.USER, exits.USAGE
"""As the exit codes of diff."""


class Format(StrEnum):
    text = "text"
    json = "json"


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD.xml", help="A RateML model file.", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW.xml", help="The file to compare with it.", show_default=False)],
    format: Annotated[Format, typer.Option(help="How to print: for people, or as a JSON list.")] = Format.text,
) -> int:
    """Say what two models differ in, as far as it changes what they compute.

    Compared are parameters (value, range, unit), derived parameters, constants, states with their derivatives and
    initial values, noise, derived variables, conditions, inputs, exposures, couplings, the scheme, the time step and
    the suggested sweep. Layout, comments, descriptions, the order of elements and the spelling of units and numbers do
    not count: `1 s` is `1000 ms`. The order of conditions counts where one changes what the other reads or assigns.
    The order of states and of random values in OnStart decides which random numbers they draw; it is not compared.
    Expressions are compared as they are written: `a + b` and `b + a` differ, since sums may round differently.

    Files of the 2022 dialect are migrated in memory, as elsewhere.

    Exit code 0 when the models are equal, 1 when they differ, 2 when a file cannot be compared or the usage is wrong.

    Example: `rateml diff montbrio.xml mymodel.xml`
    """
    from rateml.ir.compare import compare

    try:
        one, other = _read(old), _read(new)
    except ModelError as error:
        sys.stderr.write(render_text(error.diagnostics, error.sources, color=sys.stderr.isatty()))
        fail("models with errors cannot be compared")
        return TROUBLE
    except UserError as error:
        fail(str(error))
        return TROUBLE
    for file in dict.fromkeys((old, new)):
        tell_migrated(file)
    found = compare(one, other)
    if format is Format.json:
        objects = [_object(d, one.sources, other.sources) for d in found]
        sys.stdout.write(json.dumps(objects, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_text(found, one.sources, other.sources))
        if not found:
            say("the models are equal")
    return DIFFERENT if found else EQUAL


def _read(file: Path) -> Model:
    from rateml.checks import check_file

    checked = check_file(file)
    if checked.model is None or not checked.ok:
        raise ModelError(checked.diagnostics, checked.sources)
    return checked.model


def _text(found: Sequence[Difference], old: Mapping[str, SourceFile], new: Mapping[str, SourceFile]) -> str:
    lines = []
    for d in found:
        places = [_place(side, sources) for side, sources in ((d.old, old), (d.new, new)) if side is not None]
        subject = " ".join(part for part in (d.kind, d.name) if part)
        texts = [side.text for side in (d.old, d.new) if side is not None]
        told = f"{d.what} {' -> '.join(texts)}" if d.what else texts[0]
        lines.append(f"{d.change} {subject}{f': {told}' if told else ''}\n  {', '.join(places)}\n")
    return "".join(lines)


def _place(side: Side, sources: Mapping[str, SourceFile]) -> str:
    return f"{side.span.file}:{_line(side, sources)}"


def _line(side: Side, sources: Mapping[str, SourceFile]) -> int:
    return sources[side.span.file].position(side.span.start).line


def _object(d: Difference, old: Mapping[str, SourceFile], new: Mapping[str, SourceFile]) -> dict[str, object]:
    def end(side: Side | None, sources: Mapping[str, SourceFile]) -> dict[str, object] | None:
        if side is None:
            return None
        return {"file": side.span.file, "line": _line(side, sources), "text": side.text}

    whole = {"change": d.change, "kind": d.kind, "name": d.name, "what": d.what or None}
    return {**whole, "old": end(d.old, old), "new": end(d.new, new)}
