"""The balloon model of blood flow, one step per ms, after ``tvb.analyzers.fmri_balloon.BalloonModel``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rateml.engines.recorder_kernels.elementary import exp, log
from rateml.engines.recorder_kernels.options import inline, loop

Row = NDArray[np.float64]


@inline
def change(
    s: float,
    f: float,
    v: float,
    q: float,
    x: float,
    decay: float,
    feedback: float,
    transit: float,
    stiffness: float,
    fraction: float,
    left: float,
) -> tuple[float, float, float]:
    """ds, dv and dq per second (df is s): Eqs. (4-10) of Stephan et al. 2007, NeuroImage 38:387."""
    out = exp(stiffness * log(v))  # v**(1/alpha)
    extracted = (1.0 - exp(left / f)) * fraction  # (1 - (1 - E0)**(1/f)) / E0
    return x - decay * s - feedback * (f - 1.0), transit * (f - out), transit * (f * extracted - out * (q / v))


@loop
def heun(x: Row, h: float, p: Row, signal: Row, flow: Row, volume: Row, content: Row) -> None:
    """One step of ``h`` seconds with the input held, as TVB's HeunDeterministic holds it."""
    p0, p1, p2, p3, p4, p5 = p[0], p[1], p[2], p[3], p[4], p[5]
    half = 0.5 * h
    for lane in range(x.size):
        s, f, v, q = signal[lane], flow[lane], volume[lane], content[lane]
        ds, dv, dq = change(s, f, v, q, x[lane], p0, p1, p2, p3, p4, p5)
        s1 = s + h * ds
        ds1, dv1, dq1 = change(s1, f + h * s, v + h * dv, q + h * dq, x[lane], p0, p1, p2, p3, p4, p5)
        signal[lane] = s + half * (ds + ds1)
        flow[lane] = f + half * (s + s1)
        volume[lane] = v + half * (dv + dv1)
        content[lane] = q + half * (dq + dq1)


@loop
def read_out(p: Row, volume: Row, content: Row, out: Row) -> None:
    """The revised non-linear signal: Eqs. (12) and (13, top) of Stephan et al. 2007."""
    v0, k1, k2, k3 = p[6], p[7], p[8], p[9]
    for lane in range(out.size):
        v, q = volume[lane], content[lane]
        out[lane] = v0 * (k1 * (1.0 - q) + k2 * (1.0 - q / v) + k3 * (1.0 - v))


@loop
def balloon(
    means: NDArray[np.float64],
    every: int,
    phase: int,
    rests: bool,
    h: float,
    p: Row,
    state: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Drive ``state`` (region, variable, 4, lane) by ``means`` (ms, variable, region, lane).

    With ``rests`` the first mean makes no step: it's where TVB's class stands at its initial state. After every
    ``every`` means, of which ``phase`` went by, the signal goes to ``out`` (sample, variable, region, lane).
    ``p`` holds 1/tau_s, 1/tau_f, 1/tau_o, 1/alpha, 1/E0, log(1 - E0), V0, k1, k2, k3.
    """
    for i in range(means.shape[2]):
        for v in range(means.shape[1]):
            s = state[i, v]
            gone = phase
            sample = 0
            for k in range(means.shape[0]):
                if k > 0 or not rests:
                    heun(means[k, v, i], h, p, s[0], s[1], s[2], s[3])
                gone += 1
                if gone == every:
                    read_out(p, s[2], s[3], out[sample, v, i])
                    gone = 0
                    sample += 1
