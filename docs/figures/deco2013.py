"""Two critical couplings, and functional connectivity at the brink of the second: after Deco et al. 2013.

Writes docs/images/deco2013.png, or the file named on the command line; docs/deco2013.md tells what it shows.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray

import rateml
from rateml.connectome import load_connectome

MODEL = rateml.shipped_model("reduced_wong_wang")
NETWORK = "tvb:66,diag=0"
PAPER = {"w": 0.9, "I_o": "0.3 nA"}  # where the paper and the file, which has TVB's values, differ
NO_DELAYS = {"speed": "inf"}
TO_KHZ = 1 / (0.641 * 100)  # 1 / (gamma tau_s), both as in the file; tau_s in ms

COUPLINGS = np.round(np.arange(0, 0.805, 0.01), 2)
# Parts of the second critical coupling. Closer below 1, noise throws the network out of the low state within minutes.
OF_SECOND = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96, 1.02, 1.06, 1.1, 1.15, 1.2])

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Branches:
    """The highest firing rate of any region, in Hz, at rest; ``low`` and ``high`` as ``couplings``."""

    couplings: Array
    low: Array
    high: Array

    @property
    def critical(self) -> tuple[float, float]:
        """Between which couplings a quiet state and an active one coexist, to half a step; ValueError if nowhere."""
        apart = np.flatnonzero(self.high - self.low > 1)
        if not apart.size:
            raise ValueError("both starts end at the same rate at every coupling: no quiet state beside an active one")
        if apart[0] == 0 or apart[-1] == self.couplings.size - 1:
            raise ValueError("a quiet state beside an active one at the end of the couplings: take a wider range")
        first, last = apart[0], apart[-1]
        return float(self.couplings[first - 1 : first + 1].mean()), float(self.couplings[last : last + 2].mean())


@dataclass(frozen=True)
class Fluctuations:
    """What the noise makes of each coupling: correlations, and the spread of S averaged over 1 s."""

    couplings: Array
    structure_function: Array  # correlation of functional connectivity and weights, over all pairs
    mean_fc: Array
    slow: Array  # standard deviation in time, mean of the regions
    slowest: Array  # that of the region where it is largest


def branches(
    couplings: Array = COUPLINGS, *, parameters: dict[str, Any] = PAPER, dt: str = "1 ms", settle: str = "30 s"
) -> Branches:
    """Where the network comes to rest from S = 0 and from S = 1 in all regions, without noise."""
    rates = []
    for start in (0.0, 1.0):
        rest = rateml.sweep(
            MODEL, NETWORK, values={"G": couplings.tolist()}, set={**parameters, **NO_DELAYS}, init={"S": start},
            noise="off", dt=dt, transient=settle, duration="100 ms",
        )  # fmt: skip
        s = rest.stats_mean.sel(variable="S").max("region").values
        rates.append(1000 * TO_KHZ * s / (1 - s))  # dS/dt = 0 solved for the rate
    return Branches(couplings, *rates)


def fluctuations(couplings: Array, *, duration: str = "600 s", dt: str = "1 ms") -> Fluctuations:
    """Simulations with noise, from the state of low activity."""
    noisy = rateml.sweep(
        MODEL, NETWORK, values={"G": couplings.tolist()}, set={**PAPER, **NO_DELAYS}, init={"S": 0.03}, dt=dt,
        transient="30 s", duration=duration, monitors=["tavg:1s:S", "fc:tavg:100ms:S"],
    )  # fmt: skip
    fc = noisy.fc.isel(variable=0).values
    weights = load_connectome(NETWORK).weights
    between = (weights + weights.T)[np.triu_indices(len(weights), 1)]  # the order of the pairs
    slow = noisy.tavg.isel(variable=0).std("time")
    return Fluctuations(
        couplings,
        np.array([np.corrcoef(one, between)[0, 1] for one in fc]),
        fc.mean(axis=1),
        slow.mean("region").values,
        slow.max("region").values,
    )


def draw(rest: Branches, noisy: Fluctuations, out: Path) -> None:
    figure, axes = plt.subplots(2, 2, figsize=(9, 6), sharex=True, layout="constrained")
    (states, structure), (mean, spread) = axes
    states.semilogy(rest.couplings, rest.high, ".", color="tab:red", label="from S = 1")
    states.semilogy(rest.couplings, rest.low, ".", color="tab:blue", markersize=4, label="from S = 0")
    states.set(title="a  States at rest", ylabel="highest firing rate (Hz)")
    states.legend()
    structure.plot(noisy.couplings, noisy.structure_function, ".-", color="black")
    structure.set(title="b  Structure and function", ylabel="correlation of FC and weights")
    mean.plot(noisy.couplings, noisy.mean_fc, ".-", color="black")
    mean.set(title="c  Functional connectivity", ylabel="mean FC", xlabel="G")
    spread.plot(noisy.couplings, noisy.slowest, ".-", color="tab:orange", label="largest of the regions")
    spread.plot(noisy.couplings, noisy.slow, ".-", color="black", label="mean of the regions")
    spread.set(title="d  Slow fluctuations", ylabel="std of S averaged over 1 s", xlabel="G")
    spread.legend()
    for ax in axes.flat:
        for coupling in rest.critical:
            ax.axvline(coupling, color="gray", linestyle="--", linewidth=1)
    figure.savefig(out, dpi=110)
    plt.close(figure)


def main(out: Path) -> None:
    rest = branches()
    first, second = rest.critical
    print(f"quiet and active states coexist between G = {first:.3f} and G = {second:.3f}")
    noisy = fluctuations(second * OF_SECOND)
    for name in ("structure_function", "mean_fc", "slow", "slowest"):
        values = getattr(noisy, name)
        print(
            f"{name}: {values[0]:.4f} at G = 0, most {values.max():.4f} at G = {noisy.couplings[values.argmax()]:.3f}"
        )
    draw(rest, noisy, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "images" / "deco2013.png")
