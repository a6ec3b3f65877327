"""The axes and ranges of a sweep, from Python values to the text of the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from rateml.api.values import Quantity, quantity, whole
from rateml.errors import UsageError

Spaced: TypeAlias = Mapping[str, tuple[Quantity, Quantity, int]]
"""By parameter: lowest value, highest value, how many."""

Values: TypeAlias = Mapping[str, Sequence[Quantity]]

Ranges: TypeAlias = Mapping[str, tuple[Quantity, Quantity] | tuple[Quantity, Quantity, str]]
"""By parameter: lowest value, highest value, and ``"log"`` for a logarithmic scale."""

_T = TypeVar("_T")


def axis_texts(grid: Spaced | None, log_grid: Spaced | None, values: Values | None) -> tuple[tuple[str, str], ...]:
    """(kind, text) of every axis: those of ``grid``, then of ``log_grid``, then of ``values``."""
    made = []
    for kind, name, spaced in (("grid", "grid", grid), ("log-grid", "log_grid", log_grid)):
        for parameter, given in _by_parameter(spaced, name):
            parts = _parts(given, f"{name} {parameter}", (3,), "(lowest, highest, how many)")
            ends = [quantity(part, f"{name} {parameter}") for part in parts[:2]]
            number = whole(parts[2], f"{name} {parameter}, how many")
            made.append((kind, f"{parameter}={':'.join((*ends, str(number)))}"))
    for parameter, given_values in _by_parameter(values, "values"):
        listed = _listed(given_values, f"values {parameter}")
        cells = ",".join(quantity(v, f"values {parameter}") for v in listed)
        made.append(("values", f"{parameter}={cells}"))
    return tuple(made)


def range_texts(ranges: Ranges | None) -> tuple[str, ...]:
    """``NAME=LO:HI[:log]`` of every range."""
    made = []
    for parameter, given in _by_parameter(ranges, "ranges"):
        parts = _parts(given, f"ranges {parameter}", (2, 3), "(lowest, highest) or (lowest, highest, 'log')")
        made.append(f"{parameter}={':'.join(quantity(part, f'ranges {parameter}') for part in parts)}")
    return tuple(made)


def _by_parameter(given: Mapping[str, _T] | None, what: str) -> Iterable[tuple[str, _T]]:
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        raise UsageError(f"{what}: give a mapping by parameter, such as {{'G': …}}, not {type(given).__name__}")
    return given.items()


def _listed(given: object, what: str) -> Sequence[object]:
    if isinstance(given, str) or not isinstance(given, Iterable) or getattr(given, "ndim", 1) == 0:
        raise UsageError(f"{what}: give a list of values, not {given!r}")
    return list(given)


def _parts(given: object, what: str, lengths: Sequence[int], shape: str) -> Sequence[object]:
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) not in lengths:
        raise UsageError(f"{what}: write it as {shape}, not {given!r}")
    return given
