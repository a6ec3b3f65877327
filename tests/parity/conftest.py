"""What each shipped model is in The Virtual Brain, and how the two are made to talk of the same thing."""

from __future__ import annotations

import logging
import tomllib
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rateml import api
from rateml.ir.program import Parameter, Program

Float = NDArray[np.float64]
Span = tuple[float, float]


@dataclass(frozen=True)
class Counterpart:
    """A class of ``tvb.simulator.models``, and one of ``tvb.simulator.coupling`` as it is usually coupled.

    ``inputs`` gives each input's place among TVB's coupling variables, and its range. ``coupling`` names the coupling
    and ``couples`` TVB's names of its parameters. In networks, ``strength`` times 1/(largest in-strength) are the
    parameters that couple, ``settings`` others, ``regional`` one that differs by region; ``past`` narrows the states
    of the file, ``drawn`` those for derivatives. ``stock`` are attributes of TVB's object.

    ``unused`` are parameters of TVB's that are in none of its equations, ``ours`` those that only the file has,
    ``single`` those that TVB takes for all regions at once, ``silent`` those that no derivative depends on,
    ``steps`` those that are thresholds.
    ``differs`` names the parameters and states whose values or ranges are on purpose not TVB's, ``shown`` says that
    the exposures aren't either. ``echo``: TVB has more states than the file, which follow its first.
    """

    tvb: str
    inputs: Mapping[str, tuple[int, float, float]]
    coupling: str = "Linear"
    couples: Mapping[str, str] = field(default_factory=lambda: {"G": "a"})
    strength: Mapping[str, float] = field(default_factory=dict)
    settings: Mapping[str, float] = field(default_factory=dict)
    regional: Mapping[str, Span] = field(default_factory=dict)
    past: Mapping[str, Span] = field(default_factory=dict)
    drawn: Mapping[str, Span] = field(default_factory=dict)
    stock: Mapping[str, float] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    single: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    shown: bool = False
    echo: bool = False
    modes: int = 1
    exact: float = 1e-12
    period: float | None = None

    def own(self, program: Program) -> list[Parameter]:
        """The model's own parameters but the intensities of noise, which TVB gives to the integrator."""
        return [
            p
            for p in program.parameters
            if p.owner == program.component and p.name != "D" and not p.name.startswith("D_")
        ]

    def states(self, ours: Float) -> Float:
        """TVB's (…, state, region, mode) from ours (…, state, region)."""
        if self.echo:
            ours = np.concatenate([ours, ours], axis=-2)
        shape = (*ours.shape[:-2], ours.shape[-2] // self.modes, self.modes, ours.shape[-1])
        return np.ascontiguousarray(np.swapaxes(ours.reshape(shape), -1, -2))

    def back(self, theirs: Float) -> Float:
        """Ours (…, state, region) from TVB's (…, state, region, mode)."""
        out = np.swapaxes(theirs, -1, -2)
        out = out.reshape(*out.shape[:-3], -1, out.shape[-1])
        return out[..., : out.shape[-2] // 2, :] if self.echo else out

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """TVB's arguments from the file's parameters by name."""
        given = {n: v for n, v in values.items() if n not in self.ours}
        vectors: dict[str, dict[int, float]] = {}
        for name in [n for n in given if self.tvb.startswith("Zerlaut") and n.startswith(("P_e", "P_i"))]:
            vectors.setdefault(name[:3], {})[int(name[3:])] = float(np.ravel(given.pop(name))[0])
        given |= {name: np.array([v[k] for k in sorted(v)]) for name, v in vectors.items()}
        kinds = dict.fromkeys(("N", "N_tot", "K_ext_e", "K_ext_i"), np.int64) | dict.fromkeys(SWITCHES, np.bool_)
        given |= {n: np.asarray(v).astype(kinds[n]) for n, v in given.items() if n in kinds}
        return {**given, **{n: np.array([v]) for n, v in self.stock.items()}}


SWITCHES = ("modification", "shift_sigmoid")


@pytest.fixture(scope="session")
def counterparts() -> Mapping[str, Counterpart]:
    """By the name of the file; ``couplings`` and ``kuramoto_mean`` have tests of their own."""
    with Path(__file__).with_name("counterparts.toml").open("rb") as file:
        return {name: Counterpart(**entry) for name, entry in tomllib.load(file).items()}


@pytest.fixture(scope="session")
def past_of(counterparts: Mapping[str, Counterpart]) -> Callable[[str, Program, int, int, int], Float]:
    """Makes a past (row, state, region) of a model, white in time: of rows, regions, and a seed."""

    def make(name: str, program: Program, rows: int, regions: int, seed: int) -> Float:
        rng = np.random.Generator(np.random.PCG64(seed))
        narrower = counterparts[name].past
        spans = [narrower.get(s.name, (s.low, s.high)) for s in program.states]
        return np.stack([rng.uniform(*span, size=(rows, regions)) for span in spans], axis=1)

    return make


@pytest.fixture(scope="session")
def programs(shipped_models: dict[str, Path]) -> Callable[[str], Program]:
    """Reads a shipped model, once."""
    return cache(lambda name: api.read_program(shipped_models[name]))


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


@pytest.fixture(scope="session")
def float64_history(tvb: SimpleNamespace) -> Callable[[], Any]:
    """A context in which TVB keeps its history in float64."""
    return partial(_float64_history, tvb.history)


@pytest.fixture(scope="session")
def by_sources(tvb: SimpleNamespace) -> type:
    """PreSigmoidal as its text has it: TVB's sums over another axis, so that no node hears another.

    A node's own output, which drives its threshold, is the present one; in TVB it is as old as the connectome says
    that a region is away from itself, which is 44 mm at worst in the one of 68 regions.
    """

    class BySources(tvb.coupling.PreSigmoidal):  # type: ignore[name-defined, misc]
        def __call__(self, step: int, history: Any) -> Float:
            now, sent = history.query(step)
            weights = history.es_weights[:, 0]
            if not self.dynamic:
                out = self.H * (self.Q + np.tanh(self.G * (self.P * sent[:, 0] - self.theta[..., np.newaxis])))
                return (weights * out).sum(axis=1)[np.newaxis]
            out = self.H * (self.Q + np.tanh(self.G * (self.P * sent[:, 0] - sent[:, 1])))
            own = self.H * (self.Q + np.tanh(self.G * (self.P * now[0] - now[1])))
            if self.globalT:
                own[:] = own.mean()
            return np.stack([(weights * out).sum(axis=1), own])

    return BySources
