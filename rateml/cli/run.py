"""``rateml run``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rateml.cli.migrate import tell_migrated
from rateml.cli.options import (
    ConnectomeOption,
    DevicesOption,
    DriveOption,
    DtOption,
    DurationOption,
    EngineOption,
    HistoryOption,
    InitOption,
    ModelFile,
    MonitorOption,
    Noise,
    NoiseOption,
    OverwriteOption,
    Precision,
    PrecisionOption,
    QuietOption,
    RowsOption,
    SchemeOption,
    SeedOption,
    SetOption,
    TargetFcdOption,
    TargetFcOption,
    TimeLimitOption,
    TransientOption,
    VerboseOption,
)


def run(
    file: ModelFile,
    connectome: ConnectomeOption = None,
    connectome_rows: RowsOption = None,
    set: SetOption = None,
    init: InitOption = None,
    history: HistoryOption = None,
    drive: DriveOption = None,
    duration: DurationOption = "1 s",
    transient: TransientOption = "0 ms",
    dt: DtOption = None,
    scheme: SchemeOption = None,
    noise: NoiseOption = Noise.on,
    seed: SeedOption = 0,
    precision: PrecisionOption = Precision.float64,
    monitor: MonitorOption = None,
    target_fc: TargetFcOption = None,
    target_fcd: TargetFcdOption = None,
    point: Annotated[
        int, typer.Option(metavar="K", help="With the same --set, see the noise of point K, trial J of a sweep.")
    ] = 0,
    trial: Annotated[int, typer.Option(metavar="J", help="The trial J of --point.")] = 0,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT.zarr", help="Keep the results in this Zarr store.")
    ] = None,
    engine: EngineOption = "cpu",
    devices: DevicesOption = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the store at -o.")] = False,
    overwrite: OverwriteOption = False,
    time_limit: TimeLimitOption = None,
    plot: Annotated[Path | None, typer.Option(metavar="F.png", help="Draw the recorded time series.")] = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Run one simulation: a model on a network, at one set of parameters.

    Prints the mean and spread of every recorded variable. Keep the results with -o, draw them with --plot.

    Example: `rateml run montbrio.xml --connectome tvb:68,diag=0,scale=max --set G=0.4 --plot run.png`
    """
    from rateml import api
    from rateml.cli.execution import announce
    from rateml.cli.single import check_plot, simulate
    from rateml.errors import UserError
    from rateml.request.settings import RUN_MONITORS, Request

    if resume and output is None:
        raise UserError("--resume: say which store to go on with, -o OUT.zarr")
    if overwrite and output is None:
        raise UserError("--overwrite: say which store to write anew, -o OUT.zarr")
    if plot is not None:
        check_plot(plot, monitor)
    request = Request(
        set=set or (), init=init or (), history=history, drives=drive or (), duration=duration,
        transient=transient, dt=dt, scheme=scheme.value if scheme else None,
        monitors=monitor or RUN_MONITORS, noise=noise.value, seed=seed,
        precision=precision.value, point=point, trial=trial, target_fc=target_fc, target_fcd=target_fcd,
    )  # fmt: skip
    worker = api.make_engine(engine, devices=devices)
    job = api.prepare(
        file, connectome, request, sweep=False, rows=connectome_rows.value if connectome_rows else None,
        target=api.target_of(engine),
    )  # fmt: skip
    if not quiet:
        tell_migrated(file)
    announce(job, connectome is not None, quiet)
    return simulate(
        job, output, worker, resume=resume, overwrite=overwrite, time_limit=time_limit, plot=plot, quiet=quiet,
        verbose=verbose,
    )  # fmt: skip
