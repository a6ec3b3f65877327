"""A sweep from Python: the results in memory, or in a store that can be resumed."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import xarray
from numpy.typing import ArrayLike

from rateml.api.asked import read_keywords
from rateml.api.axes import Ranges, Spaced, Values, axis_texts, range_texts
from rateml.api.execution import execute
from rateml.api.in_memory import refuse_too_large, run_in_memory
from rateml.api.pipeline import DEFAULT_CONNECTOME, prepare
from rateml.api.planning import plan, refuse, refuse_memory
from rateml.api.telling import Progress, reporter, tell
from rateml.api.values import Assignments, Drives, Folder, Points, Quantity, network_of, points_file, whole_if_given
from rateml.engines.choose import make_engine, target_of
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import Finished, Metrics
from rateml.engines.features import machine_memory
from rateml.engines.job import Job
from rateml.errors import StoreError, UsageError
from rateml.ir.program import Precision
from rateml.model.nodes import Scheme
from rateml.request.settings import Noise
from rateml.results import open_results


def sweep(
    model: str | os.PathLike[str],
    connectome: str | os.PathLike[str] | None = None,
    *,
    grid: Spaced | None = None,
    log_grid: Spaced | None = None,
    values: Values | None = None,
    points: Points | None = None,
    sobol: int | None = None,
    ranges: Ranges | None = None,
    trials: int | None = None,
    monitors: str | Sequence[str] = ("stats",),
    set: Assignments | None = None,
    init: Assignments | None = None,
    history: str | Path | Mapping[str, ArrayLike] | None = None,
    drives: Drives | None = None,
    duration: Quantity = "1 s",
    transient: Quantity = "0 ms",
    dt: Quantity | None = None,
    scheme: Scheme | None = None,
    noise: Noise = "on",
    seed: int = 0,
    precision: Precision = "float64",
    target_fc: str | Path | ArrayLike | None = None,
    target_fcd: str | Path | ArrayLike | None = None,
    connectome_rows: Literal["target", "source"] | None = None,
    threads: int | None = None,
    engine: str = "cpu",
    devices: str | Sequence[int] | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    force: bool = False,
    overwrite: bool = False,
    chunk: int | None = None,
    yes: bool = False,
    progress: Progress = False,
) -> xarray.Dataset:
    """Simulate a model at every point of a grid, of a table or of a Sobol sequence, as ``rateml sweep`` does.

    Without any of them the points are those of the file's ``rml:sweep``. The first dimensions of the dataset are the
    axes of the grid (those of ``grid``, then ``log_grid``, then ``values``, each in its order) or ``point``, and
    ``trial``.

    Args:
        model, connectome, monitors, set, init, history, drives, duration, transient, dt, scheme, noise, seed, trials,
            precision, target_fc, target_fcd, connectome_rows, threads, engine, devices: as for Simulator.
        grid, log_grid: ``{"G": (0, 2, 64)}``, lowest, highest, how many; evenly spaced, or by equal ratios.
        values: ``{"eta": [-5.0, -4.6]}``.
        points: a table: a CSV file, a data frame or a mapping, with a column per parameter, ``"G"`` or ``"tau [ms]"``.
        sobol: number of points spread evenly over the ``ranges`` (scrambled by the seed).
        ranges: ``{"eta": (-5, -4), "tau": ("5 ms", "20 ms", "log")}``.
        out: the Zarr store to write; without it the results are in memory only.
        resume: go on with the store at ``out``; ``force`` does so although package versions or the processor differ.
        overwrite: remove an older store at ``out`` first.
        chunk: at most so many simulations per stored chunk.
        yes: fill more than 80 % of the free disk, or run what this machine may have too little memory for.
        progress: True draws a line on standard error, a function is called with each Metrics.

    Returns the dataset: loaded, or of ``out`` opened lazily. Raises ModelError for a faulty file, UserError for what
    cannot be done (StoreError where it is the store), UsageError for keywords that exclude each other. Warns
    (UserWarning) of likely mistakes and of simulations that diverged. After an interruption (Ctrl-C) what was
    finished is kept in ``out``, and ``resume`` goes on to the same bits.
    """
    if out is None and (resume or force or overwrite or chunk is not None):
        raise UsageError("resume, force, overwrite and chunk are about a store: say where it is, out=PATH")
    if resume and overwrite:
        raise UsageError("resume and overwrite exclude each other: go on with the store, or start it again")
    worker = make_engine(engine, whole_if_given(threads, "threads"), devices)
    with TemporaryDirectory(prefix="rateml-") as path:
        folder = Folder(Path(path))
        with folder.unnamed():
            request = read_keywords(
                folder, monitors=monitors, set=set, init=init, history=history, drives=drives, duration=duration,
                transient=transient, dt=dt, scheme=scheme, noise=noise, seed=seed, trials=trials, precision=precision,
                target_fc=target_fc, target_fcd=target_fcd,
            )  # fmt: skip
            request = replace(
                request,
                axes=axis_texts(grid, log_grid, values),
                points=points_file(points, folder),
                sobol=whole_if_given(sobol, "sobol"),
                ranges=range_texts(ranges),
            )
            network = network_of(connectome)
            job = prepare(Path(model), network, request, rows=connectome_rows, chunk=chunk, target=target_of(engine))
        if connectome is None:
            warnings.warn(f"no connectome given: using {DEFAULT_CONNECTOME}, a made-up network", stacklevel=2)
        tell(job, stacklevel=2)
        report = reporter(progress)
        if out is None:
            if not yes:
                refuse_memory(plan(job, Path.cwd(), worker))
                refuse_too_large(job, machine_memory(), "write them to a store with out=PATH")
            dataset, finished = run_in_memory(job, worker, report)
        else:
            if not yes:
                refuse(plan(job, Path(out), worker))
            finished = _into_store(job, Path(out), worker, report, resume=resume, force=force, overwrite=overwrite)
            dataset = open_results(Path(out))
    if finished.diverged:
        warnings.warn(
            f"{finished.diverged} of {finished.simulations} simulations diverged: their status is 1, their statistics "
            "NaN; diverged_at says when",
            stacklevel=2,
        )
    return dataset


def _into_store(
    job: Job, out: Path, engine: CpuEngine, report: Callable[[Metrics], None], *, resume: bool, force: bool,
    overwrite: bool,
) -> Finished:  # fmt: skip
    """Run what the store lacks. Raises StoreError when somebody asked the run to stop."""
    finished: Finished | None = None
    with closing(execute(job, out, engine, resume=resume, force=force, overwrite=overwrite)) as events:
        for event in events:
            match event:
                case Metrics():
                    report(event)
                case Finished():
                    finished = event
    if finished is None or finished.stopped:
        raise StoreError(f"stopped as asked; what is done is kept in {out}, go on with resume=True")
    return finished
