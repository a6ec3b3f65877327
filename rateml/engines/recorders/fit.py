"""How near a simulation comes to a measurement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

NEAR_ONE = 1.0 - 2.0**-24
"""Where Fisher's z stops growing: regions in perfect synchrony would make it infinite and a fit undefined."""


def fisher_z(correlation: Values) -> Values:
    """``artanh r``, correlations beyond +-(1 - 2**-24) taken as that; NaN stays."""
    return np.asarray(np.arctanh(np.clip(correlation, -NEAR_ONE, NEAR_ONE)))


def fit_fc(simulated: Values, measured: Values) -> float:
    """Pearson's correlation of the Fisher-z of two upper triangles (pair,); NaN when either is NaN or constant."""
    a, b = (z - z.mean() for z in (fisher_z(simulated), fisher_z(measured)))
    length = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / length) if length > 0.0 else float("nan")


def fit_fcd(simulated: Values, measured: Values) -> float:
    """The Kolmogorov-Smirnov distance of two samples (n,), (m,), as ``scipy.stats.ks_2samp``; NaN if any is NaN."""
    if np.isnan(simulated).any():
        return float("nan")
    a, b = np.sort(simulated), np.sort(measured)
    at = np.concatenate([a, b])
    below_a = np.searchsorted(a, at, side="right") / a.size
    below_b = np.searchsorted(b, at, side="right") / b.size
    return float(np.abs(below_a - below_b).max())
