"""The request of a Python call: its keywords as the options of the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast, get_args

from numpy.typing import ArrayLike

from rateml.api.values import (
    Assignments,
    Drives,
    Folder,
    Quantity,
    assignment_texts,
    choice,
    drive_texts,
    file_of,
    history_file,
    quantity,
    texts,
    whole,
    whole_if_given,
)
from rateml.ir.program import Precision
from rateml.model.nodes import Scheme
from rateml.request.settings import Noise, Request


def read_keywords(
    folder: Folder,
    *,
    monitors: str | Sequence[str],
    set: Assignments | None,
    init: Assignments | None,
    history: str | Path | Mapping[str, ArrayLike] | None,
    drives: Drives | None,
    duration: Quantity,
    transient: Quantity,
    dt: Quantity | None,
    scheme: Scheme | None,
    noise: Noise,
    seed: int,
    trials: int | None,
    precision: Precision,
    target_fc: str | Path | ArrayLike | None,
    target_fcd: str | Path | ArrayLike | None,
) -> Request:
    """The request without its points; arrays go to ``folder``. UsageError for what is no value of a keyword."""
    return Request(
        set=assignment_texts(set, "set", folder),
        init=assignment_texts(init, "init", folder),
        history=history_file(history, folder),
        drives=drive_texts(drives, folder),
        duration=quantity(duration, "duration"),
        transient=quantity(transient, "transient"),
        dt=None if dt is None else quantity(dt, "dt"),
        scheme=None if scheme is None else cast(Scheme, choice(scheme, get_args(Scheme), "scheme")),
        monitors=texts(monitors, "monitors"),
        noise=cast(Noise, choice(noise, get_args(Noise), "noise")),
        seed=whole(seed, "seed"),
        trials=whole_if_given(trials, "trials"),
        precision=cast(Precision, choice(precision, get_args(Precision), "precision")),
        target_fc=file_of(target_fc, "target_fc", folder),
        target_fcd=file_of(target_fcd, "target_fcd", folder),
    )
