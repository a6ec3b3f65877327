"""The peer of ``rateml bench``: the same work in The Virtual Brain's simulator."""

from __future__ import annotations

import logging
import time
import warnings

import numpy as np


def tvb_rate(duration: float) -> float:
    """Simulation steps/s of one Montbrió simulation of ``duration`` ms (``tvb.simulator.simulator.Simulator``)."""
    logging.disable(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tvb.simulator.lab import connectivity, coupling, integrators, models, monitors, noise, simulator

        network = connectivity.Connectivity.from_file("connectivity_68.zip")
        network.speed = np.array([2.0])
        simulation = simulator.Simulator(
            model=models.MontbrioPazoRoxin(),
            connectivity=network,
            coupling=coupling.Linear(a=np.array([0.4])),
            conduction_speed=2.0,
            integrator=integrators.HeunStochastic(dt=0.1, noise=noise.Additive(nsig=np.array([5e-5, 5e-5]))),
            monitors=[monitors.TemporalAverage(period=1.0)],
            simulation_length=duration,
        ).configure()
        began = time.perf_counter()
        simulation.run()
    logging.disable(logging.NOTSET)
    return duration / 0.1 / (time.perf_counter() - began)
