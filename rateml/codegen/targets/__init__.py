"""The targets by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rateml.codegen.artifact import Artifact
from rateml.codegen.printers.numba import Precision
from rateml.codegen.targets.numba import generate_numba
from rateml.errors import UserError
from rateml.ir.program import Program

TARGETS: Mapping[str, Callable[[Program, Precision], Artifact]] = MappingProxyType({"numba": generate_numba})


def generate(program: Program, target: str, precision: Precision = "float64") -> Artifact:
    """The artifact of ``target``; UserError when there is no such target."""
    if target not in TARGETS:
        raise UserError(f"there is no target '{target}'; the targets are {', '.join(sorted(TARGETS))}")
    return TARGETS[target](program, precision)
