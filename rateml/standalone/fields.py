"""``Job`` of the generated code: one record of fields of eight bytes, in this order, and at last the noise's keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FIELDS: Final = (
    *("first", "steps", "sims", "record", "origin", "rows", "counts", "counted"),
    *("drive_rows", "past_rows", "axes", "edges", "far", "ring_size", "ring_room", "dt", "h", "seed"),
    *("point", "trial", "start_trial", "network", "base_values", "axis", "axis_values", "past", "init", "init_states"),
    *("drive", "base", "slots", "begin", "end", "source", "delay", "weight", "self_weight"),
    *("self_delay", "strength", "order", "share", "x", "carry", "c", "ring", "normals", "p", "d", "sums", "moments"),
    *("out", "mean", "stopped"),
)


ROUNDS: Final = 10
"""Of Philox4x32-10, each with two keys of 32 bits, which depend on the seed alone."""


def pack(values: Mapping[str, int | float], real: np.dtype[Any]) -> NDArray[np.uint64]:
    """The record as 64-bit words: whole numbers and addresses as they are, ``dt`` as a float64, ``h`` the same step in
    the code's type ``real``, and after the fields the keys of all rounds, which come from ``seed``."""
    words = np.zeros(len(FIELDS) + ROUNDS, np.uint64)
    for k, name in enumerate(FIELDS):
        if name == "dt":
            words[k] = np.float64(values["dt"]).view(np.uint64)
        elif name == "h":
            words[k : k + 1].view(real)[0] = values["dt"]
        else:
            words[k] = np.uint64(int(values[name]) & (2**64 - 1))
    words[len(FIELDS) :] = _round_keys(int(values["seed"]))
    return words


def _round_keys(seed: int) -> list[int]:
    low, high, mask = seed & 0xFFFFFFFF, seed >> 32, 0xFFFFFFFF
    return [(low + k * 0x9E3779B9 & mask) | (high + k * 0xBB67AE85 & mask) << 32 for k in range(ROUNDS)]
