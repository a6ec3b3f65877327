"""One job of an engine: a program, its network and its settings, and the arrays it leaves."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rateml.codegen import Artifact
from rateml.connectome import Connectome, Edges, delay_steps
from rateml.engines.origin import Origin
from rateml.engines.outputs import layout_of
from rateml.errors import UserError
from rateml.ir.program import Coupling, Program, coupling_names, variables_read
from rateml.request.settings import Settings
from rateml.results.layout import Layout

Speeds = tuple[float | None, ...]


@dataclass(frozen=True)
class Job:
    """``unit`` caps the simulations per unit of the store (``--chunk``), ``origin`` is what the job was made from."""

    program: Program
    artifact: Artifact
    connectome: Connectome
    settings: Settings
    unit: int | None = None
    origin: Origin | None = field(default=None, repr=False)
    _edges: dict[str, Edges] = field(default_factory=dict, repr=False)
    _guard: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __reduce__(self) -> tuple[object, ...]:
        return Job, (self.program, self.artifact, self.connectome, self.settings, self.unit, self.origin)

    def layout(self) -> Layout:
        return self._layout

    @cached_property
    def _layout(self) -> Layout:
        return layout_of(self.program, self.settings, self.connectome.labels, self.unit)

    def edges(self, coupling: Coupling) -> Edges:
        """The edges that a coupling sums over; made once."""
        with self._guard:
            if coupling.weights not in self._edges:
                tracts = self.connectome.tracts.get(coupling.weights)
                if tracts is None:
                    known = ", ".join(self.connectome.tracts)
                    raise UserError(
                        f"coupling '{coupling.id}' wants the tracts '{coupling.weights}'; "
                        f"the connectome {self.connectome.source} has {known}"
                    )
                self._edges[coupling.weights] = Edges.from_tracts(tracts)
            return self._edges[coupling.weights]

    def speeds(self, point: int) -> Speeds:
        """The conduction speed of every coupling at a point, None where it is not delayed."""
        settings = self.settings
        swept: dict[str, float] = {}
        if any(axis.target.couplings for axis in settings.axes):
            for axis, value in zip(settings.axes, settings.point_values(point), strict=True):
                swept |= dict.fromkeys(axis.target.couplings, value)
        return tuple(
            None if c.speed is None else swept.get(c.id, settings.speeds.get(c.id, c.speed))
            for c in self.program.couplings
        )

    def delays(self, speeds: Speeds) -> tuple[NDArray[np.int64], ...]:
        """The delay in steps of every edge of every coupling; empty where a coupling sums over no edges."""
        out = []
        for coupling, speed in zip(self.program.couplings, speeds, strict=True):
            lengths = self.edges(coupling).length if coupling.reduce == "sum" else np.empty(0)
            steps = np.zeros(lengths.size, np.int64) if speed is None else delay_steps(lengths, speed, self.settings.dt)
            out.append(steps)
        return tuple(out)

    def all_speeds(self) -> tuple[tuple[float | None, ...], ...]:
        """For every coupling, the conduction speeds that it has at some point; None where it is not delayed."""
        swept = {name: axis.values for axis in self.settings.axes for name in axis.target.couplings}
        return tuple(
            swept.get(coupling.id, (fixed,))
            for coupling, fixed in zip(self.program.couplings, self.speeds(0), strict=True)
        )

    def longest_delay(self) -> int:
        """In steps, over all couplings and points."""
        slowest = tuple(min((s for s in speeds if s is not None), default=None) for speeds in self.all_speeds())
        return max((int(d.max(initial=0)) for d in self.delays(slowest)), default=0)

    def history_slots(self) -> int:
        """The steps of history, over all regions, that a simulation needs where conduction is slowest."""
        slowest = tuple(min((s for s in speeds if s is not None), default=None) for speeds in self.all_speeds())
        longest = np.full(self.connectome.n_nodes, 32)
        for coupling, delays in zip(self.program.couplings, self.delays(slowest), strict=True):
            if coupling.reduce == "sum":
                np.maximum.at(longest, self.edges(coupling).source, delays)
        return int((longest + 65).sum())  # two blocks more, see the kernel

    def check_delays(self) -> None:
        """UserError when a coupling would need, without delay, a variable that depends on an input."""
        for coupling, speeds in zip(self.program.couplings, self.all_speeds(), strict=True):
            sources = {n.removesuffix("@j") for n in coupling_names(coupling)}
            fastest = max((s for s in speeds if s is not None), default=None)
            if coupling.reduce != "sum" or fastest is None or not sources & self.program.late:
                continue
            edges = self.edges(coupling)
            delays = delay_steps(edges.length, fastest, self.settings.dt)
            if delays.size and delays.min() == 0:
                e = int(np.argmin(delays))
                source, target = (self.connectome.labels[int(k)] for k in (edges.source[e], edges.target[e]))
                raise UserError(
                    f"coupling '{coupling.id}' sends a variable that depends on an input of the model, so every "
                    f"connection needs a delay, and that from {source} to {target} ({edges.length[e]:g} mm at "
                    f"{fastest:g} mm/ms) has none: leave out self-connections with diag=0, slow the conduction "
                    "speed, or take a smaller --dt"
                )

    def parameters(self, point: int) -> NDArray[np.float64]:
        """(parameter, region) of a point, in base units."""
        settings = self.settings
        swept = {
            axis.target.key: value
            for axis, value in zip(settings.axes, settings.point_values(point), strict=True)
            if axis.target.key
        }
        p = np.empty((len(self.program.parameters), self.connectome.n_nodes))
        for k, parameter in enumerate(self.program.parameters):
            p[k] = swept.get(parameter.key, settings.values.get(parameter.key, parameter.default))
        return p

    def bytes_per_step(self) -> float:
        """What an algorithm without reuse must move per simulation step: every coupled value, every state."""
        size = np.dtype(self.settings.precision).itemsize
        summed = [c for c in self.program.couplings if c.reduce == "sum"]
        read = sum(self.edges(c).n_edges * len(variables_read(self.program, c)) for c in summed)
        return float(size * (read + self.connectome.n_nodes * len(self.program.states)))
