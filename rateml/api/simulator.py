"""A model over a network, compiled once and called with parameter values: what optimisers and samplers call."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, TypeAlias

import numpy as np
import pandas
import xarray
from numpy.typing import ArrayLike, NDArray

from rateml.api.asked import read_keywords
from rateml.api.in_memory import refuse_too_large, run_in_memory
from rateml.api.pipeline import DEFAULT_CONNECTOME, prepare
from rateml.api.telling import Progress, reporter, tell
from rateml.api.values import Assignments, Drives, Folder, Quantity, network_of, texts, whole, whole_if_given
from rateml.engines.choose import make_engine, target_of
from rateml.engines.cpu import CpuEngine
from rateml.engines.features import machine_memory
from rateml.engines.job import Job
from rateml.errors import UsageError, UserError
from rateml.ir.program import Precision
from rateml.model.nodes import Scheme
from rateml.request.axes import Axis
from rateml.request.given import find_swept, given_axes
from rateml.request.ranges import outside
from rateml.request.settings import MAX_SIMULATIONS, Noise, Request, check_counts
from rateml.request.targets import Target

Theta: TypeAlias = "ArrayLike | pandas.DataFrame | Mapping[str, ArrayLike]"


@dataclass(frozen=True)
class Worker:
    """What makes a Simulator's engine: here, and where its pickle is read."""

    engine: str
    threads: int | None
    devices: str | Sequence[int] | None

    def make(self) -> CpuEngine:
        return make_engine(self.engine, whole_if_given(self.threads, "threads"), self.devices)


class Simulator:
    """A model over a connectome whose parameters ``sweep`` come with every call.

    Everything else is fixed when it is made: the file is checked, the code compiled, the network laid out. A call
    ``sim(theta)`` only simulates. Its numbers are those of ``rateml sweep --points`` with the same options, to the bit.

    The keywords mean what the options of ``rateml sweep`` mean. Quantities are text with a unit (``"10 s"``) or
    numbers in base units (ms, mm, mm/ms, mV, nA).

    Args:
        model: path of a RateML file.
        connectome: ``"tvb:68,diag=0,scale=max"``, ``"net.npz"``, …; without it the made-up ``synthetic:68:0``.
        sweep: names of the parameters that theta gives, in the order of its columns: ``"G"``, ``"long_range.G"``,
            ``"speed"``.
        monitors: what is recorded: ``"stats"``, ``"tavg:1ms:r"``, ``"bold:2s:r"``, ``"fc:bold:2s:r"``, …
        set: values of parameters: ``{"tau": 10.0, "eta": {"lh-V1": -4.0}, "x0": one value per region}``; the latter
            an array in the order of the regions, or a pandas Series or xarray DataArray that is joined by label.
        init: initial states, as ``set``.
        history: an .npz file or arrays by state, each (steps, regions), the last row at t = 0.
        drives: by port: ``"pulse(onset=500ms,width=100ms,amp=1)@lh-*"``, an .npz file, its arrays, or a list of those.
        duration, transient: recorded time, and time simulated before it.
        dt, scheme: time step and ``"euler"``, ``"heun"`` or ``"rk4"``; without them those of the file.
        noise: ``"on"``, ``"off"``, or ``"common"`` for equal random numbers at every point.
        seed: of all random numbers, where a call gives none.
        trials: so many repetitions of every point, along a dimension ``trial``.
        precision: ``"float64"`` or ``"float32"``.
        target_fc, target_fcd: measured connectivity, as file or array; adds ``fit_fc``, ``fit_fcd``.
        connectome_rows: what a row of a CSV connectome is.
        threads: how many to use, all cores without it; the numbers do not depend on it.
        engine: what computes, ``"cpu"`` or ``"cuda"``; their numbers agree up to rounding.
        devices: the GPUs of engine cuda, ``"all"`` or their numbers, ``[0, 1]``; the first without it.

    Raises ModelError for a faulty file, UserError for what cannot be done. Warns (UserWarning) of likely mistakes.
    Calls from several threads at once are safe. A Simulator can be pickled; the copy compiles again, from the cache.
    """

    def __init__(
        self,
        model: str | os.PathLike[str],
        connectome: str | os.PathLike[str] | None = None,
        *,
        sweep: str | Sequence[str],
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
        trials: int | None = None,
        precision: Precision = "float64",
        target_fc: str | Path | ArrayLike | None = None,
        target_fcd: str | Path | ArrayLike | None = None,
        connectome_rows: Literal["target", "source"] | None = None,
        threads: int | None = None,
        engine: str = "cpu",
        devices: str | Sequence[int] | None = None,
    ) -> None:
        worker = Worker(engine, threads, devices)
        made = worker.make()
        with TemporaryDirectory(prefix="rateml-") as path:
            folder = Folder(Path(path))
            with folder.unnamed():
                request = read_keywords(
                    folder, monitors=monitors, set=set, init=init, history=history, drives=drives, duration=duration,
                    transient=transient, dt=dt, scheme=scheme, noise=noise, seed=seed, trials=trials,
                    precision=precision, target_fc=target_fc, target_fcd=target_fcd,
                )  # fmt: skip
                network = network_of(connectome)
                job = prepare(
                    Path(model),
                    network,
                    request,
                    sweep=False,
                    rows=connectome_rows,
                    later=texts(sweep, "sweep"),
                    target=target_of(engine),
                )
        if connectome is None:
            warnings.warn(f"no connectome given: using {DEFAULT_CONNECTOME}, a made-up network", stacklevel=2)
        tell(job, stacklevel=2)
        self._keep(replace(job, origin=None), find_swept(job.program, texts(sweep, "sweep")), worker, made)

    def _keep(self, job: Job, targets: tuple[Target, ...], worker: Worker, engine: CpuEngine) -> None:
        self._job, self._targets, self._worker = job, targets, worker
        self._engine = engine
        self._engine.prepare(job)
        self._warned: dict[str, None] = {}
        self._at_most = machine_memory()

    @property
    def sweep(self) -> tuple[str, ...]:
        """The parameters that theta gives, in the order of its columns."""
        return tuple(target.label for target in self._targets)

    @property
    def regions(self) -> tuple[str, ...]:
        """The labels of the connectome's regions, in its order."""
        return self._job.connectome.labels

    def __call__(
        self, theta: Theta, *, seed: int | None = None, point: int = 0, progress: Progress = False
    ) -> xarray.Dataset:
        """Simulate the points of ``theta``.

        Args:
            theta: (points, parameters) in base units; (parameters,) for one point; of a single parameter also
                (points,); or a data frame or mapping with a column per parameter.
            seed: of the random numbers; without it that of the Simulator. Equal calls give equal numbers.
            point: the number of the first row. A row's random numbers are those of the seed and its number, so
                ``sim(theta[64:], point=64)`` are the last rows of ``sim(theta)``.
            progress: True draws a line on standard error, a function is called with each Metrics.

        Returns the dataset that the store of such a sweep opens as: what the monitors recorded over ``point`` (and
        ``trial``), the parameters as coordinates along ``point``, ``status`` 1 for a simulation that diverged, whose
        statistics are NaN. Raises UserError for values that cannot be simulated; an interruption (Ctrl-C) ends it
        within a fraction of a second. A value outside the range of the file warns once for each parameter.
        """
        axes = given_axes(self._job.program, self._targets, self._rows(theta))
        settings = self._job.settings
        if len(axes[0].values) * (settings.trials or 1) > MAX_SIMULATIONS:
            raise UserError(f"theta: at most {MAX_SIMULATIONS:,} simulations can be: split the call, with point=")
        asked = Request(seed=settings.seed if seed is None else whole(seed, "seed"), point=whole(point, "point"))
        check_counts(asked)
        if asked.point + len(axes[0].values) > 2**32:
            raise UserError(f"point: the last row would have a number above 2**32 - 1 with point={asked.point}")
        self._warn_outside(axes)
        job = replace(
            self._job, settings=replace(settings, axes=axes, table=True, seed=asked.seed, first_point=asked.point)
        )
        if any(target.couplings for target in self._targets):
            job.check_delays()
        refuse_too_large(job, self._at_most, "call with fewer points at once")
        return run_in_memory(job, self._engine, reporter(progress))[0]

    def _rows(self, theta: Theta) -> NDArray[np.float64]:
        """(points, parameters)."""
        names = self.sweep
        if isinstance(theta, (pandas.DataFrame, Mapping)):
            if sorted(map(str, theta)) != sorted(names):
                raise UsageError(
                    f"theta: it has the columns {', '.join(map(str, theta))}, wanted are {', '.join(names)}"
                )
            columns = [np.ravel(np.asarray(theta[name], np.float64)) for name in names]
            lengths = [len(column) for column in columns]
            if len({*lengths}) > 1:
                raise UsageError(f"theta: its columns have {', '.join(map(str, lengths))} values; give equally many")
            return np.stack(columns, axis=1)
        try:
            if np.iscomplexobj(theta):
                raise TypeError("complex numbers")
            rows = np.asarray(theta, np.float64)
        except (TypeError, ValueError) as error:
            raise UsageError(f"theta: it is no array of numbers ({error})") from None
        if rows.ndim == 1 and (len(names) == 1 or len(rows) == len(names)):
            rows = rows.reshape(-1, len(names))
        if rows.ndim != 2 or rows.shape[1] != len(names):
            raise UsageError(
                f"theta: it has shape {rows.shape}; it needs (points, {len(names)}), the columns {', '.join(names)}"
            )
        return rows

    def _warn_outside(self, axes: Sequence[Axis]) -> None:
        for axis in axes:
            parameter = self._job.program.parameter(axis.target.key) if axis.target.key else None
            if parameter is None or axis.name in self._warned:
                continue
            text = outside(parameter, axis.values, f"theta, column {axis.name}")
            if text is not None:
                self._warned[axis.name] = None
                warnings.warn(text, stacklevel=3)

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self._job, self._targets, self._worker)

    def __repr__(self) -> str:
        job = self._job
        return (
            f"<rateml.Simulator of {job.program.name} over {job.connectome.source}, theta is ({', '.join(self.sweep)})>"
        )


def _again(job: Job, targets: tuple[Target, ...], worker: Worker) -> Simulator:
    """A Simulator from its pickle."""
    made = Simulator.__new__(Simulator)
    made._keep(job, targets, worker, worker.make())
    return made
