"""One simulation of the ``cpu`` engine: the generated module, the networks, and states that advance in slices."""

from __future__ import annotations

import threading
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml.engines.job import Job, Speeds
from rateml.engines.recorders import make_recorder
from rateml.ir.program import Coupling

NETWORKS = 32
"""How many combinations of conduction speeds are kept ready."""


class Kernels:
    """The generated module with what all simulations of a job share."""

    def __init__(self, job: Job, module: ModuleType) -> None:
        self.job, self.module = job, module
        self.real = np.dtype(job.settings.precision)
        self._networks: dict[Speeds, tuple[tuple[Any, ...], int]] = {}
        self._shared: dict[str, tuple[NDArray[Any], ...]] = {}
        self._guard = threading.Lock()

    def network(self, speeds: Speeds) -> tuple[tuple[Any, ...], int]:
        """The edges of every coupling, and the slots that their history needs."""
        with self._guard:
            if speeds not in self._networks:
                if len(self._networks) >= NETWORKS:
                    self._networks.clear()
                self._networks[speeds] = self._connect(speeds)
            return self._networks[speeds]

    def _connect(self, speeds: Speeds) -> tuple[tuple[Any, ...], int]:
        packed = []
        longest = 0
        for coupling, delays in zip(self.job.program.couplings, self.job.delays(speeds), strict=True):
            longest = max(longest, int(delays.max(initial=0)))
            packed.append((*self._edges(coupling), delays.astype(np.int32)))
        return tuple(packed), longest + 1

    def _edges(self, coupling: Coupling) -> tuple[NDArray[Any], ...]:
        """What of a coupling's edges does not depend on the conduction speed."""
        if coupling.reduce != "sum":
            return np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, self.real)
        if coupling.weights not in self._shared:
            edges = self.job.edges(coupling)
            # copies: compiled code has one signature, for arrays that may be written
            self._shared[coupling.weights] = (
                np.array(edges.start), np.array(edges.source), np.array(edges.weight, self.real),
            )  # fmt: skip
        return self._shared[coupling.weights]

    def compile(self) -> None:
        """Compile, or load from the cache, everything a simulation calls."""
        job = self.job
        nothing = np.empty((0, len(job.program.exposures), job.connectome.n_nodes), self.real)
        Simulation(self, 0).advance(nothing, 0)
        for monitor in job.settings.monitors:
            if monitor.kind != "raw":
                make_recorder(monitor, job.program, job.settings, job.connectome.n_nodes).take(nothing)


class Simulation:
    """One simulation, number ``index`` in C order over points and trials, resumable at any step."""

    def __init__(self, kernels: Kernels, index: int) -> None:
        job, module, real = kernels.job, kernels.module, kernels.real
        settings, program = job.settings, job.program
        point, trial = divmod(index, settings.trials or 1)
        n_nodes = job.connectome.n_nodes
        counter = 0 if settings.noise == "common" else settings.first_point + point
        self.stream = (np.uint64(settings.seed), np.uint64(counter), np.uint64(settings.first_trial + trial))
        self.module, self.real, self.settings = module, real, settings
        self.scheme = module.SCHEMES[settings.scheme]
        self.noise = settings.noise != "off"
        self.p = job.parameters(point)
        self.d = np.empty((len(program.derived_parameters), n_nodes))
        module.derive(self.p, self.d)
        self.edges, slots = kernels.network(job.speeds(point))
        self.x = np.empty((len(program.states), n_nodes), real)
        self.carry = np.zeros((len(module.SLOW), n_nodes), real)
        self.u = np.zeros((len(program.inputs), n_nodes), real)
        self.ring = np.zeros((len(program.stored), slots, n_nodes), real)
        module.prime(settings.dt, self._past(), self.p, self.d, self.x, self.u, self.ring, self.edges)
        self.step = 0

    def _past(self) -> NDArray[Any]:
        settings = self.settings
        if settings.past is not None:
            return np.ascontiguousarray(settings.past, dtype=self.real)
        self.module.start(*self.stream, self.p, self.d, self.x)
        for state, value in settings.init.items():
            self.x[state] = value
        return self.x[np.newaxis].copy()

    def advance(self, out: NDArray[Any], steps: int) -> int:
        """Integrate ``steps`` steps; the exposures go to ``out`` when it has rows. The step of divergence or -1."""
        stopped = self.module.advance(
            self.step, steps, self.settings.dt, self.scheme, self.noise, *self.stream,
            self.p, self.d, self.x, self.carry, self.u, self.ring, self.edges,
            np.ascontiguousarray(out, dtype=self.real),
        )  # fmt: skip
        self.step += steps
        return int(stopped)
