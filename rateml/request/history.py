"""``--history FILE.npz``: the states before and at t = 0."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rateml.errors import UserError
from rateml.ir.program import Program
from rateml.request.arrays import load_arrays


def read_history(program: Program, path: Path, n_nodes: int) -> NDArray[np.float64]:
    """(row, state, region): one row per step, the last is t = 0; before the first the past is constant.

    The file holds one array (steps, region) per state variable, all of one length.
    """
    arrays, _ = load_arrays(path, f"--history {path}")
    if "" in arrays:
        raise UserError(f"--history {path}: this is a single array; save one per state with numpy.savez")
    known = [s.name for s in program.states]
    missing = [name for name in known if name not in arrays]
    unknown = [name for name in arrays if name not in known]
    if missing or unknown:
        told = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(unknown)}, no states of the model"
        raise UserError(
            f"--history {path}: the file {told}; it needs one array (steps, region) for each of {', '.join(known)}"
        )
    rows = arrays[known[0]].shape[0] if arrays[known[0]].ndim == 2 else 0
    for name in known:
        if arrays[name].shape != (rows, n_nodes) or rows == 0:
            shape = arrays[name].shape
            raise UserError(f"--history {path}: '{name}' has shape {shape}, all states need (steps, {n_nodes})")
        if not np.isfinite(arrays[name]).all():
            raise UserError(f"--history {path}: '{name}' holds values that are not finite; only numbers can be a past")
    return np.stack([arrays[name] for name in known], axis=1)
