"""Parameters that are the noise intensity of a state: what TVB calls ``nsig``, and why they cannot be negative."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rateml.errors import UserError
from rateml.ir.program import Parameter, Program
from rateml.request.regional import Assignment
from rateml.syntax.expr import Name

_NSIG: Final = re.compile(r"nsig(?:\[([0-9]+)\])?")


def intensities(program: Program) -> dict[str, Parameter]:
    """By state the parameter that is its noise intensity; states without noise or with an expression are left out."""
    by_key = {p.key: p for p in program.parameters}
    return {d.name: by_key[d.value.id] for d in program.diffusion if isinstance(d.value, Name) and d.value.id in by_key}


def is_silent(program: Program, values: Mapping[str, float | NDArray[np.float64]], swept: Collection[str]) -> bool:
    """Whether every noise intensity is a parameter that is 0 in all regions and not ``swept`` (keys)."""
    found = intensities(program)
    return all(
        (p := found.get(d.name)) is not None and p.key not in swept and not np.any(values.get(p.key, p.default))
        for d in program.diffusion
    )


def known_as(program: Program, name: str, option: str) -> str:
    """The name of the parameter that TVB's ``nsig`` or ``nsig[STATE NUMBER]`` means; any other name as it is.

    Raises UserError that lists the noise of every state when it means none, or several.
    """
    match = _NSIG.fullmatch(name)
    if match is None or _has_nsig(program):
        return name
    by_state = intensities(program)
    numbered = {str(k): by_state[s.name] for k, s in enumerate(program.states) if s.name in by_state}
    meant = [p for k, p in numbered.items() if match[1] in (None, k)]
    if len({p.key for p in meant}) == 1:
        alone = [p.name for p in program.parameters].count(meant[0].name) == 1
        return meant[0].name if alone else f"{meant[0].owner}.{meant[0].name}"
    listed = ", ".join(f"nsig[{k}] is {p.name}" for k, p in numbered.items())
    raise UserError(f"{option}: '{name}' is no single parameter here; {listed or 'no state has one for its noise'}")


def numbered_noise(program: Program, assignment: Assignment) -> Assignment:
    """``nsig[1]=V``, which reads as a value for the region 1, as the noise of state 1."""
    name = f"{assignment.name}[{','.join(assignment.labels)}]"
    if not _NSIG.fullmatch(name) or _has_nsig(program):
        return assignment
    return replace(assignment, name=name, labels=())


def refuse_negative(program: Program, parameter: Parameter, values: Iterable[float], option: str) -> None:
    """UserError when the noise intensity of a state would be below 0."""
    state = next((s for s, p in intensities(program).items() if p.key == parameter.key), None)
    if state is not None and any(value < 0 for value in values):
        raise UserError(f"{option}: '{parameter.name}' is the noise intensity of '{state}' and cannot be negative")


def _has_nsig(program: Program) -> bool:
    return any(p.name == "nsig" for p in program.parameters)
