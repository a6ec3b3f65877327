"""What a user calls a value, and the parameters of the program it means."""

from __future__ import annotations

from dataclasses import dataclass

from rateml.diagnostics.suggest import closest
from rateml.errors import UserError
from rateml.ir.program import Program
from rateml.model.dimension import SPEED, Dimension
from rateml.request.intensity import known_as


@dataclass(frozen=True, slots=True)
class Target:
    """``key`` of one parameter, or the ``couplings`` whose conduction speed is meant."""

    label: str
    dimension: Dimension
    key: str | None = None
    couplings: tuple[str, ...] = ()


def find_target(program: Program, name: str, option: str) -> Target:
    """The target of ``G``, ``long_range.G``, ``speed``, ``long_range.speed`` or, as TVB says, ``nsig[1]``.

    A bare name means the only parameter of that name, whichever component has it; ``speed`` means all
    delayed couplings. Raises UserError that names ``option`` and lists what there is.
    """
    name = known_as(program, name, option)
    owner, _, bare = name.rpartition(".")
    if bare == "speed" and not any(p.name == "speed" and owner in ("", p.owner) for p in program.parameters):
        delayed = tuple(c.id for c in program.couplings if c.delayed and owner in ("", c.id))
        if not delayed:
            raise UserError(f"{option}: {_no_speed(program, owner)}")
        return Target(name, SPEED, couplings=delayed)
    found = [p for p in program.parameters if p.name == bare and owner in ("", p.owner)]
    if len(found) > 1:
        qualified = ", ".join(f"{p.owner}.{p.name}" for p in found)
        raise UserError(f"{option}: '{name}' is a parameter of several components: say which, {qualified}")
    if not found and owner == "bold":
        raise UserError(f"{option}: the balloon model is the same for the whole run; fix it with --set {name}=VALUE")
    if not found:
        raise UserError(f"{option}: there is no parameter '{name}'; {_known(program, name)}")
    return Target(name, found[0].dimension, key=found[0].key)


def check_kind(program: Program, target: Target, value: float, option: str) -> None:
    """UserError when a boolean or integer parameter would get another value."""
    kind = next((p.kind for p in program.parameters if p.key == target.key), "real")
    if kind == "boolean" and value not in (0.0, 1.0):
        raise UserError(f"{option}: '{target.label}' is a boolean, 0 or 1, not {value:g}")
    if kind == "integer" and value != round(value):
        raise UserError(f"{option}: '{target.label}' is an integer; the nearest to {value:g} is {round(value)}")


def find_state(program: Program, name: str, option: str) -> int:
    """The index of a state variable; UserError that lists what there is."""
    known = [s.name for s in program.states]
    if name not in known:
        near = closest(name, known)
        hint = f"did you mean '{near}'?" if near else f"there are {', '.join(known)}"
        raise UserError(f"{option}: there is no state variable '{name}'; {hint}")
    return known.index(name)


def _no_speed(program: Program, owner: str) -> str:
    """Why ``speed`` or ``OWNER.speed`` means nothing, and what would."""
    delayed = [c.id for c in program.couplings if c.delayed]
    if not owner or not delayed:
        why = "no coupling of this model is delayed, so there is no conduction speed"
        summed = any(c.reduce == "sum" for c in program.couplings)
        return f"{why}; give one rml:speed in the file" if summed else why
    known = any(c.id == owner for c in program.couplings)
    why = f"coupling '{owner}' is not delayed" if known else f"there is no coupling '{owner}'"
    return f"{why}; there are {', '.join(f'{id}.speed' for id in delayed)}"


def _known(program: Program, name: str) -> str:
    bare = [p.name for p in program.parameters]
    qualified = [f"{p.owner}.{p.name}" for p in program.parameters]
    known = [q if bare.count(b) > 1 else b for q, b in zip(qualified, bare, strict=True)]
    known += ["speed"] if any(c.delayed for c in program.couplings) else []
    near = closest(name, qualified if "." in name else known)
    return f"did you mean '{near}'?" if near else f"there are {', '.join(known)}"
