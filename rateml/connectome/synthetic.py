"""``synthetic:N:SEED``: a plausible random brain network, for first runs, tests and benchmarks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rateml.connectome.connectome import STRUCTURAL, Connectome, Tracts
from rateml.connectome.validate import Matrix
from rateml.errors import UserError

MAX_NODES = 5000
SEMI_AXES = (70.0, 85.0, 60.0)
GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))
DECAY_MM = 28.0
SPREAD = 1.1


def synthetic(source: str) -> Connectome:
    """A symmetric network of N regions in two hemispheres: ``lh-001`` … and ``rh-001`` ….

    Regions lie in the shell of an ellipsoid of 140 x 170 x 120 mm; a tract is 1.15 to 1.4 times as long as the
    straight line; weights are log-normal around an exponential decay with length, at most 1. Kept are the strongest
    pairs (27 % of them at N = 68, fewer the larger N), those of a spanning tree, so that no region is cut off, and
    the pairs of mirrored regions. Lengths are rounded to 0.001 mm and weights to 1e-6, so that the last bits of
    exp and sqrt, which differ between machines, do not change the digest.
    """
    n, seed = _parse(source)
    rng = np.random.Generator(np.random.PCG64(seed))
    left = (n + 1) // 2
    labels = (*(f"lh-{i:03d}" for i in range(1, left + 1)), *(f"rh-{i:03d}" for i in range(1, n - left + 1)))
    centres = _centres(rng, n, left)
    distance = np.sqrt(((centres[:, None, :] - centres[None, :, :]) ** 2).sum(axis=-1))
    lengths = np.round(_symmetric(distance * rng.uniform(1.15, 1.4, size=(n, n))), 3)
    strength = _symmetric(-lengths / DECAY_MM + SPREAD * rng.standard_normal((n, n)))
    kept = _kept(strength, left)
    weights = np.where(kept, np.exp(strength - strength[kept].max()), 0.0)
    weights = np.where(kept, np.maximum(np.round(weights, 6), 1e-6), 0.0)
    return Connectome(labels, centres, {STRUCTURAL: Tracts(weights, lengths)}, source)


def _parse(source: str) -> tuple[int, int]:
    parts = source.split(":")
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() for p in parts[1:]):
        raise UserError(
            f"connectome '{source}': expected synthetic:N:SEED with whole numbers, for example synthetic:68:0"
        )
    n, seed = int(parts[1]), int(parts[2])
    if not 2 <= n <= MAX_NODES:
        raise UserError(f"connectome '{source}': N is {n}; it must be from 2 to {MAX_NODES}")
    return n, seed


def _centres(rng: np.random.Generator, n: int, left: int) -> Matrix:
    """(n, 3) mm: a spiral over the left half, from its outermost point to the midline, and its mirror; jittered."""
    step = np.arange(left)
    x = 1.0 - 0.95 * step / left
    around = GOLDEN_ANGLE * step + rng.uniform(0.0, 2.0 * np.pi)
    ring = np.sqrt(1.0 - x**2)
    half = np.stack([-x, ring * np.cos(around), ring * np.sin(around)], axis=1)
    half *= np.where(step > 0, rng.uniform(0.75, 1.0, left), 1.0)[:, None]
    points = np.concatenate([half, half[: n - left] * (-1.0, 1.0, 1.0)]) * SEMI_AXES
    return np.asarray(np.round(points + rng.uniform(-1.5, 1.5, size=points.shape), 3), dtype=np.float64)


def _symmetric(matrix: Matrix) -> Matrix:
    """The upper triangle on both sides of a zero diagonal."""
    upper = np.triu(matrix, k=1)
    return np.asarray(upper + upper.T, dtype=np.float64)


def _kept(strength: Matrix, left: int) -> NDArray[np.bool_]:
    """(n, n) symmetric: the pairs that are connected."""
    n = strength.shape[0]
    rank = strength.copy()
    mirrored = np.arange(n - left)
    rank[mirrored, mirrored + left] = np.inf
    for one, other in _spanning_tree(strength):
        rank[min(one, other), max(one, other)] = np.inf
    rows, columns = np.triu_indices(n, k=1)
    density = min(1.0, 0.27 * np.sqrt(68.0 / n))
    count = max(round(density * rows.size), int(np.isinf(rank[rows, columns]).sum()))
    chosen = np.argsort(-rank[rows, columns], kind="stable")[:count]
    kept = np.zeros((n, n), dtype=bool)
    kept[rows[chosen], columns[chosen]] = True
    return np.asarray(kept | kept.T, dtype=np.bool_)


def _spanning_tree(strength: Matrix) -> list[tuple[int, int]]:
    """The strongest spanning tree (Prim), as pairs of nodes."""
    n = strength.shape[0]
    best, via = strength[0].copy(), np.zeros(n, dtype=np.int64)
    outside = np.arange(n) > 0
    pairs = []
    for _ in range(n - 1):
        node = int(np.argmax(np.where(outside, best, -np.inf)))
        pairs.append((int(via[node]), node))
        outside[node] = False
        nearer = strength[node] > best
        best, via = np.where(nearer, strength[node], best), np.where(nearer, node, via)
    return pairs
