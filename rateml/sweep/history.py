"""``--history FILE.npz``: the states before and at t = 0."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rateml.errors import UserError
from rateml.ir.program import Program


def read_history(program: Program, path: Path, n_nodes: int) -> NDArray[np.float64]:
    """(row, state, region): one row per step, the last is t = 0; before the first the past is constant.

    The file holds one array (steps, region) per state variable, all of one length.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: np.asarray(file[name], dtype=np.float64) for name in file.files}
    except (OSError, ValueError, EOFError) as error:
        raise UserError(f"--history {path}: not an .npz file of numbers ({error})") from None
    known = [s.name for s in program.states]
    missing = [name for name in known if name not in arrays]
    unknown = [name for name in arrays if name not in known]
    if missing or unknown:
        told = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(unknown)}, no states of the model"
        raise UserError(f"--history {path} {told}; it needs one array (steps, region) for each of {', '.join(known)}")
    rows = arrays[known[0]].shape[0] if arrays[known[0]].ndim == 2 else 0
    for name in known:
        if arrays[name].shape != (rows, n_nodes) or rows == 0:
            shape = arrays[name].shape
            raise UserError(f"--history {path}: '{name}' has shape {shape}, not (steps, {n_nodes}) like every state")
        if not np.isfinite(arrays[name]).all():
            raise UserError(f"--history {path}: '{name}' holds values that are not finite")
    return np.stack([arrays[name] for name in known], axis=1)
