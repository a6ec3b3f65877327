"""The command line of a driver: a sweep on one GPU, from a connectome to an .npz of results."""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml.errors import EngineUnavailable, RatemlError, UserError
from rateml.standalone.asked import Asked, read_asked
from rateml.standalone.device import Device
from rateml.standalone.gpu import find_gpus
from rateml.standalone.model import Model, Shape
from rateml.standalone.moments import summarise
from rateml.standalone.network import Network, bytes_per_step, connect, read_network
from rateml.standalone.nvcc import Origins
from rateml.standalone.plan import Kind, make_plan, most_simulations
from rateml.standalone.saving import check_output, save
from rateml.standalone.simulations import Batch, Recording, Simulations

SLICE_SECONDS = 0.2
"""What a slice of steps aims at, so that Ctrl-C is heard and progress told."""

LOG_SECONDS = 60.0
"""Between two lines of progress where standard error is no terminal."""

FEWEST_STEPS = 32
"""Of a slice: a launch has costs of its own."""

OK, DIVERGED = 0, 1


@dataclass(frozen=True)
class Kernel:
    """The ``file`` beside the driver for one precision; ``origins`` say where in the model its lines come from."""

    file: str
    origins: Origins


class _Axes(argparse.Action):
    """``--grid`` and ``--values`` in the order in which they stand."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        namespace.axes = [*namespace.axes, ((option or "").strip("-"), str(values))]


def make_parser(model: Model) -> argparse.ArgumentParser:
    names = ", ".join(f"{p.owner}.{p.name}" if p.key != p.name else p.name for p in model.parameters)
    speed = ", speed" if any(c.speed is not None for c in model.couplings) else ""
    parser = argparse.ArgumentParser(
        description=f"Sweep {model.name} on one GPU ({model.scheme}). Needs numpy, pycuda and nvcc.",
        epilog=f"Parameters: {names}{speed}. Exposures: {', '.join(e.name for e in model.exposures)}. Numbers are in "
        "base units: ms, mm, mm/ms, mV, nA. Results are those of rateml sweep --engine cuda, bit for bit.",
    )
    parser.add_argument("--connectome", required=True, type=Path, metavar="FILE.npz",
                        help="weights [target, source], lengths (mm), and labels if it has any")  # fmt: skip
    parser.set_defaults(axes=[])
    parser.add_argument("--grid", action=_Axes, metavar="NAME=LO:HI:N", help="N evenly spaced values; repeatable")
    parser.add_argument("--values", action=_Axes, metavar="NAME=A,B,...", help="these values; repeatable")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="for all; repeatable")
    parser.add_argument("--trials", type=int, metavar="K", help="repeat every point with K independent noises")
    parser.add_argument("--duration", default="1s", metavar="T", help="recorded time (default %(default)s)")
    parser.add_argument("--transient", default="0ms", metavar="T", help="simulated before, not recorded")
    parser.add_argument("--dt", metavar="T", help=f"time step (default {model.dt:g}ms)")
    parser.add_argument("--noise", choices=("on", "off", "common"), default="on", help="(default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="(default %(default)s)")
    parser.add_argument("--monitor", action="append", metavar="M",
                        help="stats[:VAR,...] or tavg[:PERIOD][:VAR,...]; repeatable (default stats)")  # fmt: skip
    parser.add_argument("--precision", choices=("float32", "float64"), default="float64", help="(default %(default)s)")
    parser.add_argument("--device", type=int, default=0, metavar="N", help="which GPU (default %(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="replace OUT.npz if it exists")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="OUT.npz")
    return parser


def run_driver(model: Model, kernels: Mapping[str, Kernel], folder: Path, words: Sequence[str] | None = None) -> int:
    """Do what a command line asks for; the exit code is 1 for what the user can put right, 3 without a GPU."""
    args = make_parser(model).parse_args(words)
    try:
        _sweep(model, kernels[args.precision], folder, args)
    except EngineUnavailable as error:
        return _fail(error, 3)
    except (RatemlError, OSError) as error:
        return _fail(error, 1)
    except MemoryError:
        return _fail("the results do not fit into memory: record less, or sweep fewer points at a time", 1)
    except KeyboardInterrupt:
        return _fail("interrupted; nothing was written", 130)
    return 0


def _fail(why: object, code: int) -> int:
    print(f"error: {why}", file=sys.stderr)
    return code


def _sweep(model: Model, kernel: Kernel, folder: Path, args: argparse.Namespace) -> None:
    asked = read_asked(model, args)
    check_output(args.output, args.connectome, overwrite=args.overwrite)
    network = read_network(args.connectome, model)
    path = folder / kernel.file
    if not path.exists():
        raise UserError(f"there is no {path}: keep it beside the driver, rateml build writes both")
    (gpu,) = find_gpus([args.device])
    sweep = Sweep(model, path.read_text(encoding="utf-8"), kernel.origins, network, asked, args.precision, gpu)
    arrays = sweep.run()
    save(args.output, arrays)
    peak = gpu.peak_bandwidth()
    for line in sweep.report(peak):
        print(line)
    print(f"{args.output}: {', '.join(arrays)}")


class Sweep:
    """All simulations of one command line on one device."""

    def __init__(
        self, model: Model, source: str, origins: Origins, network: Network, asked: Asked, precision: str,
        device: Device,
    ) -> None:  # fmt: skip
        self.model, self.source, self.origins, self.network = model, source, origins, network
        self.asked, self.device = asked, device
        self.shape = Shape(model, len(network.labels), np.dtype(precision).itemsize)
        self.precision = precision
        self.kind = Kind(
            stats=asked.stats is not None, driven=False, noise=asked.noise != "off", uniform=True, window=asked.window,
            rows=asked.tavg is not None,
        )  # fmt: skip
        self.compiling = self.computing = self.moved = 0.0
        self.told_at = time.monotonic()
        self.paths: dict[str, None] = {}
        self.diverged = 0

    def run(self) -> dict[str, NDArray[Any]]:
        """The arrays of the results by name: the dimensions of the axes come first, then those of the trials."""
        asked, model, n = self.asked, self.model, self.shape.n_nodes
        count = asked.simulations
        flat: dict[str, NDArray[Any]] = {
            "status": np.zeros(count, np.uint8), "diverged_at": np.full(count, -1, np.int64)
        }  # fmt: skip
        if asked.stats is not None:
            flat |= {f"stats_{of}": np.full((count, len(asked.stats), n), np.nan) for of in ("mean", "var")}
        if asked.tavg is not None:
            samples = asked.steps // asked.window
            flat["tavg"] = np.full((count, samples, len(asked.tavg), n), np.nan, self.precision)
        for speeds, indices in self._networks():
            self._run_network(speeds, indices, flat)
        self.diverged = int(flat["status"].sum())
        arrays = {name: array.reshape((*asked.shape, *array.shape[1:])) for name, array in flat.items()}
        arrays["region"] = np.array(self.network.labels)
        arrays |= {axis.name: np.array(axis.values) for axis in asked.axes}
        for kind, variables in (("stats", asked.stats), ("tavg", asked.tavg)):
            if variables is not None:
                arrays[f"variable_{kind}"] = np.array([model.exposures[k].name for k in variables])
        if asked.tavg is not None:
            ends = asked.transient_steps + asked.window * np.arange(1, samples + 1)
            arrays["time"] = asked.dt * (ends - asked.window / 2)
        return arrays

    def _networks(self) -> Iterator[tuple[tuple[float | None, ...], NDArray[np.int64]]]:
        """The simulations that have the same conduction speeds."""
        asked, couplings = self.asked, self.model.couplings
        swept = [axis.values if axis.couplings else (None,) for axis in asked.axes]
        numbers = np.arange(asked.simulations)
        at = np.unravel_index(numbers, asked.shape or (1,))
        for chosen in itertools.product(*(range(len(values)) for values in swept)):
            mine = np.ones(numbers.size, bool)
            speeds = list(asked.speeds)
            for axis, k, where in zip(asked.axes, chosen, at, strict=False):
                if axis.couplings:
                    mine &= where == k
                    speeds = [
                        axis.values[k] if c.id in axis.couplings else s
                        for c, s in zip(couplings, speeds, strict=True)
                    ]  # fmt: skip
            yield tuple(speeds), numbers[mine]

    def _run_network(
        self, speeds: Sequence[float | None], indices: NDArray[np.int64], flat: dict[str, NDArray[Any]]
    ) -> None:
        wires = connect(self.network, self.model, speeds, self.asked.dt)
        plan = make_plan(self.shape, wires, self.device.limits, self.kind)
        self.paths[plan.reason] = None
        began = time.perf_counter()
        with self.device.active():
            code = self.device.load(self.source, plan, self.origins)
        self.compiling += time.perf_counter() - began
        self.moved += bytes_per_step(self.shape, wires) * self.asked.total_steps * indices.size
        most = most_simulations(self.shape, plan, self.device.limits, copied=self.kind.rows)
        asked = self.asked
        recording = Recording(
            asked.transient_steps, asked.transient_steps, asked.window, self.kind.stats, self.kind.rows
        )
        for k in range(0, indices.size, most):
            chosen = indices[k : k + most]
            began = time.perf_counter()
            with self.device.active():
                group = Simulations(self.device, plan, code, self.shape, self._batch(chosen), recording)
            with closing(group):
                self._advance(group, chosen, flat)
            self.computing += time.perf_counter() - began

    def _batch(self, indices: NDArray[np.int64]) -> Batch:
        asked, n = self.asked, self.shape.n_nodes
        points, trials = np.divmod(indices, asked.trials or 1)
        counters = np.zeros_like(points) if asked.noise == "common" else points
        at = np.unravel_index(points, tuple(len(axis.values) for axis in asked.axes) or (1,))
        swept = [np.array(axis.values)[where] for axis, where in zip(asked.axes, at, strict=False)]
        axis = np.array([-1 if a.parameter is None else a.parameter for a in asked.axes], np.int64)
        values = np.repeat(np.array(asked.values, np.float64)[:, np.newaxis], n, axis=1)
        states = self.shape.states
        return Batch(
            asked.seed, asked.dt, counters, trials, trials, values, axis,
            np.array(swept).T.reshape(indices.size, axis.size), np.zeros((states, n)), np.zeros(states, bool),
        )  # fmt: skip

    def _advance(self, group: Simulations, indices: NDArray[np.int64], flat: dict[str, NDArray[Any]]) -> None:
        """Run a group to its end and put its results in their places."""
        asked = self.asked
        pace, most, row = FEWEST_STEPS, group.most_steps(), 0
        tavg = flat.get("tavg")
        while group.step < asked.total_steps and not group.ended:
            records = group.step >= asked.transient_steps
            steps = min(pace, most, (asked.total_steps if records else asked.transient_steps) - group.step)
            began = time.perf_counter()
            seen = group.advance(steps, record=records)
            pace = max(FEWEST_STEPS, int(pace * min(4.0, SLICE_SECONDS / max(time.perf_counter() - began, 1e-6))))
            if tavg is not None and records:
                kept = min(seen.shape[2], tavg.shape[1] - row)
                tavg[indices, row : row + kept] = seen[list(asked.tavg or ())][:, :, :kept].transpose(3, 2, 0, 1)
                row += kept
            self._tell(group, indices)
        stopped = group.stopped[0]
        flat["status"][indices] = np.where(stopped >= 0, DIVERGED, OK)
        flat["diverged_at"][indices] = stopped
        if asked.stats is not None:
            self._summarise(group, indices, flat)
        if tavg is not None:
            for lane in np.flatnonzero(stopped >= 0):  # a row is whole when its last step is
                whole = max(0, stopped[lane] - asked.transient_steps) // asked.window
                tavg[indices[lane], whole:] = np.nan

    def _summarise(self, group: Simulations, indices: NDArray[np.int64], flat: dict[str, NDArray[Any]]) -> None:
        columns = list(self.asked.stats or ())
        periods = np.array([self.model.exposures[k].period for k in columns])
        moments = group.moments()[:, columns]
        for lane in np.flatnonzero(group.stopped[0] < 0):
            first, second = moments[..., lane]
            at = indices[lane]
            summarise(periods, self.asked.steps, first, second, flat["stats_mean"][at], flat["stats_var"][at])

    def _tell(self, group: Simulations, indices: NDArray[np.int64]) -> None:
        done = f"simulations {indices[0]:,} to {indices[-1]:,}: step {group.step:,} of {self.asked.total_steps:,}"
        if sys.stderr.isatty():
            print(f"\r{done} ", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self.told_at >= LOG_SECONDS:
            self.told_at = time.monotonic()
            print(done, file=sys.stderr, flush=True)

    def report(self, peak: float) -> list[str]:
        """What was done and how fast; ``peak`` is what a copy on the device moves, in bytes/s."""
        done = self.asked.simulations * self.asked.total_steps
        rate, bandwidth = done / self.computing, self.moved / self.computing
        return [
            *self.paths,
            f"{self.asked.simulations:,} simulations of {self.asked.total_steps:,} steps in {self.computing:.3g} s "
            f"({self.compiling:.3g} s before, for compiling), {self.diverged:,} diverged",
            f"{rate:.4g} simulation steps/s, effective bandwidth {bandwidth / 1e9:.4g} GB/s, {bandwidth / peak:.1%} of "
            f"the measured peak {peak / 1e9:.4g} GB/s of {self.device.limits.name}",
        ]
