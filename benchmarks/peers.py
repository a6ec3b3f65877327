"""The peers of the sweep benchmark: the Montbrió model with noise over the same network, in the same process."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from importlib import import_module, util
from types import MethodType

import numpy as np

from rateml.connectome import load_connectome

DT, SPEED = 0.1, 2.0


def peers(steps: int) -> dict[str, Callable[[], float]]:
    """Of every peer that is installed, what gives its simulation steps per second."""
    found: dict[str, Callable[[], float]] = {}
    if util.find_spec("tvbk") is not None:
        found |= {f"tvbk {8 * batches} simulations": partial(tvbk_rate, batches, steps) for batches in (1, 8)}
    if util.find_spec("tvb") is not None:
        found["TVB NbMPRBackend"] = tvb_rate(steps)
    return found


def network() -> tuple[np.ndarray, np.ndarray]:
    tracts = next(iter(load_connectome("tvb:68").tracts.values()))
    return np.asarray(tracts.weights), np.asarray(tracts.lengths)


def tvbk_rate(batches: int, steps: int) -> float:
    """tvbk's ``step_mpr``, 8 simulations in float32 per batch, temporal average of ten steps."""
    tvbk = import_module("tvbk")

    weights, lengths = network()
    n = weights.shape[0]
    target, source = np.nonzero(weights)
    delays = np.rint(lengths[target, source] / SPEED / DT).astype(np.uint32) + 2
    edges = tvbk.Conn(n, target.size)
    edges.weights[:] = weights[target, source].astype("f")
    edges.indptr[:] = np.searchsorted(target, np.arange(n + 1)).astype(edges.indptr.dtype)
    edges.indices[:] = source.astype(edges.indices.dtype)
    edges.idelays[:] = delays
    past = tvbk.Cx8s(n, 2 ** int(np.ceil(np.log2(delays.max() + 2))), batches)
    past.buf[:] = 0
    x = np.zeros((batches, 2, n, 8), "f")
    x[:, 1] = -2
    parameters = np.zeros((batches, n, 6, 8), "f")
    for k, value in enumerate((1.0, 0.0, 0.7, 14.5, -4.6, 1.0)):
        parameters[:, :, k] = value
    parameters[:, :, 5] = np.linspace(0.1, 1.0, batches * 8).reshape(batches, 1, 8)
    sigma = np.full((batches, 2, 8), 0.01, "f")
    seeds = np.random.default_rng(0).integers(1, 2**62, (batches, 8, 4)).astype(np.uint64)
    mean = np.zeros_like(x)
    out = np.zeros((steps // 10, *x.shape), "f")
    began = time.perf_counter()
    for sample in range(len(out)):
        tvbk.step_mpr(past, edges, x, mean, sigma, parameters, sample * 10, 10, DT, seeds)
        out[sample] = mean
    took = time.perf_counter() - began
    if not np.isfinite(out).all():
        raise SystemExit("tvbk: not finite")
    return 8 * batches * steps / took


def tvb_rate(steps: int) -> Callable[[], float]:
    """TVB's numba back end for this model: one simulation per call, compiled once (TVB compiles at every call)."""
    from tvb.simulator.backend.nb_mpr import NbMPRBackend
    from tvb.simulator.lab import connectivity, coupling, integrators, models, monitors, noise, simulator

    weights, lengths = network()
    n = weights.shape[0]
    sim = simulator.Simulator(
        model=models.MontbrioPazoRoxin(),
        connectivity=connectivity.Connectivity(
            weights=weights, tract_lengths=lengths, region_labels=np.array([str(k) for k in range(n)]),
            centres=np.zeros((n, 3)), speed=np.array([SPEED]),
        ),
        coupling=coupling.Linear(a=np.array([0.5])),
        integrator=integrators.HeunStochastic(dt=DT, noise=noise.Additive(nsig=np.array([0.01, 0.01]))),
        monitors=(monitors.TemporalAverage(period=1.0),),
        simulation_length=steps * DT,
    ).configure()  # fmt: skip
    backend = NbMPRBackend()
    build = backend.build_py_func
    kept: list[object] = []

    def build_once(_: object, *args: object, **named: object) -> object:
        if not kept:
            kept.append(build(*args, **named))
        return kept[0]

    backend.build_py_func = MethodType(build_once, backend)

    def rate() -> float:
        if not kept:
            backend.run_sim(sim, nstep=100, chunksize=100)
        began = time.perf_counter()
        backend.run_sim(sim, nstep=steps, chunksize=steps)
        return steps / (time.perf_counter() - began)

    return rate
