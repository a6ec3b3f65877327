"""``Job`` of the generated code: one record whose fields all have eight bytes, in this order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

FIELDS: Final = (
    *("first", "steps", "sims", "record", "origin", "rows", "counts", "counted"),
    *("drive_rows", "past_rows", "axes", "edges", "far", "ring_size", "ring_room", "dt", "seed"),
    *("point", "trial", "start_trial", "network", "base_values", "axis", "axis_values", "past", "init", "init_states"),
    *("drive", "base", "slots", "begin", "end", "source", "delay", "weight", "self_weight"),
    *("self_delay", "strength", "order", "share", "x", "carry", "c", "ring", "normals", "p", "d", "sums", "moments"),
    *("out", "mean", "stopped"),
)


def pack(values: Mapping[str, int | float]) -> NDArray[np.uint64]:
    """The record as 64-bit words: whole numbers and addresses as they are, ``dt`` as a float64."""
    words = np.zeros(len(FIELDS), np.uint64)
    for k, name in enumerate(FIELDS):
        value = values[name]
        words[k] = np.float64(value).view(np.uint64) if name == "dt" else np.uint64(int(value) & (2**64 - 1))
    return words
