"""What every run says of its connectome before it starts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rateml.connectome.connectome import STRUCTURAL, Connectome
from rateml.connectome.edges import Edges
from rateml.connectome.suggest import did_you_mean
from rateml.errors import UserError
from rateml.standalone.delays import delay_steps

PLAUSIBLE_MM = (20.0, 500.0)
"""Outside this range of the longest tract, a wrong unit is likelier than such a brain."""


@dataclass(frozen=True)
class ConnectomeSummary:
    """The figures of one pair of tracts. Edges are where the weight is not 0; the diagonal counts.

    ``delays`` is (fewest, most) in steps over all edges and speeds. ``weight_maximum`` and ``in_strength`` (least,
    mean, greatest row sum) have the unit of the weights; ``diagonal_share`` is |diagonal| / |all|, 0 to 1.
    ``tract_range`` is (shortest, longest) over the edges, mm; None when there is no edge. ``speeds`` in mm/ms (empty:
    no coupling is delayed; None: not known yet), ``dt`` in ms.
    """

    source: str
    transform: tuple[str, ...]
    tracts_name: str
    speeds: tuple[float, ...] | None
    dt: float
    nodes: int
    edges: int
    delays: tuple[int, int]
    weight_maximum: float
    in_strength: tuple[float, float, float]
    diagonal_share: float
    tract_range: tuple[float, float] | None
    warnings: tuple[str, ...]

    @property
    def longest_tract(self) -> float:
        """mm, over the edges; 0 when there is none."""
        return self.tract_range[1] if self.tract_range else 0.0

    def lines(self) -> list[str]:
        """The printout, without the warnings."""
        name = ", ".join((self.source, *self.transform))
        pair = "" if self.tracts_name == STRUCTURAL else f" (tracts '{self.tracts_name}')"
        density = self.edges / self.nodes**2
        low, mean, high = self.in_strength
        return [
            f"Connectome   {name}{pair}",
            f"Network      {self.nodes:,} nodes, {self.edges:,} edges (density {density:.1%})",
            f"Tracts       {self._tracts()}",
            f"Weights      maximum {self.weight_maximum:.4g}, diagonal share {self.diagonal_share:.1%}",
            f"In-strength  min {low:.4g}, mean {mean:.4g}, max {high:.4g}",
        ]

    def _tracts(self) -> str:
        if self.tract_range is None:
            return "none"
        lengths = f"{self.tract_range[0]:.4g} to {self.tract_range[1]:.4g} mm"
        if self.speeds is None:
            return lengths
        finite = [s for s in self.speeds if math.isfinite(s)]
        if not finite:
            return f"{lengths}, no delays"
        low, high = min(self.speeds), max(self.speeds)
        speed = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        return f"{lengths}, delays {self.delays[0]:,} to {self.delays[1]:,} steps ({speed} mm/ms, dt {self.dt:g} ms)"


def summarise(connectome: Connectome, tracts_name: str, speeds: Sequence[float] | None, dt: float) -> ConnectomeSummary:
    """The figures and warnings of one pair of tracts at ``speeds`` (mm/ms; see ConnectomeSummary) and ``dt`` (ms).

    Raises UserError for an unknown ``tracts_name``, a speed or dt that is not above 0, and delays that are too long.
    """
    if tracts_name not in connectome.tracts:
        known = ", ".join(connectome.tracts)
        raise UserError(
            f"{connectome.source}: no tracts named '{tracts_name}'{did_you_mean(tracts_name, connectome.tracts)} "
            f"The connectome has: {known}"
        )
    tracts = connectome.tracts[tracts_name]
    edges = Edges.from_tracts(tracts)
    extremes = {min(speeds), max(speeds)} if speeds else ()  # of which the delays are the longest and the shortest
    steps = [delay_steps(edges.length, speed, dt) for speed in extremes]
    in_strength = tracts.weights.sum(axis=1)
    total = float(np.abs(tracts.weights).sum())
    return ConnectomeSummary(
        source=connectome.source,
        transform=connectome.transform,
        tracts_name=tracts_name,
        speeds=None if speeds is None else tuple(map(float, speeds)),
        dt=float(dt),
        nodes=connectome.n_nodes,
        edges=edges.n_edges,
        delays=(min(int(s.min()) for s in steps), max(int(s.max()) for s in steps))
        if steps and edges.n_edges
        else (0, 0),
        weight_maximum=float(tracts.weights.max()),
        in_strength=(float(in_strength.min()), float(in_strength.mean()), float(in_strength.max())),
        diagonal_share=float(np.abs(tracts.weights.diagonal()).sum()) / total if total else 0.0,
        tract_range=(float(edges.length.min()), float(edges.length.max())) if edges.n_edges else None,
        warnings=tuple(_warnings(connectome.labels, edges, speeds or (), dt)),
    )


def _warnings(labels: tuple[str, ...], edges: Edges, speeds: Sequence[float], dt: float) -> list[str]:
    if not edges.n_edges:
        return ["the network has no connection at all: every weight is 0"]
    found = []
    longest = float(edges.length.max())
    between = edges.target != edges.source
    if longest == 0:
        found.append("all tract lengths are 0 mm, so there are no delays")
    elif not PLAUSIBLE_MM[0] <= longest <= PLAUSIBLE_MM[1]:
        low, high = PLAUSIBLE_MM
        found.append(
            f"the longest tract is {longest:.4g} mm, outside {low:g} to {high:g} mm: probably the lengths are not in mm"
        )
    empty = between & (edges.length == 0)
    if empty.any() and longest > 0:
        found.append(f"{_count(labels, edges, empty)} of length 0 mm between different regions, so without delay")
    finite = [s for s in speeds if math.isfinite(s)]
    if finite:
        short = between & (edges.length > 0) & (delay_steps(edges.length, max(finite), dt) == 0)
        if short.any():
            found.append(
                f"{_count(labels, edges, short)} between different regions with a delay that rounds to 0 steps "
                f"at {max(finite):g} mm/ms and dt {dt:g} ms"
            )
    alone = np.ones(edges.n_nodes, dtype=bool)
    alone[edges.target[between]] = alone[edges.source[between]] = False
    if alone.any():
        names = [labels[i] for i in np.flatnonzero(alone)]
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        are = "1 region is" if len(names) == 1 else f"{len(names)} regions are"
        found.append(f"{are} isolated, connected to no other: {', '.join(names[:5])}{more}")
    return found


def _count(labels: tuple[str, ...], edges: Edges, mask: NDArray[np.bool_]) -> str:
    first = int(np.flatnonzero(mask)[0])
    example = f"{labels[edges.source[first]]} to {labels[edges.target[first]]}"
    count = int(mask.sum())
    return f"1 edge ({example})" if count == 1 else f"{count:,} edges (the first: {example})"
