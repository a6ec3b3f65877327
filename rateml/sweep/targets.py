"""What a user calls a value, and the parameters of the program it means."""

from __future__ import annotations

from dataclasses import dataclass

from rateml.diagnostics.suggest import closest
from rateml.errors import UserError
from rateml.ir.program import Program
from rateml.model.dimension import SPEED, Dimension


@dataclass(frozen=True, slots=True)
class Target:
    """``key`` of one parameter, or the ``couplings`` whose conduction speed is meant."""

    label: str
    dimension: Dimension
    key: str | None = None
    couplings: tuple[str, ...] = ()


def find_target(program: Program, name: str) -> Target:
    """The target of ``G``, ``long_range.G``, ``speed`` or ``long_range.speed``.

    A bare name means the model's parameter, or that of the only coupling that has one; ``speed`` means all
    delayed couplings. Raises UserError that lists what there is.
    """
    owner, _, bare = name.rpartition(".")
    if bare == "speed" and not any(p.name == "speed" and owner in ("", p.owner) for p in program.parameters):
        delayed = tuple(c.id for c in program.couplings if c.delayed and owner in ("", c.id))
        if not delayed:
            which = f"coupling '{owner}'" if owner else "no coupling of this model"
            verb = "is not delayed" if owner else "is delayed"
            raise UserError(f"speed: {which} {verb}, so there is no conduction speed to set")
        return Target(name, SPEED, couplings=delayed)
    found = [p for p in program.parameters if p.name == bare and owner in ("", p.owner)]
    if len(found) > 1:
        qualified = ", ".join(f"{p.owner}.{p.name}" for p in found)
        raise UserError(f"'{name}' is a parameter of several components: say which, {qualified}")
    if not found:
        raise UserError(f"there is no parameter '{name}'; {_known(program, name)}")
    return Target(name, found[0].dimension, key=found[0].key)


def find_state(program: Program, name: str) -> int:
    """The index of a state variable; UserError that lists what there is."""
    known = [s.name for s in program.states]
    if name not in known:
        raise UserError(f"there is no state variable '{name}'; there are {', '.join(known)}")
    return known.index(name)


def _known(program: Program, name: str) -> str:
    known = [p.key for p in program.parameters]
    known += ["speed"] if any(c.delayed for c in program.couplings) else []
    near = closest(name, known)
    return f"did you mean '{near}'?" if near else f"there are {', '.join(known)}"
