"""The data of a brain network: regions, and one or more pairs of weights and tract lengths."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from rateml.connectome import validate
from rateml.connectome.validate import Matrix
from rateml.errors import UserError

STRUCTURAL: Final = "structural"
"""The name of the default pair of weights and lengths."""


@dataclass(frozen=True, eq=False)
class Tracts:
    """One pair of matrices, both (N, N) float64, row = target, column = source; read-only copies of what is given.

    ``weights`` finite; an edge exists where it is not 0, the diagonal included. ``lengths`` in mm, finite, >= 0.
    Raises UserError for anything else.
    """

    weights: Matrix
    lengths: Matrix

    def __post_init__(self) -> None:
        weights = validate.as_floats("weights", self.weights)
        lengths = validate.as_floats("lengths", self.lengths)
        validate.check_weights("weights", weights)
        validate.check_lengths("lengths", lengths, "weights", weights)
        object.__setattr__(self, "weights", _read_only(weights))
        object.__setattr__(self, "lengths", _read_only(lengths))

    def __reduce__(self) -> tuple[object, ...]:
        # Pickling forgets that arrays are read-only; the constructor restores it.
        return Tracts, (self.weights, self.lengths)


@dataclass(frozen=True, eq=False)
class Connectome:
    """A brain network of N regions.

    ``labels`` are N unique names, ``centres`` (N, 3) float64 in mm or None, ``tracts`` the pairs by name, with
    "structural" the default one. ``source`` is the source as announced (``tvb:68``), ``transform`` what was done to
    the weights, in order (``("diag=0", "scale=max")``). Raises UserError where these do not fit together.
    """

    labels: tuple[str, ...]
    centres: Matrix | None
    tracts: Mapping[str, Tracts]
    source: str
    transform: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if STRUCTURAL not in self.tracts:
            raise UserError(f"{self.source}: a connectome needs a pair of weights and lengths named '{STRUCTURAL}'")
        n = self.tracts[STRUCTURAL].weights.shape[0]
        for name, pair in self.tracts.items():
            if pair.weights.shape[0] != n:
                raise UserError(
                    f"{self.source}: tracts '{name}' have {pair.weights.shape[0]} regions, '{STRUCTURAL}' has {n}"
                )
        labels = tuple(map(str, self.labels))
        validate.check_labels(self.source, labels, n)
        if self.centres is not None:
            centres = validate.as_floats(f"{self.source}: centres", self.centres)
            validate.check_centres(self.source, centres, n)
            object.__setattr__(self, "centres", _read_only(centres))
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "tracts", MappingProxyType(dict(self.tracts)))
        object.__setattr__(self, "transform", tuple(self.transform))

    def __reduce__(self) -> tuple[object, ...]:
        # A mapping proxy cannot be pickled, and workers need connectomes.
        return Connectome, (self.labels, self.centres, dict(self.tracts), self.source, self.transform)

    @property
    def n_nodes(self) -> int:
        """N."""
        return len(self.labels)

    @property
    def weights(self) -> Matrix:
        """(N, N) weights of the structural tracts, ``[target, source]``."""
        return self.tracts[STRUCTURAL].weights

    @property
    def lengths(self) -> Matrix:
        """(N, N) lengths of the structural tracts in mm, ``[target, source]``."""
        return self.tracts[STRUCTURAL].lengths

    def digest(self) -> str:
        """SHA-256 (hex) of labels, weights and lengths of all tracts: equal on every machine, whatever the source."""
        parts = [str(self.n_nodes).encode(), *(label.encode() for label in self.labels)]
        for name, pair in sorted(self.tracts.items(), key=lambda item: item[0]):
            # Adding 0 turns -0 into 0, which no simulation tells apart.
            parts += [name.encode(), *((m + 0.0).astype("<f8").tobytes() for m in (pair.weights, pair.lengths))]
        sha = hashlib.sha256(b"rateml connectome 1\0")
        for part in parts:
            sha.update(len(part).to_bytes(8, "little"))
            sha.update(part)
        return sha.hexdigest()


def _read_only(array: Matrix) -> Matrix:
    array.flags.writeable = False
    return array
