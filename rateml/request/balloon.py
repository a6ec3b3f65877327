"""The parameters of the balloon model that turns activity into a BOLD signal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from rateml.diagnostics.suggest import closest
from rateml.errors import UserError
from rateml.ir.program import Program
from rateml.model.dimension import NONE, TIME, Dimension, Unit
from rateml.request.regional import read_assignment
from rateml.request.values import read_value

PREFIX = "bold."
_RATE = Dimension(t=-1)


@dataclass(frozen=True, slots=True)
class Balloon:
    """Names and defaults of ``tvb.analyzers.fmri_balloon.BalloonModel``; times in s, rates in Hz, as there.

    The equations are those of Stephan et al. 2007, NeuroImage 38:387, revised coefficients, non-linear signal.
    """

    tau_s: float = field(default=1.54, metadata={"dimension": TIME, "unit": "s"})
    tau_f: float = field(default=1.44, metadata={"dimension": TIME, "unit": "s"})
    tau_o: float = field(default=0.98, metadata={"dimension": TIME, "unit": "s"})
    alpha: float = field(default=0.32, metadata={"dimension": NONE, "unit": ""})
    TE: float = field(default=0.04, metadata={"dimension": TIME, "unit": "s"})
    V0: float = field(default=4.0, metadata={"dimension": NONE, "unit": ""})
    E0: float = field(default=0.4, metadata={"dimension": NONE, "unit": ""})
    epsilon: float = field(default=0.5, metadata={"dimension": NONE, "unit": ""})
    nu_0: float = field(default=40.3, metadata={"dimension": _RATE, "unit": "Hz"})
    r_0: float = field(default=25.0, metadata={"dimension": _RATE, "unit": "Hz"})

    def constants(self) -> tuple[float, ...]:
        """1/tau_s, 1/tau_f, 1/tau_o, 1/alpha, 1/E0, log(1 - E0), V0, k1, k2, k3: what the kernel takes."""
        k1 = 4.3 * self.nu_0 * self.E0 * self.TE
        k2 = self.epsilon * self.r_0 * self.E0 * self.TE
        rates = (1.0 / self.tau_s, 1.0 / self.tau_f, 1.0 / self.tau_o, 1.0 / self.alpha)
        return (*rates, 1.0 / self.E0, math.log1p(-self.E0), self.V0, k1, k2, 1.0 - self.epsilon)


def split_balloon(program: Program, assignments: Sequence[str]) -> tuple[Balloon, tuple[str, ...]]:
    """The balloon of every ``bold.NAME=VALUE`` of ``--set``, and the other assignments.

    A component of the model that is called ``bold`` keeps its parameters: then nothing is taken.
    UserError when there is no such parameter or it cannot have the value.
    """
    if any(p.owner == "bold" for p in program.parameters):
        return Balloon(), tuple(assignments)
    balloon, others = Balloon(), []
    for text in assignments:
        if text.strip().startswith(PREFIX):
            balloon = _assign(balloon, text, program.units)
        else:
            others.append(text)
    return balloon, tuple(others)


def _assign(balloon: Balloon, text: str, units: Mapping[str, Unit]) -> Balloon:
    what = f"--set {text}"
    assignment = read_assignment("--set", text)
    name = assignment.name.removeprefix(PREFIX)
    known = {f.name: f.metadata for f in fields(Balloon)}
    if name not in known:
        near = closest(name, known)
        hint = f"did you mean '{PREFIX}{near}'?" if near else f"there are {', '.join(PREFIX + n for n in known)}"
        raise UserError(f"{what}: the balloon model has no parameter '{name}'; {hint}")
    if assignment.labels or assignment.value.startswith("@"):
        raise UserError(f"{what}: a parameter of the balloon model is one number for all regions")
    dimension, unit = known[name]["dimension"], known[name]["unit"]
    if unit and _bare(assignment.value):
        raise UserError(f"{what}: say the unit, '{PREFIX}{name}={assignment.value} {unit}'")  # TVB's is s, ours ms
    value = read_value(assignment.value, dimension, units, what) * {"s": 1e-3, "Hz": 1e3, "": 1.0}[unit]
    if not math.isfinite(value):
        raise UserError(f"{what}: the value must be a finite number")
    if name in ("tau_s", "tau_f", "tau_o", "alpha") and value <= 0:
        raise UserError(f"{what}: the value must be above 0")
    if name == "E0" and not 0 < value < 1:
        raise UserError(f"{what}: an extraction fraction lies between 0 and 1")
    return replace(balloon, **{name: value})


def _bare(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
