"""A pulse into some regions: ``pulse(onset=500ms,width=100ms,amp=1)@lh-V1,rh-V1``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rateml.diagnostics.suggest import closest
from rateml.errors import UserError
from rateml.model.dimension import TIME, Dimension, Unit
from rateml.request.moments import first_step
from rateml.request.regional import chosen
from rateml.request.values import read_value

_TEXT = re.compile(r"pulse\s*\((?P<inside>[^()]*)\)\s*(?P<at>@(?P<labels>.*))?", re.DOTALL)
_NAMES = ("onset", "width", "amp")


@dataclass(frozen=True)
class Pulse:
    """``amp`` (base units) at the steps ``start`` … ``stop - 1``, that is onset ≤ t < onset + width, in ``regions``."""

    start: int
    stop: int
    amp: float
    regions: tuple[int, ...]

    def add_to(self, out: NDArray[np.float64], first: int) -> None:
        """See drives.Source."""
        low, high = (min(max(step - first, 0), len(out)) for step in (self.start, self.stop))
        out[low:high, list(self.regions)] += self.amp

    @property
    def content(self) -> Mapping[str, Any]:
        return {"pulse": [self.start, self.stop], "amp": self.amp, "regions": list(self.regions)}

    @property
    def ends(self) -> int:
        return max(0, self.stop)


def read_pulse(
    text: str, dimension: Dimension, units: Mapping[str, Unit], option: str, regions: Sequence[str], dt: float,
    steps: int,
) -> tuple[Pulse, list[str]]:  # fmt: skip
    """The pulse and warnings; ``dimension`` is the port's. Without ``@`` it reaches every region."""
    match = _TEXT.fullmatch(text)
    if match is None:
        raise UserError(f"{option}: write it as pulse(onset=500ms,width=100ms,amp=1)@REGION,REGION, or @… left out")
    given = _arguments(match["inside"], option)
    onset, width = (read_value(given[name], TIME, units, f"{option}, {name}") for name in ("onset", "width"))
    amp = read_value(given["amp"], dimension, units, f"{option}, amp")
    for name, value in (("onset", onset), ("width", width), ("amp", amp)):
        if not math.isfinite(value):
            raise UserError(f"{option}: {name} must be finite")
    if width <= 0:
        raise UserError(f"{option}: the width must be above 0 ms")
    if match["at"] is None:
        targets = list(range(len(regions)))
    else:
        targets = chosen([part.strip() for part in match["labels"].split(",")], regions, option)
    start, stop = (int(step) for step in first_step([onset, onset + width], dt))
    warnings = []
    if start == stop:
        raise UserError(f"{option}: the pulse lies between two steps of {dt:g} ms: make it wider")
    if start >= steps or stop <= 0:
        warnings.append(f"{option}: the pulse lies outside the simulation, 0 to {steps * dt:g} ms with the transient")
    return Pulse(start, stop, amp, tuple(targets)), warnings


def _arguments(inside: str, option: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for part in inside.split(","):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if name not in _NAMES or not equals or not value:
            near = closest(name, _NAMES) if name not in _NAMES else None
            hint = f"did you mean '{near}'? It" if near else "it"
            raise UserError(f"{option}: '{part.strip()}' is no argument of pulse; {hint} takes onset, width and amp")
        if name in given:
            raise UserError(f"{option}: {name} stands twice")
        given[name] = value
    missing = [name for name in _NAMES if name not in given]
    if missing:
        raise UserError(f"{option}: {' and '.join(missing)} missing; pulse takes onset, width and amp")
    return given
