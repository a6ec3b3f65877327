"""From matrices as read to a Connectome: the faults are reported with the names of the files they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rateml.connectome import validate
from rateml.connectome.connectome import STRUCTURAL, Connectome, Tracts
from rateml.connectome.validate import Matrix


@dataclass(frozen=True, eq=False)
class Named:
    """An array as read, ``where`` naming the file it came from."""

    where: str
    values: Matrix


@dataclass(frozen=True)
class Regions:
    """What a source says of its regions, ``where`` naming the file; None where it says nothing."""

    where: str
    labels: tuple[str, ...] | None = None
    centres: Matrix | None = None


def assemble(source: str, regions: Regions, pairs: Mapping[str, tuple[Named, Named]]) -> Connectome:
    """A checked connectome from ``pairs`` of weights and lengths by name; UserError names the file at fault."""
    first = pairs[STRUCTURAL][0]
    validate.check_square(first.where, first.values)
    n = first.values.shape[0]
    labels = validate.default_labels(n) if regions.labels is None else regions.labels
    validate.check_labels(regions.where, labels, n)
    if regions.centres is not None:
        validate.check_centres(regions.where, regions.centres, n)
    tracts = {}
    for name, (weights, lengths) in pairs.items():
        known = regions.labels
        validate.check_weights(weights.where, weights.values, known)
        validate.check_lengths(lengths.where, lengths.values, weights.where, weights.values, known)
        tracts[name] = Tracts(weights.values, lengths.values)
    return Connectome(labels, regions.centres, tracts, source)
