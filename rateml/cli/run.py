"""``rateml run``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import console, say, warn
from rateml.cli.options import (
    ConnectomeOption,
    DtOption,
    DurationOption,
    HistoryOption,
    InitOption,
    ModelFile,
    MonitorOption,
    Noise,
    NoiseOption,
    Precision,
    PrecisionOption,
    QuietOption,
    RowsOption,
    SchemeOption,
    SeedOption,
    SetOption,
    TransientOption,
)


def run(
    file: ModelFile,
    connectome: ConnectomeOption = None,
    connectome_rows: RowsOption = None,
    set: SetOption = None,
    init: InitOption = None,
    history: HistoryOption = None,
    duration: DurationOption = "1 s",
    transient: TransientOption = "0 ms",
    dt: DtOption = None,
    scheme: SchemeOption = None,
    noise: NoiseOption = Noise.on,
    seed: SeedOption = 0,
    precision: PrecisionOption = Precision.float64,
    monitor: MonitorOption = None,
    point: Annotated[
        int, typer.Option(metavar="K", help="With the same --set, see the noise of point K, trial J of a sweep.")
    ] = 0,
    trial: Annotated[int, typer.Option(metavar="J", help="The trial J of --point.")] = 0,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT.zarr", help="Keep the results in this Zarr store.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the store at -o.")] = False,
    plot: Annotated[Path | None, typer.Option(metavar="F.png", help="Draw the recorded time series.")] = None,
    quiet: QuietOption = False,
) -> int:
    """Run one simulation: a model on a network, at one set of parameters.

    Prints the mean and spread of every recorded variable. Keep the results with -o, draw them with --plot.

    Example: `rateml run montbrio.xml --connectome tvb:68,diag=0,scale=max --set G=0.4 --plot run.png`
    """
    from rateml import api
    from rateml.cli.execution import announce, check_memory, diverged_advice, follow
    from rateml.engines.cpu import CpuEngine
    from rateml.errors import UserError
    from rateml.results import open_results
    from rateml.results import plot as draw
    from rateml.sweep.settings import Request

    if resume and output is None:
        raise UserError("--resume: say which store to go on with, -o OUT.zarr")
    if plot is not None:
        _check_plot(plot, monitor)
    request = Request(
        set=set or (), init=init or (), history=history, duration=duration, transient=transient, dt=dt,
        scheme=scheme.value if scheme else None, monitors=monitor or ("tavg:1ms",), noise=noise.value, seed=seed,
        precision=precision.value, point=point, trial=trial,
    )  # fmt: skip
    job = api.prepare(file, connectome, request, sweep=False, rows=connectome_rows.value if connectome_rows else None)
    announce(job, connectome is not None, quiet)
    with tempfile.TemporaryDirectory(prefix="rateml-run-") as scratch:
        out = output or Path(scratch) / "run.zarr"
        check_memory(api.plan(job, out, 1))
        code = follow(job, out, CpuEngine(1), resume=resume, again=output is not None, quiet=quiet)
        if code != exits.OK:
            return code
        results = open_results(out)
        at = int(results["diverged_at"])
        if at >= 0:
            warn(f"diverged at step {at} (t = {at * job.settings.dt:g} ms); {diverged_advice(job.settings)}")
        elif not quiet:
            for line in _digest(results):
                console.print(line, markup=False)
        if plot is not None:
            draw(results, plot)
            say(f"drew {plot}")
        results.close()
    return exits.OK if at < 0 else exits.USER


def _check_plot(plot: Path, monitors: list[str] | None) -> None:
    """UserError when the drawing would fail after the simulation."""
    from rateml.errors import UserError
    from rateml.results.plot import FORMATS

    if plot.suffix.lower() not in FORMATS:
        raise UserError(f"--plot {plot}: its name must end in one of {', '.join(FORMATS)}")
    if not plot.absolute().parent.is_dir():
        raise UserError(f"--plot {plot}: there is no folder {plot.parent}")
    if monitors and all(text.partition(":")[0].strip() == "stats" for text in monitors):
        raise UserError("--plot draws time series, and none is recorded: add --monitor tavg:1ms")


def _digest(results: object) -> list[str]:
    """One line per recorded variable: its mean, and its range over time and regions."""
    import xarray

    from rateml.results.circular import around, mean, period_of
    from rateml.results.layout import own_dimension

    assert isinstance(results, xarray.Dataset)
    lines = []
    for name, array in results.data_vars.items():
        if "region" not in array.dims:
            continue
        dim = own_dimension(array.dims, "variable")
        assert dim is not None
        for variable in array[dim].values:
            values = array.sel({dim: variable})
            period = period_of(array.attrs, str(variable))  # an angle's range lies around its mean
            middle = mean(values, [str(d) for d in values.dims], period)
            near = around(values, middle, period)
            unit = array.attrs.get("variable_units", {}).get(str(variable), "1")
            lines.append(
                f"{name} {variable}: {float(middle):.6g} ({float(near.min()):.6g} … {float(near.max()):.6g}) "
                f"{'' if unit == '1' else unit}".rstrip()
            )
    return lines
