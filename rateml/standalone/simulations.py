"""Simulations that advance together on a device: their arrays there, and the launches that move them on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml.standalone.device import Buffer, Code, Device
from rateml.standalone.fields import pack
from rateml.standalone.model import Shape
from rateml.standalone.plan import Plan

MOST_STEPS = 2**20
"""Of a slice that records no rows."""

ROW_BYTES = 2**29
"""What the recorded rows of a slice may take."""

NOT_STOPPED = 2**64 - 1


@dataclass(frozen=True, eq=False)
class Batch:
    """Simulations of one network.

    ``counters``, ``trials`` (of the noise) and ``start_trials`` (simulation) count their random numbers. ``values``
    (parameter, region) hold for all but where ``swept`` (simulation, axis) has those of the parameters ``axis``, -1
    for what is none. ``init`` (state, region) replaces the initial states where ``given`` (state) says so, ``past``
    (row, state, region) all of them; its last row is time 0.
    """

    seed: int
    dt: float
    counters: NDArray[np.int64]
    trials: NDArray[np.int64]
    start_trials: NDArray[np.int64]
    values: NDArray[np.float64]
    axis: NDArray[np.int64]
    swept: NDArray[np.float64]
    init: NDArray[np.float64]
    given: NDArray[np.bool_]
    past: NDArray[np.float64] | None = None

    def padded(self, lanes: int) -> Batch:
        """With the last simulation again, up to a multiple of ``lanes``."""
        count = self.counters.size
        chosen = np.minimum(np.arange(-(-count // lanes) * lanes), count - 1)
        return Batch(
            self.seed, self.dt, self.counters[chosen], self.trials[chosen], self.start_trials[chosen], self.values,
            self.axis, self.swept[chosen], self.init, self.given, self.past,
        )  # fmt: skip


@dataclass(frozen=True)
class Recording:
    """Statistics are made of the steps from ``transient_steps`` on, rows of those from ``origin`` on.

    A row is the mean over ``window`` steps, or with 0 a step; there are none without ``rows``, and without ``fetched``
    they stay on the device. ``steps`` is how many are recorded at most, 0 if that is not known.
    """

    transient_steps: int
    origin: int
    window: int
    stats: bool
    rows: bool
    fetched: bool = True
    steps: int = 0


Drive = Callable[[int, int], NDArray[np.float64]]
"""From the first step and their number to what drives the ports, (port, row, region)."""


class Simulations:
    """The simulations of a batch, resumable at any step; ``stopped`` (3, simulation) is step, region and state of a
    fault, or -1; ``rows`` is how many the last launch left. The device must be active when they are made. ``close``
    gives back what they hold there.
    """

    def __init__(
        self, device: Device, plan: Plan, code: Code, shape: Shape, batch: Batch, recording: Recording,
        drive: Drive | None = None,
    ) -> None:  # fmt: skip
        self.device, self.plan, self.code, self.shape = device, plan, code, shape
        self.recording, self.drive = recording, drive
        self.lanes, self.n_nodes, self.step = batch.counters.size, shape.n_nodes, 0
        self.rows = 0
        self.real = np.dtype(np.float32 if shape.real == 4 else np.float64)
        self.stopped = np.full((3, self.lanes), -1)
        self.arrays: dict[str, Buffer] = {}
        self.held: list[Buffer] = []
        padded = batch.padded(plan.lanes)
        self.padded = padded.counters.size
        try:
            self._make_arrays(padded)
        except BaseException:
            self.close()
            raise
        self._update(first=0, steps=0, record=0, counts=0, counted=0, origin=0, rows=0, drive_rows=1)
        self.code.prepare(self.record, self.padded * self.n_nodes)

    def _make_arrays(self, batch: Batch) -> None:
        plan, shape, model, n, count = self.plan, self.shape, self.shape.model, self.n_nodes, self.padded
        tables, past = plan.tables, batch.past
        order, share = tables.order() if plan.lanes == 1 else tables.turns(plan.threads // 32)
        real, i32, u32, f64 = self.real, np.dtype(np.int32), np.dtype(np.uint32), np.dtype(np.float64)
        for name, array, dtype in (
            ("point", batch.counters, u32), ("trial", batch.trials, u32), ("start_trial", batch.start_trials, u32),
            ("network", np.zeros(count), i32), ("base_values", batch.values, f64), ("axis", batch.axis, i32),
            ("axis_values", batch.swept, f64), ("init", batch.init, f64), ("init_states", batch.given, i32),
            ("drive", np.zeros((model.ports, 1, n)), f64),
            ("past", np.zeros(0) if past is None else np.asarray(past).transpose(1, 0, 2), f64),
            ("base", tables.base, i32), ("slots", tables.slots, i32), ("begin", tables.begin, i32),
            ("end", tables.end, i32), ("source", tables.source, i32), ("delay", tables.delay, i32),
            ("weight", tables.weight, real), ("self_weight", tables.self_weight, real),
            ("self_delay", tables.self_delay, i32), ("strength", tables.strength, real), ("order", order, i32),
            ("share", share, i32), ("stopped", np.full(count, NOT_STOPPED, np.uint64), np.dtype(np.uint64)),
        ):  # fmt: skip
            self._upload(name, np.ascontiguousarray(array, dtype))
        timed = model.timed
        for name, rows, dtype in (
            ("x", shape.states, real), ("carry", shape.slow, real), ("c", model.table, real),
            ("p", len(model.parameters) * timed, f64), ("d", model.derived * timed, f64),
            ("sums", shape.exposures, f64), ("moments", 2 * shape.exposures * self.recording.stats, f64),
            ("normals", 4 * model.noisy * (plan.lanes > 1), real),
        ):  # fmt: skip
            self.arrays[name] = self.hold((count * rows * n,), dtype)
        self.arrays["ring"] = self.hold((count * shape.stored(plan.lanes) * tables.ring_size,), real)
        self.arrays["out"] = self.hold((0,), real)
        self.arrays["mean"] = self.hold((0,), f64)
        self.arranged = [self.hold((0,), real), self.hold((0,), f64)]
        self.room = 0
        self.fields: dict[str, int | float] = {
            "sims": count, "axes": batch.axis.size, "edges": tables.edges, "far": tables.far,
            "ring_size": tables.ring_size, "ring_room": tables.ring_room, "dt": batch.dt, "seed": batch.seed,
            "past_rows": 0 if past is None else len(past),
        }  # fmt: skip

    def hold(self, shape: Sequence[int], dtype: np.dtype[Any]) -> Buffer:
        """Zeros on the device, until ``release`` or ``close``; the device is active."""
        held = self.device.empty(shape, dtype)
        self.held.append(held)
        return held

    def release(self, held: Buffer) -> None:
        self.held.remove(held)
        held.free()

    def close(self) -> None:
        """Give back all memory on the device."""
        with self.device.active():
            for held in self.held:
                held.free()
        self.held.clear()

    def _upload(self, name: str, array: NDArray[Any]) -> None:
        held = self.hold(array.shape, array.dtype)
        if array.size:
            held.set(array)
        if name in self.arrays:
            self.release(self.arrays[name])
        self.arrays[name] = held

    def _update(self, **values: int) -> None:
        self.fields |= values
        addresses = {name: held.address for name, held in self.arrays.items()}
        self.record = pack({**addresses, **self.fields}, self.real)

    def most_steps(self) -> int:
        """How many steps a slice has at most."""
        if not self.recording.rows:
            return MOST_STEPS
        window = self.recording.window
        row = self.shape.exposures * self.n_nodes * self.padded * (8 / window if window else self.real.itemsize)
        return max(32, int(ROW_BYTES / row) // 32 * 32)

    def advance(self, steps: int, *, record: bool) -> NDArray[Any]:
        """Integrate ``steps`` steps; with ``record`` gives the exposures (exposure, region, row, simulation).

        A row is a step, or of a ``window`` the mean over its steps in float64; there is none where none is fetched.
        """
        recording = self.recording
        window, origin = recording.window if record else 0, recording.origin
        kept = record and recording.rows
        rows = steps if kept else 0
        if kept and window:
            rows = (self.step - origin + steps) // window - (self.step - origin) // window
        with self.device.active():
            self._make_room(rows)
            if self.drive is not None:
                self._upload("drive", np.ascontiguousarray(self.drive(self.step, steps + 1)))
            self._update(
                first=self.step, steps=steps, record=int(record),
                counts=int(record and self.step >= recording.transient_steps),
                counted=max(0, self.step - recording.transient_steps), origin=origin, rows=rows,
                drive_rows=1 if self.drive is None else steps + 1,
            )  # fmt: skip
            self.rows = rows
            self.code.advance(self.record, self.plan.blocks(self.padded), self.plan)
            seen = self._arranged(rows, window)
            self._note(self.arrays["stopped"].get()[: self.lanes])
        self.step += steps
        return seen

    def _make_room(self, rows: int) -> None:
        window = self.recording.window
        if rows and not self.recording.fetched:  # of the longest slice at once: what grows leaves memory behind
            rows = max(rows, -(-min(self.most_steps(), self.recording.steps) // max(1, window)))
        size = self.shape.exposures * rows * self.n_nodes * self.padded
        if size > self.room:
            name, dtype = ("mean", np.dtype(np.float64)) if window else ("out", self.real)
            self.release(self.arrays[name])
            self.release(self.arranged[bool(window)])
            self.arrays[name] = self.hold((size,), dtype)
            self.arranged[bool(window)] = self.hold((size * self.recording.fetched,), dtype)
            self.room = size

    def _arranged(self, rows: int, window: int) -> NDArray[Any]:
        shape = (self.shape.exposures, self.n_nodes, rows, self.padded)
        size = self.shape.exposures * self.n_nodes * rows * self.padded
        if not size or not self.recording.fetched:
            self.device.wait()
            return np.empty((*shape[:2], 0, self.lanes), np.float64 if window else self.real)
        self.code.arrange(self.record, self.arranged[0], self.arranged[1], size)
        seen = self.arranged[bool(window)].get()[:size].reshape(shape)
        return np.ascontiguousarray(seen[..., : self.lanes])

    def _note(self, stopped: NDArray[np.uint64]) -> None:
        fault = stopped != np.uint64(NOT_STOPPED)
        step, region = stopped >> np.uint64(32), (stopped >> np.uint64(8)) & np.uint64(0xFFFFFF)
        for k, value in enumerate((step, region, stopped & np.uint64(0xFF))):
            self.stopped[k] = np.where(fault, value.astype(np.int64), -1)

    @property
    def ended(self) -> bool:
        """Whether every simulation has ceased to be finite."""
        return bool((self.stopped[0] >= 0).all())

    def moments(self) -> NDArray[np.float64]:
        """(first or second, exposure, region, simulation) of the recorded steps."""
        with self.device.active():
            found = self.arrays["moments"].get()
        lanes, n, exposures = self.plan.lanes, self.n_nodes, self.shape.exposures
        found = found.reshape(self.padded // lanes, exposures, 2, n, lanes)
        return np.ascontiguousarray(found.transpose(2, 1, 3, 0, 4)).reshape(2, exposures, n, self.padded)
