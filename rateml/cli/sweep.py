"""``rateml sweep``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from rateml.cli import exits
from rateml.cli.console import note, say
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
    ThreadsOption,
    TimeLimitOption,
    TransientOption,
    VerboseOption,
)

_AXES = "Axes (in this order)"
_AXIS_OPTIONS = {"--grid": "grid", "--log-grid": "log-grid", "--values": "values"}


def sweep(
    context: typer.Context,
    file: ModelFile,
    grid: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=LO:HI:N", rich_help_panel=_AXES, help="N evenly spaced values. Repeatable."),
    ] = None,
    log_grid: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=LO:HI:N", rich_help_panel=_AXES, help="N values of equal ratio. Repeatable."),
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=A,B,…", rich_help_panel=_AXES, help="These values. Repeatable."),
    ] = None,
    points: Annotated[
        Path | None,
        typer.Option(
            metavar="F.csv",
            rich_help_panel=_AXES,
            help="A table of points, one per line under a header such as `G,tau [ms],eta`. Excludes the axes above.",
        ),
    ] = None,
    sobol: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            rich_help_panel=_AXES,
            help="N points spread evenly over the ranges (Sobol, scrambled by the seed). Excludes the options above.",
        ),
    ] = None,
    range: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=LO:HI[:log]", rich_help_panel=_AXES, help="A range of --sobol, on a log scale. Repeatable."
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(metavar="K", rich_help_panel=_AXES, help="Repeat every point with K independent noises."),
    ] = None,
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
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="OUT.zarr", help="The results store; default: the model's name."),
    ] = None,
    engine: EngineOption = "cpu",
    devices: DevicesOption = None,
    threads: ThreadsOption = None,
    chunk: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="At most N simulations per stored chunk.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the store at -o, if there is one; only what is missing runs.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Resume although package versions or the processor differ.")
    ] = False,
    overwrite: OverwriteOption = False,
    time_limit: TimeLimitOption = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Print points, steps, bytes, files, memory and, measured for a second, time; store nothing.",
        ),
    ] = False,
    check_dt: Annotated[
        int | None,
        typer.Option(
            "--check-dt",
            min=1,
            metavar="K",
            rich_help_panel="Integration",
            help=(
                "After the sweep, run K of its points, drawn by the seed, again at half the time step and with "
                "another noise: says how much that changes each recorded statistic, and whether dt looks small enough."
            ),
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Fill more than 80 % of the free disk without asking.")] = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> int:
    """Run a model over combinations of parameter values: a grid of axes, a table of points, or a Sobol sequence.

    Axes replace the file's own rml:sweep as a whole. Any parameter can be swept, and `speed`, the conduction
    speed. Results go to a Zarr store that xarray opens, also while the sweep runs; a stopped sweep goes on with
    --resume and ends with the same bits.

    Example: `rateml sweep montbrio.xml --connectome tvb:68,diag=0,scale=max --grid G=0.3:0.6:16
    --grid eta=-5:-4:16 --duration 2s --transient 500ms -o montbrio.zarr`
    """
    from rateml import api
    from rateml.cli.check_dt import announce_check, follow_check, prepare_check
    from rateml.cli.execution import announce, follow, plan_only, show_plan
    from rateml.request.settings import Request

    worker = api.make_engine(engine, threads, devices)
    request = Request(
        axes=_in_order(context.obj, {"grid": grid or [], "log-grid": log_grid or [], "values": values or []}),
        points=points, sobol=sobol, ranges=range or (),
        set=set or (), init=init or (), history=history, drives=drive or (), duration=duration,
        transient=transient, dt=dt, scheme=scheme.value if scheme else None,
        monitors=monitor or ("stats",), noise=noise.value, seed=seed,
        trials=trials, precision=precision.value, target_fc=target_fc, target_fcd=target_fcd,
    )  # fmt: skip
    rows: Literal["target", "source"] | None = connectome_rows.value if connectome_rows else None
    job = api.prepare(file, connectome, request, rows=rows, chunk=chunk, target=api.target_of(engine))
    check = None if check_dt is None else prepare_check(job, check_dt, file, connectome, request, rows, engine)
    out = output or Path(f"{file.stem}.zarr")
    if not quiet:
        tell_migrated(file)
    announce(job, connectome is not None, quiet)
    if resume and not out.exists() and not quiet:
        note(f"there is no {out} to go on with: all of the sweep is to be done")
    if check is not None and (dry_run or not quiet):
        announce_check(check)
    if dry_run:
        plan_only(job, out, worker, 0 if check is None else check.steps)
        return exits.OK
    show_plan(job, out, worker, yes=yes, quiet=quiet)
    code = follow(
        job, out, worker, resume=resume, force=force, overwrite=overwrite, time_limit=time_limit, again=True,
        quiet=quiet, verbose=verbose,
    )  # fmt: skip
    if code == exits.OK and check is not None:
        code = follow_check(check, out, worker, time_limit=time_limit, quiet=quiet)
    if code == exits.OK and not quiet:
        say(f"results in {out}; draw them with: rateml plot {shlex.quote(str(out))} -o map.png")
    return code


def _in_order(command_line: Sequence[str], given: dict[str, list[str]]) -> list[tuple[str, str]]:
    """The axes in the order of the command line, which typer keeps per option only."""
    left = {kind: list(texts) for kind, texts in given.items()}
    ordered: list[tuple[str, str]] = []
    for word in command_line:
        kind = _AXIS_OPTIONS.get(word.partition("=")[0])
        if kind and left[kind]:
            ordered.append((kind, left[kind].pop(0)))
    return ordered + [(kind, text) for kind, texts in left.items() for text in texts]
