"""``rateml top``."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import console, note

if TYPE_CHECKING:
    from rateml.results.ranking import Ranking


class Order(StrEnum):
    highest = "highest"
    lowest = "lowest"


class Format(StrEnum):
    text = "text"
    json = "json"


def top(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="A results store.", show_default=False)],
    by: Annotated[
        str, typer.Option("--by", metavar="A", help="The array to rank by, e.g. fit_fc, fit_fcd, stats_mean.")
    ] = "fit_fc",
    k: Annotated[int, typer.Option("-k", min=1, metavar="N", help="How many points.")] = 20,
    var: Annotated[str | None, typer.Option(metavar="V", help="Which recorded variable; default: the first.")] = None,
    sel: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=V", help="Pick a value: `trial=3`, `region=r_frontalpole`. Repeatable."),
    ] = None,
    order: Annotated[
        Order | None, typer.Option(help="Which values are best; default: lowest for distances, else highest.")
    ] = None,
    format: Annotated[Format, typer.Option(help="A table for people, or JSON.")] = Format.text,
) -> int:
    """List the best points of a sweep.

    Trials and regions are averaged unless --sel picks one. Works on a store that is still being filled.

    Example: `rateml top montbrio.zarr -k 20 --by fit_fc`
    """
    from rateml.errors import UserError
    from rateml.results import open_results
    from rateml.results.ranking import rank

    chosen = dict(item.partition("=")[::2] for item in sel or ())
    if any(not value for value in chosen.values()):
        raise UserError("--sel: write it as --sel NAME=VALUE")
    with open_results(store) as dataset:
        ranking = rank(dataset, by, k, variable=var, select=chosen, order=order.value if order else None)
    if format is Format.json:
        console.print(json.dumps(_plain(ranking), allow_nan=False, indent=2), markup=False)
        return exits.OK
    for line in _table(ranking):
        console.print(line, markup=False)
    mean = f", mean over {', '.join(ranking.averaged)}" if ranking.averaged else ""
    note(f"{ranking.label}{mean}; {ranking.order} first; {len(ranking.best)} of {ranking.points} points")
    if ranking.missing:
        note(f"{ranking.missing} more points have no value: not run, diverged or undefined")
    return exits.OK


def _table(ranking: Ranking) -> list[str]:
    """Aligned columns: rank, parameters with their units, value, simulations."""
    names = list(ranking.best[0].parameters)
    units = {n: f" [{ranking.units[n]}]" if n in ranking.units else "" for n in names}
    rows = [["", *(f"{n}{units[n]}" for n in names), ranking.by, "simulations"]]
    for place, point in enumerate(ranking.best, 1):
        shown = (f"{point.parameters[n]:.6g}" for n in names)
        rows.append([str(place), *shown, f"{point.value:.6g}", str(point.simulations)])
    widths = [max(len(row[c]) for row in rows) for c in range(len(rows[0]))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def _plain(ranking: Ranking) -> dict[str, object]:
    """The ranking for programs; parameters are in base units, infinite ones (a speed) are ``"inf"``."""
    return {
        "by": ranking.by,
        "label": ranking.label,
        "order": ranking.order,
        "averaged": list(ranking.averaged),
        "units": dict(ranking.units),
        "points": ranking.points,
        "missing": ranking.missing,
        "best": [
            {
                "parameters": {n: _number(v) for n, v in point.parameters.items()},
                "value": _number(point.value),
                "simulations": point.simulations,
            }
            for point in ranking.best
        ],
    }


def _number(value: float) -> float | str:
    return value if abs(value) < float("inf") else str(value)
