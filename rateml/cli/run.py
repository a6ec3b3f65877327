"""``rateml run``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import console, say
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
    point: Annotated[int, typer.Option(metavar="K", help="See the random numbers that point K of a sweep sees.")] = 0,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT.zarr", help="Keep the results in this Zarr store.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(metavar="F.png", help="Draw the recorded time series.")] = None,
    quiet: QuietOption = False,
) -> int:
    """Run one simulation: a model on a network, at one set of parameters.

    Prints the mean and spread of every recorded variable. Keep the results with -o, draw them with --plot.

    Example: `rateml run montbrio.xml --connectome tvb:68,diag=0,scale=max --set G=0.4 --plot run.png`
    """
    from rateml import api
    from rateml.cli.execution import announce, check_memory, follow
    from rateml.engines.cpu import CpuEngine
    from rateml.results import open_results
    from rateml.results import plot as draw
    from rateml.sweep.settings import Request

    request = Request(
        set=set or (), init=init or (), history=history, duration=duration, transient=transient, dt=dt,
        scheme=scheme.value if scheme else None, monitors=monitor or ("tavg:1ms",), noise=noise.value, seed=seed,
        precision=precision.value, point=point,
    )  # fmt: skip
    job = api.prepare(file, connectome, request, sweep=False, rows=connectome_rows.value if connectome_rows else None)
    announce(job, connectome is not None, quiet)
    with tempfile.TemporaryDirectory(prefix="rateml-run-") as scratch:
        out = output or Path(scratch) / "run.zarr"
        check_memory(api.plan(job, out, 1))
        code = follow(job, out, CpuEngine(1), again=False, quiet=quiet)
        if code != exits.OK:
            return code
        results = open_results(out)
        if not quiet:
            for line in _digest(results):
                console.print(line, markup=False)
        if plot is not None:
            draw(results, plot)
            say(f"drew {plot}")
        results.close()
    return exits.OK


def _digest(results: object) -> list[str]:
    """One line per recorded variable: its mean, and its range over time and regions."""
    import xarray

    assert isinstance(results, xarray.Dataset)
    lines = []
    for name, array in results.data_vars.items():
        if "region" not in array.dims:
            continue
        dim = next(str(d) for d in array.dims if str(d).startswith("variable"))
        for variable in array[dim].values:
            values = array.sel({dim: variable})
            low, mean, high = float(values.min()), float(values.mean()), float(values.max())
            unit = array.attrs.get("variable_units", {}).get(str(variable), "1")
            lines.append(
                f"{name} {variable}: {mean:.6g} ({low:.6g} … {high:.6g}) {'' if unit == '1' else unit}".rstrip()
            )
    return lines
