"""One network, one model, run by rateml through its engine or its interpreter, and by TVB's own Simulator."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rateml import api
from rateml.connectome import Connectome, Tracts, delay_steps, load_connectome
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import UnitDone
from rateml.engines.job import Job
from rateml.ir import philox
from rateml.ir.interp import Interpreter, Network
from rateml.ir.program import Program
from rateml.passes import run_passes
from rateml.request.settings import Request

Float = NDArray[np.float64]
Draw = Callable[[int, int], Float]
"""Standard normals (state, region) of a step, given the number of states and the step."""


@pytest.fixture(scope="session")
def model_files(shipped_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The shipped models with every state exposed, their equations untouched."""
    folder = tmp_path_factory.mktemp("models")
    files = {}
    for name, shipped in shipped_models.items():
        text = shipped.read_text(encoding="utf-8")
        for state, dimension in re.findall(r'<StateVariable name="(\w+)" dimension="(\w+)" rml', text):
            hidden = f'<StateVariable name="{state}" dimension="{dimension}"'
            text = text.replace(hidden, f'{hidden} exposure="{state}"')
            text = text.replace("<Exposure", f'<Exposure name="{state}" dimension="{dimension}"/><Exposure', 1)
        files[name] = folder / f"{name}.xml"
        files[name].write_text(text, encoding="utf-8")
    return files


def _with(network: Connectome, weights: Float | None = None, lengths: Float | None = None) -> Connectome:
    tracts = Tracts(network.weights if weights is None else weights, network.lengths if lengths is None else lengths)
    return Connectome(network.labels, network.centres, {"structural": tracts}, network.source)


@pytest.fixture(scope="session")
def six_regions() -> Connectome:
    """Asymmetric, with missing edges, a self-edge and an edge without length; delays up to 12 steps of 0.1 ms."""
    rng = np.random.Generator(np.random.PCG64(23))
    weights, lengths = rng.uniform(0.1, 1.0, (6, 6)), rng.uniform(0.3, 3.6, (6, 6))
    weights[rng.random((6, 6)) < 0.3] = 0.0
    weights[2, 2], weights[4, 1] = 0.4, 0.7
    lengths[4, 1] = 0.0
    np.fill_diagonal(lengths, 0.0)
    return Connectome(tuple("abcdef"), None, {"structural": Tracts(weights, lengths)}, "six")


@dataclass(frozen=True, eq=False)
class Experiment:
    """One model on one raw connectome, with a random past and regional parameters.

    The strength of the coupling is ``1 / (largest in-strength)`` times a factor of the model, so that the network
    decides the dynamics but nothing diverges.
    """

    tvb: SimpleNamespace
    case: Any
    file: Path
    folder: Path
    model: str
    network: Connectome
    speed: float
    scheme: str
    float64_history: Callable[[], Any]
    by_sources: type
    make_past: Callable[[str, Program, int, int, int], Float]
    least_steps: int = 1000
    diffusion: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def program(self) -> Program:
        return run_passes(api.read_program(self.file), until="order")

    @property
    def dt(self) -> float:
        return self.program.dt

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(s.name for s in self.program.states)

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
        n = self.network.n_nodes
        return self.make_past(self.model, self.program, int(self.delays.max()) + 1, n, n)

    @cached_property
    def strength(self) -> float:
        return float(1.0 / self.network.weights.sum(axis=1).max())

    @cached_property
    def values(self) -> dict[str, float | Float]:
        """Parameters by rateml's names: those that couple, and one that differs from region to region."""
        rng = np.random.Generator(np.random.PCG64(7))
        couples = {name: factor * self.strength for name, factor in self.case.strength.items()}
        differ = {name: rng.uniform(*span, self.network.n_nodes) for name, span in self.case.regional.items()}
        return {**couples, **self.case.settings, **differ}

    def keyed(self, values: Mapping[str, float | Float]) -> dict[str, float | Float]:
        """By the keys of the program's parameters."""
        keys = {p.key for p in self.program.parameters}
        names = {p.name: p.key for p in self.program.parameters}
        return {name if name in keys else names[name]: value for name, value in values.items()}

    def interpreted(self) -> Float:
        """States (step, state, region) by ``ir.interp``."""
        couplings = [c.id for c in self.program.couplings]
        network = Network(dict.fromkeys(couplings, self.network.weights), dict.fromkeys(couplings, self.delays))
        given: Any = self.keyed(self.values)
        run = Interpreter(self.program, network, self.dt, self.scheme, given=given, past=self.past)  # type: ignore[arg-type]
        return run.run(self.steps).states[1:]

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
        job = api.prepare(self.file, f"tvb:{self.network.n_nodes}", asked, sweep=bool(axes))
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
        network: Connectome | None = None,
        past: Float | None = None,
    ) -> Float:
        """States (step, state, region) by tvb.simulator.simulator.Simulator; with ``draw``, stochastic.

        All steps, or the first ``steps``. Its history is kept in float64, or in TVB's own float32 when ``as_is``.
        ``network`` and ``past`` are faults.
        """
        with warnings.catch_warnings(), nullcontext() if as_is else self.float64_history():
            warnings.simplefilter("ignore")
            kept = np.dtype("f" if as_is else "d")
            start = self.past if past is None else past
            return self._theirs(draw, change or {}, steps or self.steps, kept, network or self.network, start)

    def _theirs(
        self,
        draw: Draw | None,
        change: Mapping[str, float],
        steps: int,
        kept: np.dtype[Any],
        network: Connectome,
        past: Float,
    ) -> Float:
        tvb, case = self.tvb, self.case
        diffusion = {name: change.get(name, value) for name, value in self.diffusion.items()}
        model, coupling = self._parts()
        name = {"euler": "Euler", "heun": "Heun"}[self.scheme]
        if draw is None:
            integrator = getattr(tvb.integrators, f"{name}Deterministic")(dt=self.dt)
        else:
            integrator = getattr(tvb.integrators, f"{name}Stochastic")(dt=self.dt, noise=self._noise(draw, diffusion))
        simulator = tvb.Simulator(
            model=model,
            connectivity=self._connectivity(network),
            coupling=coupling,
            integrator=integrator,
            monitors=(tvb.monitors.Raw(),),
            initial_conditions=case.states(past),
        )
        simulator.configure()
        simulator.model.observe = lambda state: state  # all states; some models offer monitors only some
        np.testing.assert_array_equal(simulator.connectivity.idelays, delay_steps(network.lengths, self.speed, self.dt))
        assert simulator.history.buffer.dtype == kept
        np.testing.assert_array_equal(case.back(simulator.current_state), past[-1])
        out = np.empty((steps, *past.shape[1:]))
        for k, ((_, state),) in enumerate(simulator(n_steps=steps)):
            out[k] = case.back(state)
        assert k == steps - 1
        return out

    def _connectivity(self, network: Connectome) -> Any:
        n = network.n_nodes
        centres = np.zeros((n, 3)) if network.centres is None else network.centres
        return self.tvb.Connectivity(
            weights=network.weights.copy(),
            tract_lengths=network.lengths.copy(),
            region_labels=np.array(network.labels),
            centres=centres,
            speed=np.array([self.speed]),
        )

    def _parts(self) -> tuple[Any, Any]:
        """TVB's model and coupling with the parameters of this experiment."""
        case, tvb = self.case, self.tvb
        values = {p.key: p.default for p in self.program.parameters} | self.keyed(self.values)
        couples = {name: key for key, name in self._coupled().items()}
        own = {p.name: np.atleast_1d(np.asarray(values[p.key])) for p in case.own(self.program)}
        modes = {n: v[:, np.newaxis] if case.modes > 1 and len(v) > 1 else v for n, v in own.items()}
        model = getattr(tvb.models, case.tvb)(**case.arguments(modes))
        kind = self.by_sources if case.coupling == "PreSigmoidal" else getattr(tvb.coupling, case.coupling)
        arguments = {name: np.atleast_1d(np.asarray(values[key])) for name, key in couples.items()}
        if case.coupling == "PreSigmoidal":
            arguments["dynamic"] = bool(case.stock)
        return model, kind(**arguments)

    def _coupled(self) -> dict[str, str]:
        return {key: self.case.couples[name] for name in self.case.couples for key in self.keyed({name: 0.0})}

    def _noise(self, draw: Draw, diffusion: Mapping[str, float]) -> Any:
        """TVB's additive noise, its D per state as ours, its increments sqrt(dt) times ``draw``."""
        by_state = {a.name: a.value for a in self.program.diffusion}

        class Ours(self.tvb.noise.Additive):  # type: ignore[name-defined, misc]
            step = 0

            def generate(self, shape: tuple[int, ...], lo: float = -1.0, hi: float = 1.0) -> Float:
                z = draw(shape[0], self.step)[..., np.newaxis]
                assert z.shape == shape
                self.step += 1
                return np.sqrt(self.dt) * z

        intensities = [diffusion[getattr(by_state[s], "id", "")] if s in by_state else 0.0 for s in self.states]
        return Ours(nsig=np.array(intensities))

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
        if self.case.period is not None:
            return float(np.abs(np.exp(1j * ours) - np.exp(1j * theirs)).max())
        spread = theirs.std(axis=(0, 2))
        return float((np.abs(ours - theirs).max(axis=(0, 2)) / np.where(spread == 0.0, 1.0, spread)).max())


@pytest.fixture
def experiment(
    tvb: SimpleNamespace,
    counterparts: Mapping[str, Any],
    model_files: dict[str, Path],
    float64_history: Callable[[], Any],
    by_sources: type,
    past_of: Callable[[str, Program, int, int, int], Float],
    tmp_path: Path,
) -> Callable[..., Experiment]:
    """Makes an Experiment of model, network (of which TVB's by its size), speed, scheme."""

    def make(model: str, network: int | Connectome, speed: float, scheme: str, **more: Any) -> Experiment:
        found = load_connectome(f"tvb:{network}") if isinstance(network, int) else network
        file, case = model_files[model], counterparts[model]
        given = (tvb, case, file, tmp_path, model, found, speed, scheme, float64_history, by_sources, past_of)
        return Experiment(*given, **more)

    return make
