"""``rateml replay``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rateml.cli.options import MonitorOption, OverwriteOption, QuietOption, TimeLimitOption


def replay(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="A store of `rateml sweep`.", show_default=False)],
    sel: Annotated[
        list[str] | None,
        typer.Option(
            "--sel",
            metavar="NAME=V,…",
            help="Which simulation: a value of every axis, and the trial, `G=0.5,trial=3`; of a table `point=17`.",
        ),
    ] = None,
    monitor: MonitorOption = None,
    connectome: Annotated[
        str | None,
        typer.Option(metavar="C", help="Where the connectome is now, if it was moved; its data must be the same."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT.zarr", help="Keep the results in this Zarr store.")
    ] = None,
    overwrite: OverwriteOption = False,
    time_limit: TimeLimitOption = None,
    plot: Annotated[Path | None, typer.Option(metavar="F.png", help="Draw the recorded time series.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replay although package versions or the processor differ.")
    ] = False,
    quiet: QuietOption = False,
) -> int:
    """Run one simulation of a sweep again, bit for bit, and record more of it.

    The model and every file of the options are read as the sweep kept them beside the store, whatever became of them
    since; a connectome that was changed is refused. Prints the mean and spread of every recorded variable.

    Example: `rateml replay out.zarr --sel G=0.5,trial=3 --monitor raw -o one.zarr`
    """
    from rateml import api
    from rateml.cli.execution import announce
    from rateml.cli.single import check_plot, simulate
    from rateml.errors import UserError

    if overwrite and output is None:
        raise UserError("--overwrite: say which store to write anew, -o OUT.zarr")
    if output is not None and output.absolute() == store.absolute():
        raise UserError(f"-o {output}: this is the store to replay from; choose another")
    if plot is not None:
        check_plot(plot, monitor)
    worker = api.engine_of(store)
    job = api.replay(
        store, _selected(sel or []), monitor or ("raw",), connectome=connectome, force=force, engine=worker
    )
    announce(job, True, quiet)
    return simulate(job, output, worker, overwrite=overwrite, time_limit=time_limit, plot=plot, quiet=quiet)


def _selected(texts: list[str]) -> dict[str, str]:
    """NAME → value of ``G=0.5,trial=3``; UserError for anything else."""
    from rateml.errors import UserError

    chosen: dict[str, str] = {}
    for text in texts:
        for part in text.split(","):
            name, equals, value = (piece.strip() for piece in part.partition("="))
            if not name or not equals or not value:
                raise UserError(f"--sel {text}: write it as --sel NAME=VALUE,NAME=VALUE")
            if name in chosen:
                raise UserError(f"--sel {text}: {name} stands twice")
            chosen[name] = value
    return chosen
