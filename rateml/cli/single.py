"""One simulation from start to end: what ``run`` and ``replay`` do once they have a job."""

from __future__ import annotations

from pathlib import Path

import xarray

from rateml import api
from rateml.cli import exits
from rateml.cli.console import console, say, warn
from rateml.cli.diverged import told_divergence
from rateml.cli.execution import follow
from rateml.cli.stopping import scratch_folder
from rateml.engines.cpu import CpuEngine
from rateml.engines.job import Job
from rateml.errors import UserError
from rateml.results import open_results
from rateml.results import plot as draw
from rateml.results.circular import around, mean, period_of
from rateml.results.layout import PAIR, own_dimension
from rateml.results.plot import FORMATS


def simulate(
    job: Job,
    output: Path | None,
    engine: CpuEngine,
    *,
    resume: bool = False,
    overwrite: bool = False,
    time_limit: str | None = None,
    plot: Path | None = None,
    quiet: bool,
    verbose: bool = False,
) -> int:
    """Run the one simulation of a job, tell its figures, draw it; the exit code. Without ``output`` nothing is kept."""
    with scratch_folder() as scratch:
        out = output or scratch / "run.zarr"
        api.refuse_memory(api.plan(job, out, engine))
        code = follow(
            job, out, engine, resume=resume, overwrite=overwrite, time_limit=time_limit,
            again=output is not None, quiet=quiet,
            verbose=verbose,
        )  # fmt: skip
        if code != exits.OK:
            return code
        results = open_results(out)
        diverged = told_divergence(job, out)
        if diverged is not None:
            warn(diverged)
        elif not quiet:
            for line in figures(results):
                console.print(line, markup=False)
        if plot is not None:
            draw(results, plot)
            say(f"drew {plot}")
        results.close()
    return exits.OK if diverged is None else exits.USER


def check_plot(plot: Path, monitors: list[str] | None) -> None:
    """UserError when the drawing would fail after the simulation."""
    if plot.suffix.lower() not in FORMATS:
        raise UserError(f"--plot {plot}: its name must end in one of {', '.join(FORMATS)}")
    if not plot.absolute().parent.is_dir():
        raise UserError(f"--plot {plot}: there is no folder {plot.parent}")
    if monitors and not any(_can_be_drawn(text) for text in monitors):
        raise UserError("--plot draws time series and matrices, and none is recorded: add --monitor tavg:1ms")


def _can_be_drawn(monitor: str) -> bool:
    kind = monitor.partition(":")[0].strip()
    return kind != "stats" and (kind != "fcd" or monitor.endswith(":full"))


def figures(results: xarray.Dataset) -> list[str]:
    """One line per recorded variable: its mean, and its range over time and regions or pairs of regions."""
    lines = []
    for name, array in results.data_vars.items():
        dim = own_dimension(array.dims, "variable")
        if dim is None and str(name).startswith("fit_"):
            lines.append(f"{name}: {float(array):.6g}")
        if dim is None or not {"region", PAIR} & set(array.dims):
            continue
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
