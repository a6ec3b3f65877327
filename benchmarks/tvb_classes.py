"""Generated classes against TVB's own, in TVB's Simulator, alternating in one run; quote the ratios.

Stock TVB, its 76 regions, Heun without noise at dt 0.1 ms, averages over 1 ms; one run of each to compile, then the
fastest of several. A ratio above 1 says that the generated class is faster.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tvb.datatypes.connectivity import Connectivity
from tvb.simulator import coupling, integrators, models, monitors
from tvb.simulator.simulator import Simulator

from rateml import api

CASES = {
    "montbrio": (models.MontbrioPazoRoxin, coupling.Linear),
    "epileptor": (models.Epileptor, coupling.Difference),
    "reduced_wong_wang": (models.ReducedWongWang, coupling.Linear),
    "jansen_rit": (models.JansenRit, coupling.SigmoidalJansenRit),
}


def main() -> None:
    logging.disable(logging.CRITICAL)  # TVB tells every step of its set-up
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ms", type=float, default=200.0, help="simulated time of a run")
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--regions", type=int, default=76)
    asked = parser.parse_args()
    print(f"{'model':20} {'generated':>12} {'TVB':>12} {'ratio':>7}   (us per step)")
    for name, (model, connects) in CASES.items():
        makers: tuple[Callable[[], Any], ...] = (
            lambda name=name: simulator(*generated(name), asked.regions),
            lambda model=model, connects=connects: simulator(model(), connects(), asked.regions),
        )
        ours, theirs = compare(makers, asked.ms, asked.repeat)
        steps = asked.ms / 0.1 * 1e-6
        print(f"{name:20} {ours / steps:12.1f} {theirs / steps:12.1f} {theirs / ours:7.2f}")


def generated(name: str) -> tuple[Any, Any]:
    """The model and the coupling of a shipped file."""
    artifact = api.build(Path(api.__file__).parents[1] / "models" / f"{name}.xml", "tvb")
    with tempfile.TemporaryDirectory() as folder:
        artifact.write(Path(folder))
        spec = importlib.util.spec_from_file_location(artifact.entry[:-3], Path(folder) / artifact.entry)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    owner = next(c for n, c in vars(module).items() if f"{n}Coupling" in vars(module))
    return owner(), getattr(module, f"{owner.__name__}Coupling")()


def simulator(model: Any, connects: Any, regions: int) -> Any:
    """The same network for both, its strength such that nothing diverges."""
    connectivity = Connectivity.from_file(f"connectivity_{regions}.zip")
    connectivity.weights = connectivity.weights / connectivity.weights.sum(axis=1).max() * 0.1
    connectivity.speed = np.array([3.0])
    return Simulator(
        model=model,
        connectivity=connectivity,
        coupling=connects,
        integrator=integrators.HeunDeterministic(dt=0.1),
        monitors=(monitors.TemporalAverage(period=1.0),),
    ).configure()


def compare(makers: tuple[Callable[[], Any], ...], ms: float, repeat: int) -> tuple[float, ...]:
    """Seconds of the fastest run of each, which take turns."""
    simulators = [make() for make in makers]
    best = [np.inf for _ in simulators]
    for turn in range(repeat + 1):
        for k, sim in enumerate(simulators):
            start = time.perf_counter()
            sim.run(simulation_length=ms)
            if turn:
                best[k] = min(best[k], time.perf_counter() - start)
    return tuple(best)


if __name__ == "__main__":
    main()
