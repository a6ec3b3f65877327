"""``rateml connectome``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import console, say, warn
from rateml.cli.options import RowsOption


def connectome(
    source: Annotated[
        str,
        typer.Argument(metavar="C", help="As after --connectome: `tvb:68,diag=0`, `net.npz`.", show_default=False),
    ],
    regions: Annotated[
        bool, typer.Option("--regions", help="Print the regions' labels, one per line, in their order.")
    ] = False,
    speed: Annotated[
        str | None, typer.Option(metavar="Q", help="Tell the delays at this conduction speed, `'3 m_per_s'`.")
    ] = None,
    dt: Annotated[str, typer.Option(metavar="Q", help="The time step that delays are counted in.")] = "0.1 ms",
    connectome_rows: RowsOption = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE.npz", help="Write it as one file, with what was done to it."),
    ] = None,
) -> int:
    """Say what a connectome holds: nodes, edges, lengths, weights, as every run does; list its regions, or write it.

    The labels are those that `--set 'eta[LABEL]=-4'`, files of regional values and `--drive` name. The file of `-o` is
    what generated programs read, as that of `rateml build --target cuda`.

    Example: `rateml connectome tvb:68,diag=0,scale=max --regions`
    """
    from rateml.connectome import load_connectome, summarise, write_npz
    from rateml.errors import UserError
    from rateml.model.dimension import SPEED, UNITS
    from rateml.request.values import read_time, read_value

    network = load_connectome(source, rows=connectome_rows.value if connectome_rows else None)
    speeds = None if speed is None else [read_value(speed, SPEED, UNITS, "--speed")]
    step = read_time(dt, UNITS, "--dt")
    if speeds is not None and not (speeds[0] > 0 and step > 0):
        raise UserError("--speed and --dt must be above 0")
    tell = say if regions else (lambda line: console.print(line, markup=False))
    for name in network.tracts:
        summary = summarise(network, name, speeds, step)
        for line in summary.lines():
            tell(line)
        for message in summary.warnings:
            warn(message)
    if regions:
        for label in network.labels:
            console.print(label, markup=False)
    if output is not None:
        write_npz(network, output)
        tell(str(output))
    return exits.OK
