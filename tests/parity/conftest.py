"""One network, one model, run by rateml through its engine and by TVB's own Simulator."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rateml import api
from rateml.connectome import Connectome, Tracts, delay_steps, load_connectome
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import UnitDone
from rateml.engines.job import Job
from rateml.ir import interp, philox
from rateml.ir.interp import Network, Noise
from rateml.passes import run_passes
from rateml.sweep.settings import Request

Float = NDArray[np.float64]
Draw = Callable[[int, int], Float]
"""Standard normals (state, region) of a step, given the number of states and the step."""

RANGES: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "montbrio": {"r": (0.1, 1.5), "V": (-2.0, 1.0)},
    "kuramoto": {"theta": (0.0, 2.0 * np.pi)},
    "epileptor": {
        "x1": (-2.0, 0.5), "y1": (-15.0, 0.0), "z": (3.0, 4.5), "x2": (-1.5, 0.0), "y2": (0.0, 1.5), "g": (-1.0, 1.0),
    },
    "reduced_wong_wang": {"S": (0.0, 1.0)},
    "reduced_wong_wang_exc_inh": {"S_e": (0.0, 1.0), "S_i": (0.0, 1.0)},
    "generic_2d_oscillator": {"V": (-1.0, 3.0), "W": (-5.0, 5.0)},
    "jansen_rit": {
        "y0": (0.0, 0.15), "y1": (0.0, 30.0), "y2": (0.0, 25.0), "y3": (-0.05, 0.05), "y4": (-2.0, 2.0),
        "y5": (-2.0, 2.0),
    },
    "wilson_cowan": {"E": (0.0, 1.0), "I": (0.0, 1.0)},
}  # fmt: skip
"""From which each state's past is drawn; r stays above 0, where TVB would clamp the past, and z mostly above
seizures, whose onsets magnify rounding beyond any tolerance."""

DT = {name: 0.05 if name in ("montbrio", "epileptor") else 0.1 for name in RANGES}

HIDDEN = {"epileptor": ("y1", "y2", "g"), "jansen_rit": ("y4", "y5")}
"""States that the files do not expose."""


@pytest.fixture(scope="session")
def tvb() -> Iterator[SimpleNamespace]:
    """The parts of TVB that a simulation needs; its warnings at import and its log kept out of the tests."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tvb.datatypes.connectivity import Connectivity
        from tvb.simulator import coupling, history, integrators, models, monitors, noise
        from tvb.simulator.simulator import Simulator
    yield SimpleNamespace(
        Connectivity=Connectivity,
        Simulator=Simulator,
        coupling=coupling,
        history=history,
        integrators=integrators,
        models=models,
        monitors=monitors,
        noise=noise,
    )
    logging.disable(before)


@pytest.fixture(scope="session")
def model_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The shipped models with every state exposed, their equations untouched."""
    folder = tmp_path_factory.mktemp("models")
    files = {}
    for name in RANGES:
        text = resources.files("rateml.models").joinpath(f"{name}.xml").read_text(encoding="utf-8")
        for state in HIDDEN.get(name, ()):
            found = re.search(rf'<StateVariable name="{state}" (dimension="\w+")', text)
            assert found is not None
            text = text.replace(found[0], f'{found[0]} exposure="{state}"')
            text = text.replace("<Exposure", f'<Exposure name="{state}" {found[1]}/><Exposure', 1)
        files[name] = folder / f"{name}.xml"
        files[name].write_text(text, encoding="utf-8")
    return files


@contextmanager
def _float64_history(history: ModuleType) -> Iterator[None]:
    """TVB keeps weights and history in float32 ('f'); for the time of a run let it keep them in float64."""
    fields = [
        field
        for owner in (history.BaseHistory, history.DenseHistory, history.SparseHistory)
        for field in vars(owner).values()
        if getattr(field, "dtype", None) == "f"
    ]
    assert len(fields) >= 5, "TVB no longer keeps its history in float32: drop this"
    try:
        for field in fields:
            field.dtype = "d"
        yield
    finally:
        for field in fields:
            field.dtype = "f"


def _with(network: Connectome, weights: Float | None = None, lengths: Float | None = None) -> Connectome:
    tracts = Tracts(network.weights if weights is None else weights, network.lengths if lengths is None else lengths)
    return Connectome(network.labels, network.centres, {"structural": tracts}, network.source)


@dataclass(frozen=True, eq=False)
class Experiment:
    """One model on one raw connectome from tvb-data, with a random past and regional parameters.

    The strength of the coupling is ``1 / (largest in-strength)`` times a factor of the model, so that the network
    decides the dynamics but nothing diverges.
    """

    tvb: SimpleNamespace
    file: Path
    folder: Path
    model: str
    size: int
    speed: float
    scheme: str
    least_steps: int = 1000
    diffusion: Mapping[str, float] = field(default_factory=dict)

    @property
    def dt(self) -> float:
        return DT[self.model]

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(RANGES[self.model])

    @cached_property
    def network(self) -> Connectome:
        return load_connectome(f"tvb:{self.size}")

    @cached_property
    def delays(self) -> NDArray[np.int64]:
        return delay_steps(self.network.lengths, self.speed, self.dt)

    @cached_property
    def steps(self) -> int:
        """Three of the longest delays, or ``least_steps`` where that is more."""
        return max(self.least_steps, 3 * int(self.delays[self.network.weights != 0].max()))

    @cached_property
    def past(self) -> Float:
        """(row, state, region), white in time; as many rows as TVB keeps, the last is t = 0."""
        rng = np.random.Generator(np.random.PCG64(self.size))
        rows, n = int(self.delays.max()) + 1, self.network.n_nodes
        return np.stack([rng.uniform(*span, size=(rows, n)) for span in RANGES[self.model].values()], axis=1)

    @cached_property
    def strength(self) -> float:
        return float(1.0 / self.network.weights.sum(axis=1).max())

    @cached_property
    def values(self) -> dict[str, float | Float]:
        """Parameters by rateml's names: those that couple, and one that differs from region to region."""
        rng = np.random.Generator(np.random.PCG64(7))
        k, n = self.strength, self.network.n_nodes
        match self.model:
            case "montbrio":
                return {"G": 3.0 * k, "eta": -4.6 + rng.uniform(-0.4, 0.4, n)}
            case "kuramoto":
                return {"a": 0.5 * k, "omega": 0.377 + rng.uniform(-0.1, 0.1, n)}
            case "reduced_wong_wang":
                return {"G": 1.0 * k, "w": 0.9 + rng.uniform(-0.1, 0.1, n)}
            case "reduced_wong_wang_exc_inh":
                return {"a": 1.0 * k, "G": 1.5, "lamda": 0.3, "J_i": 1.0 + rng.uniform(-0.2, 0.2, n)}
            case "generic_2d_oscillator":
                return {"G": 0.5 * k, "a": rng.uniform(-2.0, 2.0, n)}
            case "jansen_rit":
                return {"G": 30.0 * k, "mu": rng.uniform(0.1, 0.2, n)}
            case "wilson_cowan":
                return {"G": 2.0 * k, "P": 1.2 + rng.uniform(-0.4, 0.4, n)}
            case _:
                return {"Kvf": 0.5 * k, "Kf": 1.0 * k, "Ks": -1.0 * k, "x0": -2.2 + rng.uniform(-0.3, 0.3, n)}

    def ours(
        self,
        *,
        weights: Float | None = None,
        lengths: Float | None = None,
        past: Float | None = None,
        change: Mapping[str, float] | None = None,
        index: int = 0,
        axes: Sequence[tuple[str, str]] = (),
        **request: Any,
    ) -> Float:
        """States (step, state, region) of simulation ``index`` of a job made as the command line makes it."""
        history = self.folder / "past.npz"
        np.savez(history, **dict(zip(self.states, np.swapaxes(self.past if past is None else past, 0, 1), strict=True)))
        settings = [f"speed={self.speed!r}"]
        for name, value in {**self.values, **self.diffusion, **(change or {})}.items():
            if isinstance(value, float):
                settings.append(f"{name}={value!r}")
            else:
                np.save(self.folder / f"{name}.npy", value)
                settings.append(f"{name}=@{self.folder / name}.npy")
        asked = Request(
            axes=axes,
            set=[text for text in settings if not any(a.startswith(text.partition("=")[0] + "=") for _, a in axes)],
            history=history,
            duration=repr(self.steps * self.dt),
            scheme=self.scheme,
            monitors=("raw",),
            **{"noise": "off", **request},
        )
        job = api.prepare(self.file, f"tvb:{self.size}", asked, sweep=bool(axes))
        assert job.settings.total_steps == self.steps
        if weights is not None or lengths is not None:
            job = Job(job.program, job.artifact, _with(job.connectome, weights, lengths), job.settings)
        blocks = {}
        for event in CpuEngine(1).run(job, job.layout().units, 0, lambda: "run"):
            if isinstance(event, UnitDone):
                assert not event.diverged
                blocks.update({event.unit.first + k: raw for k, raw in enumerate(event.block["raw"])})
        exposed = [e.name for e in job.program.exposures]
        found: Float = blocks[index][:, [exposed.index(s) for s in self.states]]
        return found

    def theirs(
        self,
        draw: Draw | None = None,
        change: Mapping[str, float] | None = None,
        *,
        steps: int | None = None,
        as_is: bool = False,
    ) -> Float:
        """States (step, state, region) by tvb.simulator.simulator.Simulator; with ``draw``, stochastic.

        All steps, or the first ``steps``. Its history is kept in float64, or in TVB's own float32 when ``as_is``.
        """
        with warnings.catch_warnings(), nullcontext() if as_is else _float64_history(self.tvb.history):
            warnings.simplefilter("ignore")
            return self._theirs(draw, change or {}, steps or self.steps, np.dtype("f" if as_is else "d"))

    def _theirs(self, draw: Draw | None, change: Mapping[str, float], steps: int, kept: np.dtype[Any]) -> Float:
        tvb = self.tvb
        connectivity = tvb.Connectivity.from_file(f"connectivity_{self.size}.zip")
        connectivity.speed = np.array([self.speed])
        values = {name: np.atleast_1d(np.asarray(v)) for name, v in {**self.values, **change}.items()}
        diffusion = {name: float(values.pop(name, [value])[0]) for name, value in self.diffusion.items()}
        match self.model:
            case "montbrio":
                coupling = tvb.coupling.Linear(a=values.pop("G"), b=np.array([0.0]))
                fixed = {"Delta": 0.7, "J": 14.5, "I": 0.0, "tau": 1.0, "cr": 1.0, "cv": 0.0}
                model = tvb.models.MontbrioPazoRoxin(**{k: np.array([v]) for k, v in fixed.items()}, **values)
            case "kuramoto":
                coupling = tvb.coupling.Kuramoto(a=values.pop("a"))
                model = tvb.models.Kuramoto(**values)
            case "reduced_wong_wang":
                coupling = tvb.coupling.Linear(a=values.pop("G"))
                model = tvb.models.ReducedWongWang(**values)
            case "reduced_wong_wang_exc_inh":
                coupling = tvb.coupling.Linear(a=values.pop("a"))
                model = tvb.models.ReducedWongWangExcInh(**values)
            case "generic_2d_oscillator":
                coupling = tvb.coupling.Linear(a=values.pop("G"))
                model = tvb.models.Generic2dOscillator(variables_of_interest=self.states, **values)
            case "jansen_rit":
                coupling = tvb.coupling.SigmoidalJansenRit(a=values.pop("G"))
                model = tvb.models.JansenRit(variables_of_interest=self.states, **values)
            case "wilson_cowan":
                coupling = tvb.coupling.Linear(a=values.pop("G"))
                model = tvb.models.WilsonCowan(variables_of_interest=self.states, **values)
            case _:
                coupling = tvb.coupling.Difference(a=np.array([1.0]))
                model = tvb.models.Epileptor(variables_of_interest=self.states, **values)
        name = {"euler": "Euler", "heun": "Heun"}[self.scheme]
        if draw is None:
            integrator = getattr(tvb.integrators, f"{name}Deterministic")(dt=self.dt)
        else:
            integrator = getattr(tvb.integrators, f"{name}Stochastic")(dt=self.dt, noise=self._noise(draw, diffusion))
        simulator = tvb.Simulator(
            model=model,
            connectivity=connectivity,
            coupling=coupling,
            integrator=integrator,
            monitors=(tvb.monitors.Raw(),),
            initial_conditions=self.past[..., np.newaxis],
        )
        simulator.configure()
        np.testing.assert_array_equal(simulator.connectivity.idelays, self.delays)
        assert simulator.history.buffer.dtype == simulator.history.nnz_weights.dtype == kept
        np.testing.assert_array_equal(simulator.current_state[..., 0], self.past[-1])
        out = np.empty((steps, *self.past.shape[1:]))
        for k, ((_, state),) in enumerate(simulator(n_steps=steps)):
            out[k] = state[..., 0]
        assert k == steps - 1
        return out

    def _noise(self, draw: Draw, diffusion: Mapping[str, float]) -> Any:
        """TVB's additive noise, its D per state as ours, its increments sqrt(dt) times ``draw``."""
        states = self.states

        class Ours(self.tvb.noise.Additive):  # type: ignore[name-defined, misc]
            step = 0

            def generate(self, shape: tuple[int, ...], lo: float = -1.0, hi: float = 1.0) -> Float:
                z = draw(shape[0], self.step)[..., np.newaxis]
                assert z.shape == shape
                self.step += 1
                return np.sqrt(self.dt) * z

        by_state = {
            "montbrio": {"r": "D_r", "V": "D_V"},
            "epileptor": {"x2": "D", "y2": "D"},
            "jansen_rit": {"y4": "D"},
        }.get(self.model, dict.fromkeys(states, "D"))
        return Ours(nsig=np.array([diffusion[by_state[s]] if s in by_state else 0.0 for s in states]))

    def draws(self, seed: int, *, point: int = 0, trial: int = 0, shift: int = 0, order: Sequence[int] = ()) -> Draw:
        """The contract's normals; ``shift`` in steps and another ``order`` of the states are faults."""
        node = np.arange(self.network.n_nodes)

        def draw(n_states: int, step: int) -> Float:
            state = np.array(order or range(n_states))[:, np.newaxis]
            z: Float = philox.normals(seed, step + shift, node, state, point, trial)
            return z

        return draw

    def deviation(self, ours: Float, theirs: Float) -> float:
        """The largest difference of any state, step and region, in standard deviations of that state.

        The standard deviation is taken over the whole of TVB's run. A phase is compared as a point of the unit circle.
        """
        assert ours.shape == theirs.shape
        assert np.isfinite(theirs).all()
        if self.model == "kuramoto":
            return float(np.abs(np.exp(1j * ours) - np.exp(1j * theirs)).max())
        return float((np.abs(ours - theirs).max(axis=(0, 2)) / theirs.std(axis=(0, 2))).max())


@pytest.fixture
def experiment(tvb: SimpleNamespace, model_files: dict[str, Path], tmp_path: Path) -> Callable[..., Experiment]:
    """Makes an Experiment of model, size, speed, scheme."""

    def make(model: str, size: int, speed: float, scheme: str, **more: Any) -> Experiment:
        return Experiment(tvb, model_files[model], tmp_path, model, size, speed, scheme, **more)

    return make


@dataclass(frozen=True)
class Run:
    """One simulation by the engine, and what the interpreter makes of it: exposures (step, exposure, region)."""

    ours: Float
    oracle: Float
    names: tuple[str, ...]
    diverged_at: tuple[int, int]

    def deviation(self) -> float:
        """The largest difference over the largest magnitude of each exposure; inf where only one is finite."""
        worst = 0.0
        for ours, oracle in zip(np.swapaxes(self.ours, 0, 1), np.swapaxes(self.oracle, 0, 1), strict=True):
            finite = np.isfinite(oracle)
            if (
                not np.array_equal(ours[~finite], oracle[~finite], equal_nan=True)
                or not np.isfinite(ours[finite]).all()
            ):
                return np.inf
            scale = float(np.abs(oracle[finite]).max(initial=0.0)) or 1.0
            worst = max(worst, float(np.abs(ours[finite] - oracle[finite]).max(initial=0.0)) / scale)
        return worst


def _five_regions() -> Connectome:
    """Asymmetric, with missing edges, a negative weight, self-edges and edges without length; two pairs of tracts."""
    rng = np.random.Generator(np.random.PCG64(11))
    pairs = {}
    for name, reach in (("structural", 8.0), ("other", 5.0)):
        weights, lengths = rng.uniform(0.05, 0.6, (5, 5)), rng.uniform(0.3, reach, (5, 5))
        weights[rng.random((5, 5)) < 0.3] = 0.0
        weights[0, 1], weights[3, 0], weights[2, 2] = -0.3, 0.5, 0.4
        lengths[3, 0] = lengths[2, 2] = 0.0
        pairs[name] = Tracts(weights, lengths)
    return Connectome(tuple("abcde"), None, pairs, "five")


@pytest.fixture(scope="session")
def against_interpreter(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """Runs a file on five regions by the engine and by ``ir.interp``.

    ``fault`` changes the text that the interpreter reads, ``transposed`` and ``later`` its network.
    """
    folder = tmp_path_factory.mktemp("interpreter")

    def run(
        text: str,
        *,
        steps: int = 40,
        past: Mapping[str, Float] | None = None,
        fault: Callable[[str], str] = lambda text: text,
        transposed: bool = False,
        later: int = 0,
        seeds: tuple[int, int] = (9, 9),
        **request: Any,
    ) -> Run:
        file, mistaken = folder / "model.xml", folder / "oracle.xml"
        file.write_text(text, encoding="utf-8")
        mistaken.write_text(fault(text), encoding="utf-8")
        program = run_passes(api.read_program(mistaken), until="order")
        if past is not None:
            np.savez(folder / "past.npz", **past)
            request["history"] = folder / "past.npz"
        asked = Request(duration=f"{steps * program.dt!r} ms", monitors=("raw",), seed=seeds[0], **request)
        job = api.prepare(file, "synthetic:5:0", asked, sweep=False)
        job = Job(job.program, job.artifact, _five_regions(), job.settings)
        settings = job.settings
        (block,) = (
            e.block for e in CpuEngine(1).run(job, job.layout().units, 0, lambda: "run") if isinstance(e, UnitDone)
        )
        weights, delays = {}, {}
        for c in program.couplings:
            tracts = job.connectome.tracts[c.weights]
            speed = settings.speeds.get(c.id, c.speed) if c.delayed else np.inf
            delays[c.id] = np.rint((tracts.lengths / speed) / settings.dt).astype(np.int64)
            delays[c.id] += later * (delays[c.id] > 0)
            weights[c.id] = tracts.weights.T if transposed else tracts.weights
        noise = None if settings.noise == "off" else Noise(seeds[1], settings.first_point, (settings.trials or 1) - 1)
        network = Network(weights or {"": np.zeros((5, 5))}, delays)
        start = settings.past
        if start is None:
            start = interp.start(program, interp.parameters(program, 5, settings.values), 5, noise or Noise(seeds[1]))[
                None
            ]
        oracle = interp.Interpreter(
            program, network, settings.dt, settings.scheme, given=settings.values, past=start, noise=noise
        ).run(steps)
        return Run(
            block["raw"][-1].astype(np.float64),
            oracle.exposures[1:],
            tuple(e.name for e in program.exposures),
            (int(block["diverged_at"][-1]), oracle.diverged_at),
        )

    return run
