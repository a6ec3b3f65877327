"""The coefficients of the models of Stefanescu and Jirsa (2008), for another distribution of excitabilities.

The neurons of a reduced set differ in an excitability Z, normally distributed with mean mu and standard deviation
sigma. Their population is described by three modes, functions V_k of Z that are constant on one third of the neurons
each and 0 elsewhere, with integral of V_k^2 equal to 1. What is left of the distribution in the equations are
integrals over Z, with G its density:

    p_k = ∫ V_k    g_k = ∫ G V_k    q_k = ∫ V_k^4    u_k = ∫ V_k^3 (Hindmarsh-Rose)    I_k = ∫ Z V_k

computed as TVB does (``ReducedSetBase``): by the trapezoidal rule at 1,500 quantiles of the distribution.

    python -m rateml.models.reduced_set FitzHughNagumo --sigma 0.4 --mu 0.1
    python -m rateml.models.reduced_set HindmarshRose --sigma 0.2 0.3 0.4 --points sets.csv

The first prints the attributes that a Component of ``reduced_set_fitz_hugh_nagumo.xml`` takes, the second writes a
table for ``rateml sweep --points``.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from statistics import NormalDist
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Kind = Literal["FitzHughNagumo", "HindmarshRose"]
MODES: Final = 3
QUANTILES: Final = 1500
DEFAULTS: Final[dict[Kind, tuple[float, float]]] = {"FitzHughNagumo": (0.35, 0.0), "HindmarshRose": (0.3, 3.3)}
"""sigma and mu of TVB, and of the shipped files."""


def coefficients(kind: Kind, sigma: float, mu: float) -> dict[str, float]:
    """The coefficients by name, mode by mode: ``p_1`` to ``I_3``, without dimension.

    Raises ValueError where sigma is not above 0 or either is not finite.
    """
    if not (0 < sigma < np.inf and np.isfinite(mu)):
        raise ValueError(f"sigma must be above 0 and mu finite, not sigma = {sigma!r}, mu = {mu!r}")
    normal = NormalDist(mu, sigma)
    step = 1.0 / (QUANTILES + 1)
    z = np.array([normal.inv_cdf(u) for u in np.arange(step, 1.0, step)])
    density = np.array([normal.pdf(v) for v in z])
    modes = np.repeat(np.eye(MODES), QUANTILES // MODES, axis=1)
    modes /= np.sqrt(_integral(modes**2, z))[:, np.newaxis]
    found = {"p": _integral(modes, z), "g": _integral(density * modes, z), "q": _integral(modes**4, z)}
    if kind == "HindmarshRose":
        found["u"] = _integral(modes**3, z)
    found["I"] = _integral(z * modes, z)
    return {f"{name}_{k + 1}": float(values[k]) for name, values in found.items() for k in range(MODES)}


def _integral(values: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.trapezoid(values, z, axis=1), dtype=np.float64)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m rateml.models.reduced_set",
        description="Coefficients of reduced_set_fitz_hugh_nagumo and reduced_set_hindmarsh_rose.",
    )
    parser.add_argument("kind", choices=get_args(Kind), help="which neurons")
    parser.add_argument("--sigma", type=float, nargs="+", help="standard deviation of the excitability; default: TVB's")
    parser.add_argument("--mu", type=float, nargs="+", help="mean of the excitability; default: TVB's")
    parser.add_argument(
        "--points", type=Path, metavar="FILE.csv", help="write all combinations as a table for rateml sweep --points"
    )
    asked = parser.parse_args(argv)
    sigma, mu = DEFAULTS[asked.kind]
    pairs = list(product(asked.sigma or [sigma], asked.mu or [mu]))
    if asked.points is None and len(pairs) > 1:
        parser.error("several sigma or mu need --points FILE.csv")
    try:
        rows = [coefficients(asked.kind, *pair) for pair in pairs]
    except ValueError as error:
        parser.error(str(error))
    if asked.points is None:
        print(" ".join(f'{name}="{value!r}"' for name, value in rows[0].items()))
        return 0
    try:
        with asked.points.open("x", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows({name: repr(value) for name, value in row.items()} for row in rows)
    except OSError as error:
        parser.error(f"cannot write {asked.points}: {error.strerror}; choose another file")
    return 0


if __name__ == "__main__":
    sys.exit(main())
