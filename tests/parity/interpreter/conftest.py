"""One file, run by the engine from generated code and by ``ir.interp``, the slow and obvious evaluator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rateml import api
from rateml.connectome import Connectome, Tracts
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import UnitDone
from rateml.engines.job import Job
from rateml.ir import interp
from rateml.ir.interp import Network, Noise
from rateml.passes import run_passes
from rateml.request.settings import Request

Float = NDArray[np.float64]


ALLOWED = {"float64": 1e-12, "float32": 1e-4}


@dataclass(frozen=True)
class Run:
    """One simulation by the engine, and what the interpreter makes of it: exposures (step, exposure, region).

    ``allowed`` is how far they may be apart, in the largest magnitude of each exposure.
    """

    ours: Float
    oracle: Float
    names: tuple[str, ...]
    diverged_at: tuple[int, int]
    allowed: float

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
            ALLOWED[settings.precision],
        )

    return run
