"""``rateml plot``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import say


class Kind(StrEnum):
    map = "map"
    traces = "traces"
    matrix = "matrix"


def plot(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="A results store.", show_default=False)],
    array: Annotated[str | None, typer.Option(metavar="A", help="Which array, e.g. stats_mean, tavg.")] = None,
    var: Annotated[str | None, typer.Option(metavar="V", help="Which recorded variable; default: the first.")] = None,
    sel: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=V", help="Pick a value: `G=0.4`, `trial=3`, `region=r_frontalpole`. Repeatable."),
    ] = None,
    kind: Annotated[Kind | None, typer.Option(help="What to draw; default: what fits the array.")] = None,
    x: Annotated[str | None, typer.Option("-x", metavar="NAME", help="Parameter along x.")] = None,
    y: Annotated[str | None, typer.Option("-y", metavar="NAME", help="Parameter along y.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="F.png", help="File to draw; PNG, SVG or PDF.")
    ] = None,
) -> int:
    """Draw results: a heat map of a statistic over two swept parameters, time series, or a matrix.

    Works on a store that is still being filled.

    Example: `rateml plot montbrio.zarr --array stats_mean --var r -x G -y eta -o map.png`
    """
    from rateml.errors import UserError
    from rateml.results import plot as draw

    chosen = dict(item.partition("=")[::2] for item in sel or ())
    if any(not value for value in chosen.values()):
        raise UserError("--sel: write it as --sel NAME=VALUE")
    out = output or store.with_suffix(".png")
    draw(store, out, kind=kind.value if kind else None, array=array, variable=var, select=chosen, x=x, y=y)
    say(f"drew {out}")
    return exits.OK
